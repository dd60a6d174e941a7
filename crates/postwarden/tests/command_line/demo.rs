//! The demo as a test of everything: it plays to its end, and leaves nothing behind, whenever it is stopped.

use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::program::Place;

fn is_empty(place: &Place) -> bool {
    std::fs::read_dir(place.path()).unwrap().next().is_none()
}

#[test]
fn it_plays_the_story_to_its_end() {
    let place = Place::new();
    let ran = place.command(&["demo"]).env("TMPDIR", place.path()).stdin(Stdio::null()).output().unwrap();
    let text = String::from_utf8_lossy(&ran.stdout);
    assert_eq!(ran.status.code(), Some(0), "{text}{}", String::from_utf8_lossy(&ran.stderr));
    let mut rest = &*text;
    for said in [
        "It arrived outside.",
        "    550 5.7.64 TenantAttribution; Relay Access Denied [hub.example.net ",
        "hub$ postwarden why - < bounce.eml",
        "connector \"Inbound from HQ\" of tenant contoso",
        "hub$ postwarden export --tenant contoso > contoso.toml",
        "edge$ postwarden diagnose logs/SmtpSend ../hub/contoso.toml",
        "Cause C01 (certain): Postwarden sends CN=mail.contoso.net; connector \"Inbound from HQ\" wants *.contoso.com",
        "Repair: ",
        "logs/SmtpSend/SEND",
        "550 5.7.64 Tena",
        "tls_sender_certificate_name",
        "Applied: the directory is at version 2 and in force.",
        "It arrived outside.",
        "Refused: 550 5.7.1 ",
        "Done: relayed, refused, explained, diagnosed, repaired, relayed again.",
    ] {
        let found = rest.find(said).unwrap_or_else(|| panic!("{said:?} is not said, or not in its order:\n{text}"));
        rest = &rest[found + said.len()..];
    }
    assert!(is_empty(&place), "its folder is left behind");
}

#[test]
fn stopped_at_any_moment_it_leaves_nothing_behind() {
    for milliseconds in [0, 100, 250] {
        let place = Place::new();
        let mut command = place.command(&["demo", "--keep"]);
        command.env("TMPDIR", place.path()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut demo = command.spawn().unwrap();
        // Before there is a folder there is nothing to leave behind.
        while is_empty(&place) && demo.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(milliseconds));
        kill_process(Pid::from_raw(i32::try_from(demo.id()).unwrap()).unwrap(), Signal::INT).unwrap();
        let code = demo.wait().unwrap().code();
        assert!(matches!(code, Some(0 | 1)), "after {milliseconds} ms it ended with {code:?}");
        assert!(is_empty(&place), "after {milliseconds} ms its folder is left behind");
    }
}
