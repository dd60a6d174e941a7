//! A clean Debian in a folder, made by debootstrap. Commands run in it as root, and a service as its unit says, without systemd.
//! The bare system is kept in the target folder; each machine is a copy, gone when it is dropped.

use std::collections::BTreeSet;
use std::fs::{self, File, Permissions};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::program::Ran;
use crate::waiting::{PATIENCE, until};

/// What runs in the folder that Cargo keeps for tests.
const KEPT: &str = env!("CARGO_TARGET_TMPDIR");

/// The release, and what packages may expect of a machine that sends mail.
const RELEASE: &str = "bookworm";
const INCLUDED: &str = "--include=adduser,ca-certificates";

/// Where Debian's packages come from when APT does not say.
const MIRROR: &str = "http://deb.debian.org/debian";

/// The name of every machine.
pub const HOSTNAME: &str = "debian.example.net";

/// Which network a process is in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Network {
    /// The one of this machine.
    Shared,
    /// One of its own, in which there is only loopback.
    Alone,
}

/// A machine. It is off, but for a service that was started.
pub struct Machine {
    folder: TempDir,
    service: Option<Child>,
}

impl Machine {
    /// A machine on which nothing was ever installed. None, with a line that says why, if none can be had.
    pub fn fresh() -> Option<Self> {
        let skipped = |peer: &str, why: &str| println!("skipped: {peer}: {why}");
        if Ran::of(Command::new("id").arg("-u")).stdout.trim() != "0" {
            skipped("root", "only root makes a Debian");
            return None;
        }
        let bare = Path::new(KEPT).join(format!("debian-{RELEASE}"));
        if !bare.exists()
            && let Err(why) = bootstrap(&bare)
        {
            skipped("debootstrap", &why);
            return None;
        }
        let folder = tempfile::Builder::new().prefix("machine-").tempdir_in(KEPT).unwrap();
        // Its root is everybody's to look into, unlike other temporary folders.
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        let mut copy = Command::new("cp");
        Ran::of(copy.args(["--archive", "--reflink=auto", "--no-target-directory"]).arg(&bare).arg(folder.path()))
            .expect(0);
        let machine = Self { folder, service: None };
        let ran = machine.run("true");
        if ran.code != 0 {
            skipped("unshare", ran.stderr.trim());
            return None;
        }
        Some(machine)
    }

    /// A path of the machine as this one sees it.
    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path.trim_start_matches('/'))
    }

    /// Every path on the machine, but for what belongs to no package: records of `dpkg` and caches.
    pub fn paths(&self) -> BTreeSet<String> {
        let found = Ran::of(Command::new("find").arg(".").current_dir(self.folder.path())).expect(0);
        let others = [
            "./var/lib/dpkg",
            "./var/cache",
            "./var/log/apt",
            "./var/log/dpkg.log",
            "./var/lib/apt",
            "./tmp",
            "./run",
            "./root",
        ];
        let own = |path: &&str| !path.ends_with('-') && !others.iter().any(|other| path.starts_with(other));
        found.stdout.lines().filter(own).map(str::to_owned).collect()
    }

    /// What root gets who types this into a shell, in `/root`.
    pub fn run(&self, command: &str) -> Ran {
        Ran::of(self.inside(Network::Shared).args(["sh", "-c", &format!("cd /root && {command}")]))
    }

    /// `chroot`, with what a shell of root has in its environment; `/proc` and the machine's name are there for this process and
    /// its children alone.
    fn inside(&self, network: Network) -> Command {
        let mut command = Command::new("unshare");
        command.args(["--mount", "--uts"]);
        let mut prepare = format!("echo {HOSTNAME} >/proc/sys/kernel/hostname && mount -t proc proc \"$1/proc\"");
        if network == Network::Alone {
            command.arg("--net");
            prepare += " && ip link set lo up";
        }
        command.args(["sh", "-c", &format!("{prepare} && exec chroot \"$@\""), "sh"]).arg(self.folder.path());
        command.stdin(Stdio::null()).env_clear();
        command.env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin").env("HOME", "/root");
        command.env("DEBIAN_FRONTEND", "noninteractive").env("LC_ALL", "C.UTF-8").env("NO_COLOR", "1");
        command
    }

    /// Starts the service as its unit says: the command, the user, the one capability, the mask of files. Waits until it tells
    /// that it is ready.
    pub fn start(&mut self) {
        self.start_in(Network::Shared);
    }

    /// The same in a network of its own, in which there is only loopback.
    pub fn start_alone(&mut self) {
        self.start_in(Network::Alone);
    }

    fn start_in(&mut self, network: Network) {
        assert!(self.service.is_none(), "the service runs already");
        let unit = Unit::read(&self.unit());
        self.make_directories(&unit);
        let place = self.path("/run/notify");
        // It may be there from the last start.
        let _ = fs::remove_file(&place);
        let socket = UnixDatagram::bind(&place).unwrap();
        fs::set_permissions(&place, Permissions::from_mode(0o666)).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let log = File::options().create(true).append(true).open(self.log()).unwrap();
        let capability =
            format!("-all,+{}", unit.value("AmbientCapabilities").trim_start_matches("CAP_").to_lowercase());
        let mut command = self.inside(network);
        command.args(["setpriv", "--clear-groups", "--no-new-privs"]);
        command.args(["--reuid", unit.value("User"), "--regid", unit.value("Group")]);
        for set in ["--inh-caps", "--ambient-caps", "--bounding-set"] {
            command.args([set, &capability]);
        }
        command.args(["sh", "-c", &format!("umask {} && exec \"$@\"", unit.value("UMask")), "sh"]);
        command.args(unit.value("ExecStart").split_whitespace()).env("NOTIFY_SOCKET", "/run/notify");
        self.service = Some(command.stdout(Stdio::null()).stderr(log).spawn().unwrap());
        let mut told = [0; 1024];
        let length = socket.recv(&mut told).unwrap_or_else(|error| panic!("it does not get ready: {error}"));
        assert!(told[..length].starts_with(b"READY=1\n"), "{:?}", String::from_utf8_lossy(&told[..length]));
    }

    /// As systemd does: those that are there stay as they are.
    fn make_directories(&self, unit: &Unit) {
        for (key, parent) in [("StateDirectory", "/var/lib"), ("LogsDirectory", "/var/log")] {
            let place = format!("{parent}/{}", unit.value(key));
            if !self.path(&place).exists() {
                let (user, group, mode) = (unit.value("User"), unit.value("Group"), unit.value(&format!("{key}Mode")));
                self.run(&format!("install -d -o {user} -g {group} -m {mode} {place}")).expect(0);
            }
        }
    }

    /// Ends the service in good order, if it runs.
    pub fn stop(&mut self) {
        if self.is_running() {
            self.signal("TERM");
        }
        if let Some(mut service) = self.service.take() {
            let status = until("the service ends", || service.try_wait().unwrap());
            assert!(status.success(), "{status}");
        }
    }

    /// Lets the service read its files again, by the unit's command.
    pub fn reload(&self) {
        let process = self.process();
        let unit = Unit::read(&self.unit());
        self.run(&unit.value("ExecReload").replace("$MAINPID", &process)).expect(0);
    }

    /// Sends a signal to the service.
    fn signal(&self, name: &str) {
        Ran::of(Command::new("kill").args(["-s", name, &self.process()])).expect(0);
    }

    fn process(&self) -> String {
        self.service.as_ref().expect("the service runs").id().to_string()
    }

    /// The unit's file: an administrator's own goes before a package's.
    fn unit(&self) -> PathBuf {
        let places = ["/etc/systemd/system/postwarden.service", "/usr/lib/systemd/system/postwarden.service"];
        let installed = places.map(|place| self.path(place)).into_iter().find(|place| place.exists());
        installed.expect("the unit is installed")
    }

    /// Whether the service runs.
    pub fn is_running(&self) -> bool {
        self.service.is_some()
    }

    /// Where the service listens, by what it says itself.
    pub fn address(&self) -> SocketAddr {
        let status = self.run("postwarden status --json").expect(0).json();
        status["listeners"][0]["address"].as_str().unwrap().parse().unwrap()
    }

    fn log(&self) -> PathBuf {
        self.path("/run/service.log")
    }

    /// What the service wrote into its log.
    pub fn logged(&self) -> String {
        fs::read_to_string(self.log()).unwrap()
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        if let Some(mut service) = self.service.take() {
            // It may have ended by itself.
            let _ = service.kill();
            let _ = service.wait();
        }
        if std::thread::panicking() {
            eprintln!("--- log of the service\n{}", fs::read_to_string(self.log()).unwrap_or_default());
        }
    }
}

/// The settings of a unit.
struct Unit(Vec<(String, String)>);

impl Unit {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let settings = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('='));
        Self(settings.map(|(key, value)| (key.to_owned(), value.to_owned())).collect())
    }

    fn value(&self, key: &str) -> &str {
        let found = self.0.iter().find(|(name, _)| name == key);
        &found.unwrap_or_else(|| panic!("the unit does not say {key}")).1
    }
}

/// Makes the bare system, beside its place first, so that there is a whole one or none.
fn bootstrap(bare: &Path) -> Result<(), String> {
    let beside = tempfile::Builder::new().prefix("debootstrap-").tempdir_in(KEPT).map_err(|error| error.to_string())?;
    let made = beside.path().join("root");
    let mut command = Command::new("debootstrap");
    let system = "/usr/local/sbin:/usr/sbin:/sbin";
    command.env("PATH", format!("{}:{system}", std::env::var("PATH").unwrap_or_default()));
    command.args(["--variant=minbase", INCLUDED, RELEASE]).arg(&made).arg(mirror()).stdin(Stdio::null());
    let output = command.output().map_err(|error| format!("cannot be started: {error}"))?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        return Err(String::from_utf8_lossy(&said).lines().last().unwrap_or("it does not say why").to_owned());
    }
    match fs::rename(&made, bare) {
        // Another test was quicker.
        Err(_) if bare.exists() => Ok(()),
        renamed => renamed.map_err(|error| error.to_string()),
    }
}

/// The mirror that this machine's APT takes the release from.
fn mirror() -> String {
    let asked = Command::new("apt-get").args(["indextargets", "--format", "$(RELEASE) $(REPO_URI)"]).output();
    let said = asked.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let found = said.lines().find_map(|line| line.strip_prefix(RELEASE)?.strip_prefix(' '));
    found.unwrap_or(MIRROR).to_owned()
}
