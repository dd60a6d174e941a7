//! The program as a service: what it tells the manager that started it, what it writes to the journal, and its unit.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value as Json;
use tempfile::TempDir;

use crate::program::{Ran, postwarden};
use crate::relay::Relay;
use crate::waiting::{PATIENCE, until};

const CONFIGURATION: &str =
    "hostname = \"relay.example.net\"\ndata = \"data\"\n[[listener]]\naddress = \"127.0.0.1:0\"\n";

/// The unit that the packages bring.
const UNIT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packaging/postwarden.service");

/// A node started as a service manager starts it.
struct Service {
    folder: TempDir,
    socket: UnixDatagram,
    child: Child,
}

impl Service {
    fn start(settings: &str, variables: &[(&str, &str)]) -> Self {
        let folder = Relay::folder_only();
        let place = folder.path();
        fs::write(place.join("postwarden.toml"), format!("{CONFIGURATION}{settings}")).unwrap();
        let socket = UnixDatagram::bind(place.join("notify")).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let log = File::create(place.join("log")).unwrap();
        let is = log.metadata().unwrap();
        let mut command = postwarden(place);
        command.env("JOURNAL_STREAM", format!("{}:{}", is.dev(), is.ino())).env("NOTIFY_SOCKET", place.join("notify"));
        command.envs(variables.iter().copied()).env_remove("NO_COLOR").env("CLICOLOR_FORCE", "1");
        let child = command.arg("serve").stdout(Stdio::null()).stderr(log).spawn().unwrap();
        Self { folder, socket, child }
    }

    /// What the manager is told next.
    fn told(&self) -> String {
        let mut message = [0; 4096];
        let length = self.socket.recv(&mut message).unwrap_or_else(|error| panic!("told nothing: {error}"));
        String::from_utf8(message[..length].to_vec()).unwrap()
    }

    /// What it is told next that is no sign of life.
    fn told_news(&self) -> String {
        std::iter::repeat_with(|| self.told()).find(|told| told != "WATCHDOG=1\n").unwrap()
    }

    fn signal(&self, name: &str) {
        let status = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap();
        assert!(status.success(), "kill -s {name}: {status}");
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("--- log of the service\n{}", self.log());
        }
    }
}

#[test]
fn the_manager_is_told() {
    let mut service = Service::start("", &[]);
    let ready = service.told();
    assert!(ready.starts_with("READY=1\nSTATUS=Listening for SMTP on 127.0.0.1:"), "{ready}");
    // When it says so, it is.
    Ran::of(postwarden(service.folder.path()).arg("status")).expect(0);

    for _ in 0..2 {
        service.signal("HUP");
        let reloading = service.told();
        let time = reloading.strip_prefix("RELOADING=1\nMONOTONIC_USEC=").unwrap_or_else(|| panic!("{reloading}"));
        time.trim_end().parse::<u64>().unwrap();
        assert_eq!(service.told(), ready);
    }

    service.signal("TERM");
    let stopping = service.told();
    assert!(stopping.starts_with("STOPPING=1\nSTATUS="), "{stopping}");
    let status = until("the end", || service.child.try_wait().unwrap());
    assert!(status.success(), "{status}");
}

#[test]
fn an_invalid_file_ends_a_reload_too() {
    let service = Service::start("", &[]);
    let ready = service.told();
    fs::write(service.folder.path().join("postwarden.toml"), "hostnam = 1\n").unwrap();
    service.signal("HUP");
    assert!(service.told().starts_with("RELOADING=1\n"));
    assert_eq!(service.told(), ready);
    assert!(service.log().contains("the one in force stays"), "{}", service.log());
}

#[test]
fn signs_of_life_if_they_are_wanted() {
    let service = Service::start("", &[("WATCHDOG_USEC", "300000")]);
    let mut told: Vec<String> = (0..4).map(|_| service.told()).collect();
    told.retain(|told| told != "WATCHDOG=1\n");
    assert!(matches!(&told[..], [ready] if ready.starts_with("READY=1\n")), "{told:?}");
    service.signal("TERM");
    assert!(service.told_news().starts_with("STOPPING=1\n"));
    // For another process they are not wanted from this one.
    let service = Service::start("", &[("WATCHDOG_USEC", "300000"), ("WATCHDOG_PID", "1")]);
    assert!(service.told().starts_with("READY=1\n"));
    service.socket.set_read_timeout(Some(std::time::Duration::from_secs(1))).unwrap();
    assert!(service.socket.recv(&mut [0; 64]).is_err(), "a sign of life that nobody wants");
}

#[test]
fn the_journal_gets_levels_and_neither_times_nor_colours() {
    let service = Service::start("", &[]);
    service.told();
    let log = service.log();
    let year = jiff::Timestamp::now().to_string()[..5].to_owned();
    for line in log.lines() {
        let known = ["<3>", "<4>", "<6>", "<7>"].iter().any(|level| line.starts_with(level));
        assert!(known && !line.contains('\x1b'), "{line:?}");
        assert!(!line.contains(" INFO ") && !line.contains(&year), "{line:?}");
    }
    assert!(log.lines().any(|line| line.starts_with("<6>listening for SMTP address=")), "{log}");
    assert!(log.lines().any(|line| line.starts_with("<4>no tenants yet")), "{log}");
    // A variable that was inherited from another service says nothing.
    let service = Service::start("", &[("JOURNAL_STREAM", "1:1")]);
    service.told();
    let log = service.log();
    assert!(log.lines().all(|line| line.contains(&year)) && !log.is_empty(), "{log}");
}

#[test]
fn json_lines_are_json() {
    let service = Service::start("[log]\nformat = \"json\"\nlevel = \"debug\"\n", &[]);
    service.told();
    service.signal("HUP");
    service.told();
    service.told();
    let log = service.log();
    for line in log.lines() {
        let json: Json = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        for key in ["timestamp", "level", "message", "target"] {
            assert!(json[key].is_string(), "{key}: {line}");
        }
    }
    assert!(log.contains("the configuration was read again"), "{log}");
}

#[test]
fn a_port_that_is_taken_is_no_reason_to_stay_down() {
    let place = Relay::folder_only();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    fs::write(
        place.path().join("postwarden.toml"),
        format!("data = \"data\"\n[[listener]]\naddress = \"{address}\"\n"),
    )
    .unwrap();
    let ran = Ran::of(postwarden(place.path()).arg("serve")).expect(3);
    assert!(ran.stderr.contains(&address.to_string()), "{ran}");
    // The unit's promise: 2 alone, which a wrong configuration ends with, keeps it down.
    assert!(fs::read_to_string(UNIT).unwrap().contains("\nRestartPreventExitStatus=2\n"));
}

#[test]
fn the_unit_is_hardened() {
    if !is_there("systemd-analyze") {
        return;
    }
    // In tenths: an exposure of 2.0 and more fails.
    let options = ["security", "--no-pager", "--offline=true", "--threshold=19", UNIT];
    let ran = Ran::of(Command::new("systemd-analyze").args(options)).expect(0);
    assert!(ran.stdout.contains("Overall exposure level for postwarden.service"), "{ran}");
}

#[test]
fn the_unit_is_understood() {
    if !is_there("systemd-analyze") {
        return;
    }
    // It wants to see the program where the unit says that it is.
    let folder = Relay::folder_only();
    let program = Path::new(crate::program::POSTWARDEN);
    let unit = fs::read_to_string(UNIT).unwrap().replace("/usr/bin/postwarden", &program.display().to_string());
    let copy = folder.path().join("postwarden.service");
    fs::write(&copy, unit).unwrap();
    let ran = Ran::of(Command::new("systemd-analyze").args(["verify", "--man=false"]).arg(&copy)).expect(0);
    let complaints: Vec<&str> = ran.stderr.lines().filter(|line| line.contains("postwarden.service")).collect();
    assert!(complaints.is_empty(), "{complaints:#?}");
}

fn is_there(program: &str) -> bool {
    let found = Command::new(program).arg("--version").stdin(Stdio::null()).output().is_ok();
    if !found {
        println!("skipped: {program}: not installed");
    }
    found
}
