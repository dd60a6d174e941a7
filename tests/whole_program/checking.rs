//! `serve --check`: what would keep a node from starting, or needs attention, is told before; and nothing is changed by looking.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use crate::pki::{Authority, Leaf};
use crate::program::{Ran, postwarden};
use crate::relay::Relay;

/// The file that the packages bring.
const DELIVERED: &str = include_str!("../../packaging/postwarden.toml");

/// Its manual, and what reads it.
const MANUAL: &str = include_str!("../../packaging/postwarden.toml.5");
const READERS: [&str; 2] = [
    include_str!("../../crates/postwarden/src/config/reading.rs"),
    include_str!("../../crates/postwarden/src/config/limits.rs"),
];

const LISTENER: &str = "[[listener]]\naddress = \"127.0.0.1:0\"\n";

fn checked(folder: &Path, config: &str) -> Ran {
    fs::write(folder.join("postwarden.toml"), config).unwrap();
    Ran::of(postwarden(folder).args(["serve", "--check", "--json", "--config", "postwarden.toml"]))
}

#[test]
fn what_keeps_it_from_starting() {
    let check = |config: &str, code: i32, words: &str| {
        let place = Relay::folder_only();
        fs::write(place.path().join("file"), "").unwrap();
        let ran = checked(place.path(), config).expect(code);
        assert!(ran.stderr.contains(words), "{config}: {ran}");
    };
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    check(LISTENER, 0, "");
    check(&format!("[[listener]]\naddress = \"{address}\"\n"), 3, &format!("cannot listen on {address}: "));
    check(&format!("{LISTENER}[admin]\naddress = \"{address}\"\n"), 3, &format!("cannot listen on {address}: "));
    // An address of documentation, which no machine has (RFC 5737).
    check("[[listener]]\naddress = \"192.0.2.1:2525\"\n", 3, "cannot listen on 192.0.2.1:2525: ");
    check(&format!("data = \"file/data\"\n{LISTENER}"), 2, "file is no folder");
    check(&format!("{LISTENER}[protocol_log]\ndirectory = \"file/logs\"\n"), 2, "[protocol_log] directory: ");
    check("hostnam = \"a\"\n", 2, "did you mean `hostname`?");
}

#[test]
fn what_needs_attention() {
    let check = |config: &str, expected: &str| {
        let place = Relay::folder_only();
        let root = Authority::root("Root");
        root.issue(Leaf::san(&["relay.example.net"]).expired()).write(place.path(), "ended");
        root.server("relay.example.net").write(place.path(), "good");
        fs::write(place.path().join("file"), "").unwrap();
        let json = checked(place.path(), config).expect(0).json();
        let attention = json["attention"].as_array().unwrap();
        let told = attention.iter().any(|sentence| sentence.as_str().unwrap().contains(expected));
        assert!(told || expected.is_empty() && attention.is_empty(), "{expected}: {json:#}");
    };
    let with = |name: &str| format!("{LISTENER}certificate = \"{name}.pem\"\nkey = \"{name}.key\"\n");
    check(&with("good"), "");
    check(&with("ended"), "the certificate of listener 127.0.0.1:0 has ended at ");
    check(&format!("{LISTENER}[client_certificates]\ntrust = []\n"), "trust is empty");
}

#[test]
fn nothing_is_made() {
    let place = Relay::folder_only();
    let data = place.path().join("data");
    let config = format!("data = \"data\"\n{LISTENER}");
    let json = checked(place.path(), &config).expect(0).json();
    assert_eq!(json["store"], "not there yet, made at the first start", "{json:#}");
    assert!(!data.exists());
    // As a package leaves it: what root made in it would be out of the service's reach.
    fs::create_dir(&data).unwrap();
    checked(place.path(), &config).expect(0);
    assert_eq!(fs::read_dir(&data).unwrap().count(), 0);
}

/// What a start finds in the data directory and stops at, the check finds too.
#[test]
fn what_is_left_of_a_store() {
    let check = |leave: &dyn Fn(&Path), words: &str| {
        let place = Relay::folder_only();
        let data = place.path().join("data");
        fs::create_dir(&data).unwrap();
        leave(&data);
        let ran = checked(place.path(), &format!("data = \"data\"\n{LISTENER}")).expect(2);
        assert!(ran.stderr.contains(words), "{words}: {ran}");
        let start = Ran::of(postwarden(place.path()).args(["serve", "--config", "postwarden.toml"])).expect(2);
        assert!(start.stderr.contains(words), "{words}: {start}");
    };
    check(&|data| fs::create_dir(data.join(".restore")).unwrap(), "a restore was broken off here");
    check(&|data| fs::write(data.join("own-certificate.pem"), "").unwrap(), "own-certificate.pem: the file is empty");
    let mut relay = Relay::bare();
    relay.apply("[[tenant]]\nname = 'contoso'\n");
    relay.kill();
    let queue = |data: &Path| {
        for name in ["queue.db", "queue.db-wal"] {
            fs::copy(relay.path().join("data").join(name), data.join(name)).unwrap();
        }
    };
    check(&queue, "it is missing or empty, and the queue beside it is not");
}

#[test]
fn while_it_runs() {
    let relay = Relay::bare();
    let own = format!("data = \"data\"\n[[listener]]\naddress = \"{}\"\n", relay.address());
    let check = |config: &str, uses: &[&str]| {
        let json = checked(relay.path(), config).expect(0).json();
        assert_eq!(json["store"], "in use by the server that runs");
        let found: Vec<&str> =
            json["listeners"].as_array().unwrap().iter().map(|found| found["use"].as_str().unwrap()).collect();
        assert_eq!(found, uses, "{json:#}");
    };
    check(&own, &["ours"]);
    check(&format!("{own}{LISTENER}"), &["ours", "free"]);
}

#[test]
fn the_delivered_file_is_accepted() {
    let own = |text: &str, place: &Path| {
        let text = text.replace(":2525\"", ":0\"").replace(":25\"", ":0\"");
        text.replace("/etc/postwarden", &place.display().to_string())
            .replace("/var/lib/postwarden", "data")
            .replace("/var/log/postwarden", "logs")
    };
    let place = Relay::folder_only();
    checked(place.path(), &own(DELIVERED, place.path())).expect(0);
    // And so is what it shows in comments. A setting's comment has no blank behind its sign.
    let certificate = Authority::root("Root").server("relay.example.net");
    let (chain, key) = certificate.write(place.path(), "new");
    fs::rename(chain, place.path().join("fullchain.pem")).unwrap();
    fs::rename(key, place.path().join("key.pem")).unwrap();
    let lines = DELIVERED.lines().map(|line| match line.strip_prefix('#') {
        Some(setting) if setting.starts_with(|c: char| c.is_ascii_lowercase() || c == '[') => setting,
        _ => line,
    });
    let all = lines.map(|line| format!("{line}\n")).collect::<String>();
    assert!(all.contains("\nhostname = "), "{all}");
    let json = checked(place.path(), &own(&all, place.path())).expect(0).json();
    assert_eq!(json["listeners"].as_array().unwrap().len(), 2, "{json:#}");
}

#[test]
fn every_setting_is_in_the_manual() {
    // How the readers name a key.
    let calls = ["text(", "boolean(", "parsed(", "parsed_list(", "choice(", "integer(", "root, ", "table, ", "key: "];
    let mut keys = Vec::new();
    for call in calls.map(|call| format!("{call}\"")) {
        for reader in READERS {
            let named = reader.split(&call).skip(1);
            keys.extend(named.filter_map(|rest| rest.split('"').next()));
        }
    }
    assert!(["hostname", "data", "address", "key", "sessions"].iter().all(|key| keys.contains(key)), "{keys:?}");
    for key in keys {
        assert!(MANUAL.contains(&format!("\n.TP\n.B {key}\n")), "postwarden.toml(5) does not tell of {key}");
    }
    for table in ["store", "client_certificates", "admin", "protocol_log", "limits", "log"] {
        assert!(MANUAL.contains(&format!("\n.SH [{table}]\n")), "postwarden.toml(5) does not tell of [{table}]");
    }
}
