//! The program in a folder of its own.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rcgen::{CertificateParams, KeyPair};
use tempfile::TempDir;

/// How long a server may take to answer on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// A folder in which the program is typed.
pub struct Place {
    folder: TempDir,
}

/// What a command did.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// A server that runs in a place; it is killed when this goes.
pub struct Server(Child);

impl Place {
    pub fn new() -> Self {
        Self { folder: TempDir::with_prefix("postwarden-test-").unwrap() }
    }

    /// A place with these files.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let place = Self::new();
        files.iter().for_each(|(name, content)| place.write(name, content));
        place
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, content: &str) {
        std::fs::write(self.path().join(name), content).unwrap();
    }

    /// Writes a self-signed certificate for a host and its key.
    pub fn write_certificate(&self, host: &str, certificate: &str, key: &str) {
        let pair = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        params.distinguished_name.push(rcgen::DnType::CommonName, host);
        self.write(certificate, &params.self_signed(&pair).unwrap().pem());
        self.write(key, &pair.serialize_pem());
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, "")
    }

    /// The same with standard input from a text.
    pub fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        self.write(".input", input);
        let mut command = self.command(arguments);
        let output = command.stdin(File::open(self.path().join(".input")).unwrap()).output().unwrap();
        Ran {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Starts the server and waits until it answers.
    pub fn serve(&self) -> Server {
        let log = self.path().join("log");
        let mut command = self.command(&["serve"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(&log).unwrap());
        let server = Server(command.spawn().unwrap());
        let begun = Instant::now();
        while self.run(&["status"]).code != Some(0) {
            let said = std::fs::read_to_string(&log).unwrap();
            assert!(begun.elapsed() < PATIENCE, "the server does not answer:\n{said}");
            std::thread::sleep(Duration::from_millis(50));
        }
        server
    }

    /// The command, not run yet, without settings of whoever runs the tests.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_postwarden"));
        command.args(arguments).current_dir(self.path());
        for variable in ["LC_ALL", "LC_MESSAGES", "LANG", "CLICOLOR_FORCE", "COLUMNS"] {
            command.env_remove(variable);
        }
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Server {
    /// Sends a signal by its number.
    pub fn signal(&self, signal: rustix::process::Signal) {
        let id = rustix::process::Pid::from_raw(i32::try_from(self.0.id()).unwrap()).unwrap();
        rustix::process::kill_process(id, signal).unwrap();
    }

    /// Waits until it ends by itself.
    pub fn ended(&mut self) -> Option<i32> {
        let begun = Instant::now();
        loop {
            match self.0.try_wait().unwrap() {
                Some(status) => return status.code(),
                None => assert!(begun.elapsed() < PATIENCE, "the server does not end"),
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
