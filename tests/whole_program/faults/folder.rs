//! The data directory and what a start needs beside it: addresses, rights, the admin socket. A start that cannot be says
//! what is wrong in a line or two and ends: by 2 where a person has to mend it, by 3 where it may pass by itself.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use super::mount::Mount;
use crate::peers::is_root;
use crate::program::{POSTWARDEN, Ran, postwarden};
use crate::relay::Relay;

/// What an unprivileged program may be started as, where tests run as root.
const NOBODY: &str = "65534";

/// Starts in the folder, and expects an end with this exit code and these words.
fn check(folder: &Path, command: &mut Command, config: &str, code: i32, parts: &[&str]) {
    fs::write(folder.join("postwarden.toml"), format!("hostname = \"relay.example.net\"\n{config}")).unwrap();
    let ran = Ran::of(command.args(["serve", "--config", "postwarden.toml"])).expect(code);
    let error =
        ran.stderr.lines().find(|line| line.starts_with("error: ")).unwrap_or_else(|| panic!("no error: {ran}"));
    for part in parts {
        assert!(error.contains(part), "{part:?} is not said: {ran}");
    }
}

fn listener(address: &str) -> String {
    format!("data = \"data\"\n[[listener]]\naddress = \"{address}\"\n")
}

#[test]
fn what_is_no_data_directory() {
    let folder = Relay::folder_only();
    let place = folder.path();
    let check = |config: &str, parts: &[&str]| check(place, &mut postwarden(place), config, 2, parts);
    fs::write(place.join("file"), "").unwrap();
    check("data = \"file\"", &["file/store.lock", "Not a directory", "must be a folder"]);
    check("data = \"file/below\"", &["file/below", "Not a directory", "must be a folder"]);
    fs::create_dir_all(place.join("odd/queue.db")).unwrap();
    check("data = \"odd\"", &["odd/queue.db", "Is a directory", "move the folder away"]);
    let long = place.join("d".repeat(120));
    check(&format!("data = {long:?}"), &["admin.sock", "a shorter path"]);
    fs::create_dir_all(place.join("other")).unwrap();
    fs::write(place.join("other/admin.sock"), "").unwrap();
    check(
        "data = \"other\"\n[[listener]]\naddress = \"127.0.0.1:0\"",
        &["other/admin.sock", "is no socket", "remove it"],
    );
}

#[test]
fn a_file_system_that_takes_no_writes() {
    let folder = Relay::folder_only();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    let Some(_mount) = Mount::of(&["-t", "tmpfs", "-o", "ro", "none"], &data) else { return };
    let parts = ["data/store.lock", "Read-only file system", "mount its file system for writing"];
    check(folder.path(), &mut postwarden(folder.path()), &listener("127.0.0.1:0"), 2, &parts);
}

#[test]
fn files_of_another_user() {
    if !is_root() {
        println!("skipped: setpriv: only root starts programs as others");
        return;
    }
    let folder = Relay::folder_only();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::create_dir(folder.path().join("data")).unwrap();
    let parts = ["data/store.lock", "Permission denied", "belong to the user of the service"];
    check(folder.path(), &mut as_nobody(folder.path()), &listener("127.0.0.1:0"), 2, &parts);
}

/// The program as a user without any right.
fn as_nobody(folder: &Path) -> Command {
    let mut command = Command::new("setpriv");
    let user = [format!("--reuid={NOBODY}"), format!("--regid={NOBODY}")];
    command.args(user).args(["--clear-groups", "--inh-caps=-all", "--bounding-set=-all", POSTWARDEN]);
    command.current_dir(folder);
    command
}

/// A service manager starts again after these: the address may be free or there in a moment.
#[test]
fn addresses_that_are_not_to_be_had() {
    let folder = Relay::folder_only();
    let place = folder.path();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let held = TcpListener::bind(taken).unwrap();
    check(
        place,
        &mut postwarden(place),
        &listener(&taken.to_string()),
        3,
        &[&taken.to_string(), "another program listens there"],
    );
    drop(held);
    check(
        place,
        &mut postwarden(place),
        &listener("192.0.2.1:2525"),
        3,
        &["192.0.2.1:2525", "this machine has no such address"],
    );
    let port = fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start").unwrap_or_default();
    if !is_root() || port.trim() == "0" {
        println!("skipped: setpriv: every port is everybody's here");
        return;
    }
    fs::set_permissions(place, fs::Permissions::from_mode(0o777)).unwrap();
    fs::remove_dir_all(place.join("data")).unwrap();
    check(place, &mut as_nobody(place), &listener("127.0.0.1:25"), 3, &["127.0.0.1:25", "CAP_NET_BIND_SERVICE"]);
}

#[test]
fn a_socket_that_a_crash_left() {
    let mut relay = Relay::bare();
    relay.kill();
    assert!(relay.path().join("data/admin.sock").exists());
    relay.restart();
    relay.status();
}

/// The second would deliver the first one's mail again.
#[test]
fn two_on_one_directory() {
    let relay = Relay::bare();
    let parts = ["another process has this store open", "a folder of its own"];
    check(relay.path(), &mut postwarden(relay.path()), &listener("127.0.0.1:0"), 2, &parts);
    relay.status();
}
