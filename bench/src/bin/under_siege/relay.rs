//! The relay: the binary beside this one, in a folder of its own, with the limits that it is shipped with.

use std::fs;
use std::io::{Error, Result};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A start takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(20);

const CONFIGURATION: &str = "\
hostname = \"relay.example.net\"
data = \"data\"
[[listener]]
address = \"127.0.0.1:0\"
[client_certificates]
trust = []
[log]
format = \"json\"
";

/// A relay that runs until it is dropped.
pub struct Relay {
    /// Its listener.
    pub address: SocketAddr,
    child: Child,
    /// Gone when the relay is.
    _folder: tempfile::TempDir,
}

impl Relay {
    /// Starts it with one tenant, whose mail from 127.0.0.1 goes to this next hop.
    pub fn start(next_hop: SocketAddr) -> Result<Self> {
        let binary = std::env::current_exe()?.with_file_name("postwarden");
        if !binary.is_file() {
            return Err(Error::other(format!(
                "{} is not there: build it first, in the same profile (`cargo build --release`)",
                binary.display()
            )));
        }
        let folder = tempfile::tempdir()?;
        let path = folder.path();
        fs::write(path.join("postwarden.toml"), CONFIGURATION)?;
        fs::write(path.join("directory.toml"), directory(next_hop))?;
        let log = path.join("log");
        let mut serve = Command::new(&binary);
        serve.args(["serve", "--config", "postwarden.toml"]).current_dir(path);
        let child = serve.stdin(Stdio::null()).stdout(Stdio::null()).stderr(fs::File::create(&log)?).spawn()?;
        // From here on it is ended if something goes wrong.
        let mut relay = Self { address: next_hop, child, _folder: folder };
        relay.address = listening(&log)?;
        let mut apply = Command::new(binary);
        apply.args(["apply", "-f", "directory.toml", "--yes"]).current_dir(log.parent().unwrap_or(Path::new(".")));
        let applied = apply.stdin(Stdio::null()).output()?;
        if !applied.status.success() {
            return Err(Error::other(String::from_utf8_lossy(&applied.stderr).into_owned()));
        }
        Ok(relay)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn directory(next_hop: SocketAddr) -> String {
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

/// The listener's address, once the log says that the relay is ready.
fn listening(log: &PathBuf) -> Result<SocketAddr> {
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE {
        let text = fs::read_to_string(log)?;
        let lines: Vec<serde_json::Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        if lines.iter().any(|line| line["message"] == "ready") {
            let listening = lines.iter().find(|line| line["message"] == "listening for SMTP");
            let address = listening.and_then(|line| line["address"].as_str()).and_then(|address| address.parse().ok());
            return address.ok_or_else(|| Error::other(format!("no address of a listener in\n{text}")));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Err(Error::other(format!("the relay is not ready:\n{}", fs::read_to_string(log)?)))
}
