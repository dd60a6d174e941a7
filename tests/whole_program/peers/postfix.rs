//! A Postfix of its own: configuration, queue, log and mail in a folder that goes with it. The system's Postfix, if one runs,
//! is another instance and sees nothing of it.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::port;
use crate::pki::Identity;
use crate::waiting::until;

/// The services that an instance needs; each keeps out of `chroot`, for which a folder would have to be furnished.
const SERVICES: &str = "\
postlog  unix-dgram n - n - 1 postlogd
cleanup  unix n - n - 0 cleanup
qmgr     unix n - n 1 1 qmgr
tlsmgr   unix - - n 1000? 1 tlsmgr
rewrite  unix - - n - - trivial-rewrite
bounce   unix - - n - 0 bounce
defer    unix - - n - 0 bounce
trace    unix - - n - 0 bounce
proxymap unix - - n - - proxymap
smtp     unix - - n - 20 smtp
showq    unix n - n - - showq
error    unix - - n - - error
retry    unix - - n - - error
discard  unix - - n - - discard
virtual  unix - n n - 8 virtual
anvil    unix - - n - 1 anvil
scache   unix - - n - 1 scache
";

/// Nothing is added to a message but Postfix's own trace fields, and nothing in it is changed; of its limits those that
/// concern size are lifted.
const SETTINGS: &str = "\
compatibility_level = 3.6
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
mydestination =
alias_maps =
local_header_rewrite_clients =
message_size_limit = 60000000
mailbox_size_limit = 0
virtual_mailbox_limit = 0
smtp_line_length_limit = 0
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
notify_classes =
";

/// An instance, stopped when dropped; when its test fails, its log is shown.
pub struct Postfix {
    folder: TempDir,
    /// Where it takes mail.
    pub address: SocketAddr,
    master: Child,
}

impl Postfix {
    /// Whether it can run here. If not, a line says that the test is skipped.
    pub fn is_there() -> bool {
        let installed = Command::new("postconf").arg("mail_version").stdin(Stdio::null()).output().is_ok();
        if !installed {
            println!("skipped: postfix: not installed");
        } else if !super::is_root() {
            println!("skipped: postfix: its master process runs as root only");
        }
        installed && super::is_root()
    }

    /// Starts with a certificate, written to `NAME.pem` and `NAME.key`, and more settings, as in `main.cf`; `FOLDER` in
    /// them is the instance's own.
    pub fn start(name: &str, identity: &Identity, settings: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("postwarden-postfix-").tempdir().unwrap();
        let path = folder.path();
        // Its parts that take off root's rights must get in.
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        for name in ["etc", "queue", "data", "mail"] {
            fs::create_dir(path.join(name)).unwrap();
        }
        // Whoever the settings say delivers.
        fs::set_permissions(path.join("mail"), fs::Permissions::from_mode(0o777)).unwrap();
        let owned = Command::new("chown").arg("postfix").arg(path.join("data")).status().unwrap();
        assert!(owned.success(), "chown of {}: {owned}", path.display());
        identity.write(path, name);
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port::free()));
        let places = "queue_directory = FOLDER/queue\ndata_directory = FOLDER/data\nmaillog_file = FOLDER/log\n\
                      maillog_file_prefixes = FOLDER\n";
        let main = format!("{SETTINGS}{places}{settings}").replace("FOLDER", path.to_str().unwrap());
        fs::write(path.join("etc/main.cf"), main).unwrap();
        fs::write(path.join("etc/master.cf"), format!("{address} inet n - n - - smtpd\n{SERVICES}")).unwrap();
        // In the foreground, so that it ends with the test however that ends.
        let master = postfix(path, "start-fg").stdout(Stdio::null()).spawn().unwrap();
        let instance = Self { folder, address, master };
        until("Postfix takes connections", || std::net::TcpStream::connect(address).ok());
        instance
    }

    /// What it has written into its log.
    pub fn log(&self) -> String {
        fs::read_to_string(self.path().join("log")).unwrap_or_default()
    }

    /// A file of the instance.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The files of a maildir below its folder `mail` that have been delivered.
    pub fn delivered(&self, maildir: &str) -> Vec<PathBuf> {
        let new = self.path().join("mail").join(maildir).join("new");
        let Ok(entries) = fs::read_dir(new) else { return Vec::new() };
        entries.map(|entry| entry.unwrap().path()).collect()
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        let _ = postfix(self.path(), "stop").stdout(Stdio::null()).stderr(Stdio::null()).status();
        let _ = self.master.kill();
        let _ = self.master.wait();
        if std::thread::panicking() {
            let log = self.log();
            // Of a long test only the end is of interest.
            let lines: Vec<&str> = log.lines().collect();
            eprintln!("--- log of Postfix at {}\n{}", self.address, lines[lines.len().saturating_sub(60)..].join("\n"));
        }
    }
}

fn postfix(folder: &Path, what: &str) -> Command {
    let mut command = Command::new("postfix");
    command.arg("-c").arg(folder.join("etc")).arg(what).stdin(Stdio::null()).stderr(Stdio::null());
    command
}
