//! The relay: the binary beside this one, in a folder of its own, asked by commands and over its socket.

use std::fs;
use std::io::{Error, Read as _, Result, Write as _};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value as Json;

/// A start takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(20);

const CONFIGURATION: &str = "\
hostname = \"relay.example.net\"
data = \"data\"
[[listener]]
address = \"127.0.0.1:0\"
[client_certificates]
trust = []
";

/// Objects of a page.
const PAGE: usize = 1000;

/// A relay that runs until it is dropped.
pub struct Relay {
    binary: PathBuf,
    child: Child,
    folder: tempfile::TempDir,
}

impl Relay {
    pub fn start() -> Result<Self> {
        let binary = std::env::current_exe()?.with_file_name("postwarden");
        if !binary.is_file() {
            let text = format!("{} is not there: build it first, in the same profile", binary.display());
            return Err(Error::other(text));
        }
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join("postwarden.toml"), CONFIGURATION)?;
        let log = fs::File::create(folder.path().join("log"))?;
        let mut serve = Command::new(&binary);
        serve.args(["serve", "--config", "postwarden.toml"]).current_dir(folder.path());
        let child = serve.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn()?;
        let relay = Self { binary, child, folder };
        let begin = Instant::now();
        while UnixStream::connect(relay.socket()).is_err() {
            if begin.elapsed() > PATIENCE {
                let log = fs::read_to_string(relay.folder.path().join("log"))?;
                return Err(Error::other(format!("the relay is not ready:\n{log}")));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(relay)
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("data/admin.sock")
    }

    pub fn write(&self, name: &str, text: &str) -> Result<()> {
        fs::write(self.folder.path().join(name), text)
    }

    /// Runs a command; what it printed.
    pub fn run(&self, arguments: &[&str]) -> Result<String> {
        let mut command = Command::new(&self.binary);
        let ran = command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null()).output()?;
        if !ran.status.success() {
            return Err(Error::other(format!("{arguments:?}: {}", String::from_utf8_lossy(&ran.stderr))));
        }
        Ok(String::from_utf8_lossy(&ran.stdout).into_owned())
    }

    /// One request over the socket.
    pub fn ask(&self, method: &str, path: &str, body: &str) -> Result<Json> {
        let mut stream = UnixStream::connect(self.socket())?;
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
        if !head.starts_with("HTTP/1.1 200") {
            return Err(Error::other(format!("{method} {path}: {answer}")));
        }
        Ok(serde_json::from_str(body)?)
    }

    /// Walks through a collection, which has so many objects.
    pub fn pages(&self, path: &str, objects: usize) -> Result<()> {
        let (mut found, mut after) = (0, String::new());
        loop {
            let page = self.ask("GET", &format!("{path}?limit={PAGE}{after}"), "")?;
            found += page["items"].as_array().map_or(0, Vec::len);
            let Some(next) = page["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        if found == objects { Ok(()) } else { Err(Error::other(format!("{path} has {found} objects, not {objects}"))) }
    }

    /// The version of the directory in force.
    pub fn version(&self) -> Result<Json> {
        Ok(self.ask("GET", "/v1/status", "")?["directory"]["version"].clone())
    }

    pub fn resident_bytes(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kibibytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes = kibibytes.and_then(|text| text.trim().trim_end_matches("kB").trim().parse::<u64>().ok());
        kibibytes.map(|kibibytes| kibibytes * 1024).ok_or_else(|| Error::other("no VmRSS"))
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
