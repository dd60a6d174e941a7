//! Commands against a server that runs.

use rustix::process::Signal;
use serde_json::Value as Json;

use crate::program::{Place, Server};

const CONFIGURATION: &str = r#"
hostname = "relay.example.net"
data = "data"

[[listener]]
address = "127.0.0.1:0"
"#;

const DIRECTORY: &str = r#"
[[tenant]]
name = "contoso"

  [[tenant.domain]]
  name = "contoso.com"
  verified = true

  [[tenant.inbound_connector]]
  name = "Inbound from HQ"
  tls_sender_certificate_name = "*.contoso.com"

  [[tenant.send_connector]]
  name = "Out"
  smart_hosts = ["mx.example.org"]
"#;

fn running() -> (Place, Server) {
    let place = Place::with(&[("postwarden.toml", CONFIGURATION), ("d.toml", DIRECTORY)]);
    let server = place.serve();
    (place, server)
}

#[test]
fn without_tenants_it_says_what_to_do() {
    let (place, _server) = running();
    let status = place.run(&["status"]);
    assert_eq!((status.code, status.stderr.as_str()), (Some(0), ""));
    assert!(status.stdout.contains("no tenants yet"), "{}", status.stdout);
    assert!(status.stdout.contains("`postwarden apply -f FILE`"), "{}", status.stdout);
    let log = std::fs::read_to_string(place.path().join("log")).unwrap();
    assert!(log.contains("no tenants yet"), "{log}");
}

#[test]
fn a_directory_is_applied_shown_and_exported() {
    let (place, _server) = running();
    let added = "+ tenant contoso\n\
                 + tenant contoso: domain contoso.com\n\
                 + tenant contoso: inbound connector \"Inbound from HQ\"\n\
                 + tenant contoso: send connector \"Out\"\n";

    let unasked = place.run(&["apply", "-f", "d.toml"]);
    assert_eq!((unasked.code, unasked.stdout.as_str()), (Some(2), added), "nobody can be asked here");
    assert!(unasked.stderr.contains("--yes"), "{}", unasked.stderr);

    let rehearsed = place.run(&["apply", "-f", "d.toml", "--dry-run"]);
    assert_eq!(rehearsed.code, Some(0));
    assert!(rehearsed.stdout.starts_with(added) && rehearsed.stdout.contains("dry run"), "{}", rehearsed.stdout);

    let applied = place.run(&["apply", "-f", "d.toml", "--yes"]);
    assert_eq!((applied.code, applied.stderr.as_str()), (Some(0), ""));
    assert!(applied.stdout.starts_with(added) && applied.stdout.contains("version 1"), "{}", applied.stdout);

    let again = place.run(&["apply", "-f", "d.toml", "--yes"]);
    let nothing = "Nothing to change: the directory at version 1 already says what the files say.\n";
    assert_eq!((again.code, again.stdout.as_str()), (Some(0), nothing));

    let exported = place.run(&["export"]);
    assert_eq!(exported.code, Some(0));
    place.write("exported.toml", &exported.stdout);
    let reloaded = place.run(&["apply", "-f", "exported.toml", "--yes"]);
    assert_eq!((reloaded.code, reloaded.stdout.as_str()), (Some(0), nothing), "an export says what is in force");

    let json: Json = serde_json::from_str(&place.run(&["apply", "-f", "d.toml", "--yes", "--json"]).stdout).unwrap();
    assert_eq!((&json["version"], &json["diff"]), (&Json::from(1), &Json::from(Vec::<Json>::new())));
}

#[test]
fn what_is_not_there_is_a_no() {
    let (place, _server) = running();
    let check = |command: &[&str], error: &str| {
        let ran = place.run(command);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{command:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(error), "{command:?} does not say {error:?}: {}", ran.stderr);
    };
    check(
        &["export", "--tenant", "nobody & co"],
        "there is no tenant \"nobody & co\"; `postwarden tenant list` shows which there are",
    );
    check(
        &["queue", "list", "--tenant", "nobody"],
        "there is no tenant \"nobody\"; `postwarden tenant list` shows which there are",
    );
    check(&["queue", "show", "00000000000000a1"], "00000000000000a1");
    check(&["why", "0123456789ABCDEF"], "no refusal with reference \"0123456789ABCDEF\"");
    check(
        &["why", "550 5.7.64 Denied [relay.example.net 2026-01-05T09:30:00.000Z 0123456789ABCDEF]"],
        "0123456789ABCDEF",
    );
}

#[test]
fn what_is_not_queued_is_not_changed() {
    let (place, _server) = running();
    let check = |command: &[&str], code: i32, errors: &[&str]| {
        let ran = place.run(&[&["queue"], command].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(code), ""), "{command:?}: {}", ran.stderr);
        for error in errors {
            assert!(ran.stderr.contains(error), "{command:?} does not say {error:?}: {}", ran.stderr);
        }
    };
    for command in ["hold", "release", "retry", "remove"] {
        let yes: &[&str] = if command == "remove" { &["--yes"] } else { &[] };
        let missing = ["message 00000000000000a1", "nothing was changed", "`postwarden queue list`"];
        check(&[&[command, "a1", "a2"], yes].concat(), 1, &missing);
        check(&[&[command, "a1", "a2", "--json"], yes].concat(), 1, &missing);
        check(&[&[command, "a1", "x1"], yes].concat(), 2, &["\"x1\"", "hexadecimal"]);
        check(&[command], 2, &["which messages?", "--tenant NAME"]);
    }
    check(&["hold", "a1", "--reason", ""], 2, &["reason", "1 to 1000 octets"]);
    check(&["remove", "a1"], 2, &["no terminal to ask on; nothing was changed", "--yes", "Nothing is bounced"]);
}

#[test]
fn why_reads_a_bounce_from_standard_input() {
    let (place, _server) = running();
    let found =
        place.run_with(&["why", "-"], "> Denied [relay.example.net\n>  2026-01-05T09:30:00Z 0123456789ABCDEF]\n");
    assert_eq!(found.code, Some(1), "{}", found.stderr);
    assert!(found.stderr.contains("0123456789ABCDEF"), "{}", found.stderr);
    let none = place.run_with(&["why", "-"], "Dear customer,\nno.\n");
    assert_eq!(none.code, Some(2), "{}", none.stderr);
}

#[test]
fn the_server_and_the_files_say_the_same() {
    let (place, _server) = running();
    assert_eq!(place.run(&["apply", "-f", "d.toml", "--yes"]).code, Some(0));
    let flags = ["--presented-name", "mail.contoso.net", "--mail-from", "a@contoso.com", "--rcpt-to", "b@example.org"];
    let asked = place.run(&[&["explain", "--json"], flags.as_slice()].concat());
    let judged = place.run(&[&["explain", "--json", "-f", "d.toml"], flags.as_slice()].concat());
    assert_eq!(asked.code, Some(1), "{}", asked.stderr);
    assert_eq!(asked.stdout, judged.stdout);
}

#[test]
fn it_is_checked_while_it_runs() {
    let (place, _server) = running();
    let checked = place.run(&["serve", "--check"]);
    assert_eq!((checked.code, checked.stderr.as_str()), (Some(0), ""));
    assert!(checked.stdout.contains("in use by the server that runs"), "{}", checked.stdout);
    let checked = place.run(&["serve", "--check", "--json"]);
    let json: Json = serde_json::from_str(&checked.stdout).unwrap();
    assert_eq!(json["store"], "in use by the server that runs", "{json:#}");
    assert!(json["attention"].is_array() && json["listeners"][0]["address"].is_string(), "{json:#}");
    let second = place.run(&["serve"]);
    assert_eq!(second.code, Some(2), "{}", second.stderr);
    assert!(second.stderr.contains("another process has this store open"), "{}", second.stderr);
}

#[test]
fn signals() {
    let (place, mut server) = running();
    let log = || std::fs::read_to_string(place.path().join("log")).unwrap();
    let wait_for = |text: &str| {
        for _ in 0..600 {
            if log().contains(text) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("the log does not say {text:?}:\n{}", log());
    };
    place.write("postwarden.toml", &CONFIGURATION.replace("relay.example.net", "other.example.net"));
    server.signal(Signal::HUP);
    wait_for("changed settings that are in force after a restart only");
    place.write("postwarden.toml", "hostnme = 1");
    server.signal(Signal::HUP);
    wait_for("unknown key `hostnme`");
    wait_for("the configuration is invalid; the one in force stays");
    assert_eq!(place.run(&["status", "--data", "data"]).code, Some(0), "it runs on");
    server.signal(Signal::TERM);
    assert_eq!(server.ended(), Some(0), "{}", log());
    assert!(!place.path().join("data/admin.sock").exists(), "the socket is left behind");
}
