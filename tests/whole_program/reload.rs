//! SIGHUP: what changes while the relay runs, and what does not.

use std::net::{SocketAddr, TcpStream};

use crate::client::Client;
use crate::pki::{Authority, Leaf};
use crate::relay::{HOSTNAME, Relay};
use crate::waiting::until;

/// Writes another configuration and has it read. What the log says from then on, once it says this.
fn reload(relay: &Relay, config: &str, said: &str) -> Vec<String> {
    let before = relay.log().len();
    let text = format!("hostname = \"{HOSTNAME}\"\ndata = \"data\"\n{config}\n[log]\nformat = \"json\"\n");
    relay.write("postwarden.toml", text);
    relay.signal("HUP");
    until(said, || {
        let lines = relay.log().into_iter().skip(before).map(|line| line.to_string());
        let lines: Vec<String> = lines.collect();
        lines.iter().any(|line| line.contains(said)).then_some(lines)
    })
}

const FORCE: &str = "is in force";

fn address_of(line: &str, said: &str) -> Option<SocketAddr> {
    let line: serde_json::Value = serde_json::from_str(line).ok()?;
    (line["message"] == said).then(|| line["address"].as_str().unwrap().parse().unwrap())
}

#[test]
fn limits_hold_for_sessions_that_begin_after_it() {
    let relay = Relay::bare();
    let listener = "[[listener]]\naddress = \"127.0.0.1:0\"\n[client_certificates]\ntrust = []\n";
    let mut old = Client::greeted(relay.address());
    reload(&relay, &format!("{listener}[limits]\nmessage_size = \"1KB\"\nsessions_per_source = 2\n"), FORCE);
    let mut new = Client::connect(relay.address());
    new.reply().expect("220");
    assert!(new.command("EHLO c").0.contains("SIZE 1024"), "the new session has the old limits");
    assert!(old.command("EHLO c").0.contains("SIZE 157286400"), "the old session has the new limits");
    Client::connect(relay.address()).reply().expect("421 4.7.0 ");
    drop(old);
    until("a place", || Client::connect(relay.address()).reply().0.starts_with("220").then_some(()));
}

#[test]
fn listeners_come_and_go_without_touching_sessions() {
    let relay = Relay::bare();
    let listeners =
        |hosts: &[&str]| hosts.iter().map(|host| format!("[[listener]]\naddress = \"{host}\"\n")).collect::<String>();
    let first = relay.address();
    let mut session = Client::greeted(first);
    let log = reload(&relay, &listeners(&["127.0.0.1:0", "127.0.0.2:0"]), FORCE);
    let second = log.iter().find_map(|line| address_of(line, "listening for SMTP here too")).unwrap();
    let mut other = Client::greeted(second);
    let shown: Vec<String> = relay.status()["listeners"]
        .as_array()
        .unwrap()
        .iter()
        .map(|own| own["address"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(shown, [first.to_string(), second.to_string()]);

    reload(&relay, &listeners(&["127.0.0.2:0"]), FORCE);
    until("the listener is closed", || TcpStream::connect(first).is_err().then_some(()));
    session.command("NOOP").expect("250");
    other.command("NOOP").expect("250");
    Client::greeted(second);
}

#[test]
fn what_is_trusted_is_changed_at_once() {
    let root = Authority::root("Root");
    let folder = Relay::folder_only();
    std::fs::write(folder.path().join("root.pem"), root.pem()).unwrap();
    let identity = root.issue(Leaf::san(&["mail.contoso.com"]));
    let config = |trust: &str, denied: &str| {
        format!(
            "[[listener]]\naddress = \"127.0.0.1:0\"\n[client_certificates]\ntrust = [{trust}]\ndenied_certificates = [{denied}]\n"
        )
    };
    let relay = Relay::start(folder, &config("\"root.pem\"", ""));
    relay.apply(CONTOSO);
    let mut session = Client::greeted(relay.address()).starttls(Some(&identity));
    let mut passes = |passes: bool| {
        session.command("MAIL FROM:<anna@contoso.com>").expect("250");
        session.command("RCPT TO:<bob@elsewhere.example>").expect(if passes { "250" } else { "550 5.7.64 " });
        session.command("RSET").expect("250");
    };
    passes(true);
    reload(&relay, &config("\"root.pem\"", &format!("\"{}\"", identity.thumbprint())), FORCE);
    passes(false);
    reload(&relay, &config("\"root.pem\"", ""), FORCE);
    passes(true);
    reload(&relay, &config("", ""), FORCE);
    passes(false);
}

const CONTOSO: &str = r#"
[[tenant]]
name = "contoso"
domain = [{ name = "contoso.com", verified = true }]
inbound_connector = [{ name = "HQ", tls_sender_certificate_name = "mail.contoso.com" }]
send_connector = [{ name = "Out", smart_hosts = ["192.0.2.1"], tls = "none" }]
"#;

#[test]
fn what_is_wrong_changes_nothing() {
    let relay = Relay::bare();
    let stays = "the one in force stays";
    let listener = format!("[[listener]]\naddress = \"{}\"\n", relay.address());
    let limits = "[limits]\nsessions_per_source = 1\n";
    let sessions = || {
        let _one = Client::greeted(relay.address());
        Client::greeted(relay.address());
    };
    reload(&relay, &format!("{listener}{limits}session = 1\n"), stays);
    sessions();
    // An address that another holds; nothing before it in the file is done either.
    let log = reload(&relay, &format!("{listener}[[listener]]\naddress = \"127.0.0.2:0\"\n{limits}"), stays);
    assert!(
        log.iter().any(|line| line.contains("Address already in use") && line.contains("this node itself listens on")),
        "{log:?}"
    );
    sessions();
    let log = reload(&relay, "[[listener]]\naddress = \"192.0.2.1:25\"\n[limits]\nsessions_per_source = 1\n", stays);
    assert!(log.iter().any(|line| line.contains("this machine has no such address")), "{log:?}");
    sessions();
}

#[test]
fn what_needs_a_restart_is_said() {
    let relay = Relay::bare();
    let file = "[[listener]]\naddress = \"127.0.0.1:0\"\n[client_certificates]\ntrust = []\n";
    relay.write(
        "postwarden.toml",
        format!("hostname = \"other.example.net\"\ndata = \"elsewhere\"\n{file}[log]\nlevel = \"debug\"\n"),
    );
    relay.signal("HUP");
    let line = until("the line", || {
        relay
            .log()
            .into_iter()
            .find(|line| line["message"].as_str().is_some_and(|text| text.contains("after a restart only")))
    });
    assert_eq!(line["settings"], "hostname, data, [log] format");
    // The level is in force.
    Client::greeted(relay.address());
    until("a line for debugging", || relay.log().iter().any(|line| line["level"] == "DEBUG").then_some(()));
    // The hostname is not.
    Client::connect(relay.address()).reply().expect("220 relay.example.net ");
}

#[test]
fn an_empty_file_moves_no_listener() {
    let relay = Relay::bare();
    for empty in ["", "\n \n"] {
        let before = relay.log().len();
        relay.write("postwarden.toml", empty);
        relay.signal("HUP");
        let said = until("what came of it", || {
            let lines: Vec<_> = relay.log().into_iter().skip(before).collect();
            lines
                .iter()
                .any(|line| line["message"].as_str().is_some_and(|text| text.contains("in force")))
                .then_some(lines)
        });
        let said: Vec<String> = said.iter().map(|line| line["message"].to_string()).collect();
        assert!(said[0].contains("postwarden.toml: the file is empty"), "{said:?}");
        assert!(said[1].contains("the one in force stays"), "{said:?}");
    }
    Client::greeted(relay.address());
}
