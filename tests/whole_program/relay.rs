//! A relay that runs: the real binary in a folder of its own, on free ports. It is killed when dropped; when its test
//! fails, its log is shown.

use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value as Json;
use tempfile::TempDir;

use crate::program::{Ran, postwarden};
use crate::waiting::until;

/// The name that every relay here has.
pub const HOSTNAME: &str = "relay.example.net";

/// Listens on a free port of each loopback address.
pub const LISTENERS: &str = "[[listener]]\naddress = \"127.0.0.1:0\"\n[[listener]]\naddress = \"[::1]:0\"\n";

/// A relay, running unless it was killed.
pub struct Relay {
    folder: TempDir,
    running: Option<Running>,
}

struct Running {
    child: Child,
    addresses: Vec<SocketAddr>,
}

impl Relay {
    /// A folder in which files can be put, before anything runs.
    pub fn folder_only() -> TempDir {
        tempfile::Builder::new().prefix("postwarden-test-").tempdir().unwrap()
    }

    /// Starts with one IPv4 listener, no trusted roots and no tenants.
    pub fn bare() -> Self {
        Self::start(Self::folder_only(), "[[listener]]\naddress = \"127.0.0.1:0\"\n[client_certificates]\ntrust = []\n")
    }

    /// Starts with tenant contoso, which takes contoso.com's mail from 127.0.0.1 and hands it to this next hop.
    pub fn of_contoso(next_hop: SocketAddr) -> Self {
        let relay = Self::bare();
        relay.apply(&contoso(next_hop));
        relay
    }

    /// Starts in a folder; `config` is what stands in the configuration below the host name.
    pub fn start(folder: TempDir, config: &str) -> Self {
        let text = format!("hostname = \"{HOSTNAME}\"\ndata = \"data\"\n{config}\n[log]\nformat = \"json\"\n");
        fs::write(folder.path().join("postwarden.toml"), text).unwrap();
        let mut relay = Self { folder, running: None };
        relay.restart();
        relay
    }

    /// Starts again after an end, on other ports.
    pub fn restart(&mut self) {
        assert!(self.running.is_none(), "the relay runs already");
        let log = OpenOptions::new().create(true).append(true).open(self.log_file()).unwrap();
        let begin = log.metadata().unwrap().len();
        let child = postwarden(self.path())
            .args(["serve", "--config", "postwarden.toml"])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        // From here on it is killed if something goes wrong.
        let running = self.running.insert(Running { child, addresses: Vec::new() });
        let path = self.folder.path().join("log.json");
        running.addresses = until("the relay is ready", || {
            if let Some(status) = running.child.try_wait().unwrap() {
                panic!("the relay ended at once: {status}");
            }
            ready(&lines_from(&path, begin))
        });
    }

    /// The first listener.
    pub fn address(&self) -> SocketAddr {
        self.addresses()[0]
    }

    /// All listeners, in the configuration's order.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.running.as_ref().expect("the relay runs").addresses
    }

    /// The folder of its files, in which commands run.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file into the folder and says where it is.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// A command of the binary that talks to this relay.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = postwarden(self.path());
        command.args(arguments);
        command
    }

    /// Runs a command.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(&mut self.command(arguments))
    }

    /// Makes this the directory, with `directory.toml` as its file.
    pub fn apply(&self, directory: &str) -> Ran {
        self.write("directory.toml", directory);
        self.run(&["apply", "-f", "directory.toml", "--prune", "--yes"]).expect(0)
    }

    /// What `status` answers.
    pub fn status(&self) -> Json {
        self.run(&["status", "--json"]).expect(0).json()
    }

    /// What `queue list` answers.
    pub fn queue(&self) -> Vec<Json> {
        let page = self.run(&["queue", "list", "--json"]).expect(0).json();
        page["messages"].as_array().unwrap().clone()
    }

    /// Sends a signal, such as `HUP`.
    pub fn signal(&self, name: &str) {
        let process = self.running.as_ref().expect("the relay runs").child.id().to_string();
        let status = Command::new("kill").args(["-s", name, &process]).status().unwrap();
        assert!(status.success(), "kill -s {name}: {status}");
    }

    /// The number of its process.
    pub fn process(&self) -> u32 {
        self.running.as_ref().expect("the relay runs").child.id()
    }

    /// Ends it at once, as a crash does.
    pub fn kill(&mut self) {
        if let Some(mut running) = self.running.take() {
            running.child.kill().unwrap();
            running.child.wait().unwrap();
        }
    }

    /// Ends it in good order. Its exit code.
    pub fn stop(&mut self) -> Option<i32> {
        self.signal("TERM");
        self.ended()
    }

    /// Waits for its end. Its exit code.
    pub fn ended(&mut self) -> Option<i32> {
        let mut running = self.running.take().expect("the relay runs");
        let status = until("the relay ends", || running.child.try_wait().unwrap());
        status.code()
    }

    /// Its log so far, a JSON object a line.
    pub fn log(&self) -> Vec<Json> {
        lines_from(&self.log_file(), 0)
    }

    fn log_file(&self) -> PathBuf {
        self.path().join("log.json")
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        if let Some(mut running) = self.running.take() {
            // It may have ended by itself, and then there is nothing to kill.
            let _ = running.child.kill();
            let _ = running.child.wait();
        }
        if std::thread::panicking() {
            eprintln!("--- log of the relay\n{}", fs::read_to_string(self.log_file()).unwrap_or_default());
        }
    }
}

/// The directory of [`Relay::of_contoso`].
pub fn contoso(next_hop: SocketAddr) -> String {
    format!(
        r#"
        [[tenant]]
        name = "contoso"
        domain = [{{ name = "contoso.com", verified = true }}]
        inbound_connector = [{{ name = "Printers", sender_ip_addresses = ["127.0.0.1"] }}]
        send_connector = [{{ name = "Out", smart_hosts = ["{next_hop}"], tls = "none" }}]
        "#
    )
}

/// The whole lines of a log from an octet on.
fn lines_from(path: &Path, begin: u64) -> Vec<Json> {
    let mut text = String::new();
    let mut file = File::open(path).unwrap();
    file.seek(SeekFrom::Start(begin)).unwrap();
    file.read_to_string(&mut text).unwrap();
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole.lines().filter_map(line).collect()
}

/// One line of the log. Of a key that is there twice readers take the last, and what happened would be lost.
fn line(text: &str) -> Option<Json> {
    let line = serde_json::from_str(text).ok()?;
    for key in ["timestamp", "level", "message", "target"] {
        assert_eq!(text.matches(&format!("\"{key}\":")).count(), 1, "{key}: {text}");
    }
    Some(line)
}

/// The listeners' addresses, once the log says that the relay is ready.
fn ready(lines: &[Json]) -> Option<Vec<SocketAddr>> {
    lines.iter().find(|line| line["message"] == "ready")?;
    let listening = lines.iter().filter(|line| line["message"] == "listening for SMTP");
    Some(listening.map(|line| line["address"].as_str().unwrap().parse().unwrap()).collect())
}
