//! Changes while the relay runs: of the directory (rule A12), of a listener's certificate; and changes that are refused.

use crate::client::Client;
use crate::pki::{Authority, Identity};
use crate::relay::{Relay, contoso};
use crate::sink::Sink;
use crate::waiting::until;

const ANNA: &str = "MAIL FROM:<anna@contoso.com>";
const BOB: &str = "RCPT TO:<bob@elsewhere.example>";

#[test]
fn a_transaction_keeps_its_directory_and_the_next_has_the_new_one() {
    let sink = Sink::start(&[]);
    let relay = Relay::of_contoso(sink.address);
    let mut client = Client::greeted(relay.address());
    client.command(ANNA).expect("250");
    relay.apply(&contoso(sink.address).replace("127.0.0.1\"]", "192.0.2.1\"]"));
    client.command(BOB).expect("250");
    client.message("Subject: x\r\n\r\nhello\r\n").queued_as();
    sink.message_to("bob@elsewhere.example");
    client.command(ANNA).expect("250");
    client.command(BOB).expect("550 5.7.64 ");
    relay.apply(&contoso(sink.address));
    client.command(BOB).expect("550 5.7.64 ");
    client.command("RSET").expect("250");
    client.command(ANNA).expect("250");
    client.command(BOB).expect("250");
}

const WITH_A_KEY: &str = r#"
[[tenant]]
name = "contoso"
trusted_roots = ["root.pem"]
domain = [{ name = "contoso.com", verified = true }, { name = "bücher.example" }]
certificate = [{ name = "hq", certificate = "hq.pem", key = "hq.key" }]
inbound_connector = [{ name = 'From "Übersee" <ö>', sender_ip_addresses = ["192.0.2.0/24", "2001:db8::/48"] }]
send_connector = [{ name = "Out", certificate = "hq", smart_hosts = ["hub.example.net"] }]
"#;

#[test]
fn what_was_exported_can_be_applied() {
    let relay = Relay::bare();
    let root = Authority::root("Root");
    let hq = root.intermediate("Intermediate").server("hq.contoso.com");
    relay.write("root.pem", root.pem());
    hq.write(relay.path(), "hq");
    relay.apply(WITH_A_KEY);
    let export = |relay: &Relay| relay.run(&["export"]).expect(0).stdout;
    let version = |relay: &Relay| relay.status()["directory"]["version"].clone();
    let (exported, before) = (export(&relay), version(&relay));
    relay.apply(&exported);
    assert_eq!((export(&relay), version(&relay)), (exported.clone(), before), "it says something else");
    // Elsewhere the key is missing, and with it the export makes the same directory.
    let other = Relay::bare();
    other.write("exported.toml", &exported);
    let refused = other.run(&["apply", "-f", "exported.toml", "--yes"]).expect(2);
    assert!(refused.stderr.contains("key"), "{refused}");
    hq.write(other.path(), "hq");
    let with_key = exported.replace("  # The private key", "  key = \"hq.key\"\n  # The private key");
    other.apply(&with_key);
    assert_eq!(export(&other), exported);
    for (what, text) in [("export", exported), ("log", format!("{:?}", relay.log()))] {
        assert!(!text.contains("PRIVATE KEY"), "a key is in the {what}: {text}");
    }
}

/// Asked or not is the listener's setting; what was not asked for proves nothing.
/// Changes of different tenants do not stand in each other's way.
#[test]
fn many_change_at_once() {
    let relay = Relay::bare();
    let tenants: Vec<String> = (1..=8).map(|number| format!("tenant-{number}")).collect();
    for tenant in &tenants {
        let domain = format!("{{ name = \"{tenant}.example\", verified = true }}");
        let text = format!("[[tenant]]\nname = \"{tenant}\"\ndomain = [{domain}]\n");
        relay.write(&format!("{tenant}.toml"), text);
    }
    std::thread::scope(|scope| {
        for tenant in &tenants {
            let relay = &relay;
            scope.spawn(move || relay.run(&["apply", "-f", &format!("{tenant}.toml"), "--yes"]).expect(0));
        }
    });
    let directory = &relay.status()["directory"];
    assert_eq!((&directory["counts"]["tenants"], &directory["version"]), (&8.into(), &8.into()), "{directory}");
}

#[test]
fn a_listener_that_asks_for_no_certificates() {
    let folder = Relay::folder_only();
    let root = Authority::root("Root");
    std::fs::write(folder.path().join("root.pem"), root.pem()).unwrap();
    let listener = |asks: bool| format!("[[listener]]\naddress = \"127.0.0.1:0\"\nclient_certificates = {asks}\n");
    let config = format!(
        "{}{}[client_certificates]\ntrust = [\"root.pem\"]\n",
        listener(true).replace(".1:", ".2:"),
        listener(false)
    );
    let relay = Relay::start(folder, &config);
    let directory = contoso("127.0.0.1:9".parse().unwrap());
    relay.apply(
        &directory.replace("sender_ip_addresses = [\"127.0.0.1\"]", "tls_sender_certificate_name = \"*.contoso.com\""),
    );
    let hq = root.server("hq.contoso.com");
    for (listener, expected) in relay.addresses().iter().zip(["250 2.1.5 ", "550 5.7.64 "]) {
        let mut client = Client::greeted(*listener).starttls(Some(&hq));
        client.command(ANNA).expect("250");
        client.command(BOB).expect(expected);
    }
}

#[test]
fn a_wrong_file_changes_nothing() {
    let sink = Sink::start(&[]);
    let relay = Relay::of_contoso(sink.address);
    let root = Authority::root("Root");
    root.server("hq.contoso.com").write(relay.path(), "hq");
    root.server("other.contoso.com").write(relay.path(), "other");
    let exported = || relay.run(&["export", "--json"]).expect(0).stdout;
    let before = exported();
    let connector = |field: &str| format!("[[tenant.inbound_connector]]\nname = \"HQ\"\n{field}\n");
    let certificate = |file: &str, key: &str| {
        format!("[[tenant.certificate]]\nname = \"hq\"\ncertificate = \"{file}\"\nkey = \"{key}\"\n")
    };
    // Each is good but for one thing, and the file changes much else.
    let cases = [
        ("syntax", connector("enabled ="), "wrong.toml:8"),
        ("wrong key", connector("enbaled = false"), "`enabled`"),
        ("wrong type", connector("enabled = 1"), "enabled: expected a boolean"),
        ("wrong range", connector("sender_ip_addresses = [\"192.0.2.0/33\"]"), "sender_ip_addresses"),
        ("everybody", connector("sender_ip_addresses = [\"::/0\"]"), "/0"),
        ("public suffix", connector("tls_sender_certificate_name = \"*.com\""), "public suffix"),
        ("on-premises form", connector("tls_sender_certificate_name = \"<I>CN=Root<S>CN=hq\""), "<I>"),
        ("wrong pin", connector("pinned_certificates = [\"12\"]"), "pinned_certificates"),
        ("duplicate", connector("any_sender = true") + &connector("any_sender = true"), "is there twice"),
        ("missing file", certificate("none.pem", "hq.key"), "none.pem"),
        ("foreign key", certificate("hq.pem", "other.key"), "does not fit"),
        ("not a certificate", certificate("hq.key", "hq.key"), "certificate"),
    ];
    for (case, objects, said) in cases {
        relay.write(
            "wrong.toml",
            format!(
                "[[tenant]]\nname = \"contoso\"\n[[tenant.domain]]\nname = \"contoso.org\"\nverified = true\n{objects}\
                 [[tenant]]\nname = \"fabrikam\"\n"
            ),
        );
        for options in [&["--yes"][..], &["--yes", "--prune"], &["--dry-run"]] {
            let ran = relay.run(&[&["apply", "-f", "wrong.toml"], options].concat()).expect(2);
            assert!(ran.stderr.contains("wrong.toml:") && ran.stderr.contains(said), "{case}: no {said:?} in {ran}");
            assert_eq!(exported(), before, "{case}: the directory changed");
        }
    }
}

/// A relay whose listener has this certificate, in `relay.pem` and `relay.key`.
fn with_certificate(identity: &Identity) -> Relay {
    let folder = Relay::folder_only();
    identity.write(folder.path(), "relay");
    let listener = "[[listener]]\naddress = \"127.0.0.1:0\"\ncertificate = \"relay.pem\"\nkey = \"relay.key\"\n";
    Relay::start(folder, &format!("{listener}[client_certificates]\ntrust = []\n"))
}

fn shown_by(relay: &Relay) -> Vec<u8> {
    Client::greeted(relay.address()).starttls(None).server_certificate()
}

fn leaf(identity: &Identity) -> Vec<u8> {
    proto_certificate::pem::read_certificates(identity.leaf.as_bytes()).unwrap().remove(0)
}

#[test]
fn a_new_certificate_is_used_without_a_restart() {
    let root = Authority::root("Root");
    let (old, new, other) =
        (root.server("relay.example.net"), root.server("relay.example.net"), root.server("x.example"));
    let relay = with_certificate(&old);
    assert_eq!(shown_by(&relay), leaf(&old));
    let mut running = Client::greeted(relay.address()).starttls(None);
    new.write(relay.path(), "relay");
    relay.signal("HUP");
    until("the new certificate", || (shown_by(&relay) == leaf(&new)).then_some(()));
    running.command("NOOP").expect("250");
    // One whose key does not fit is not used.
    relay.write("relay.key", &other.key);
    relay.signal("HUP");
    until("a complaint in the log", || relay.log().iter().any(|line| line["level"] == "ERROR").then_some(()));
    assert_eq!(shown_by(&relay), leaf(&new));
}

mod long {
    //! The files are looked at every half minute.
    use std::time::Duration;

    use super::*;
    use crate::waiting::until_within;

    #[test]
    fn a_new_certificate_is_found_without_a_signal() {
        let root = Authority::root("Root");
        let (old, new) = (root.server("relay.example.net"), root.server("relay.example.net"));
        let relay = with_certificate(&old);
        new.write(relay.path(), "relay");
        until_within(Duration::from_secs(90), "the new certificate", || (shown_by(&relay) == leaf(&new)).then_some(()));
    }
}
