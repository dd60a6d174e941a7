//! Domains proved by DNS, from the node's file to the exit code: a name server of the test's own, the real program, real mail.

use serde_json::Value as Json;

use crate::client::Client;
use crate::dns_server::{Answer, DnsServer};
use crate::program::Ran;
use crate::relay::Relay;

const CLAIMED: &str = r#"
[[tenant]]
name = "contoso"
domain = [{ name = "contoso.com" }]
inbound_connector = [{ name = "Own", sender_ip_addresses = ["127.0.0.1"] }]
send_connector = [{ name = "Out", smart_hosts = ["127.0.0.1:9"] }]
[[tenant]]
name = "fabrikam"
domain = [{ name = "contoso.com" }]
"#;

const NAME: &str = "_postwarden-challenge.contoso.com";

fn relay_asking(server: &DnsServer) -> Relay {
    let config = format!(
        "[[listener]]\naddress = \"127.0.0.1:0\"\n[client_certificates]\ntrust = []\n[dns]\nservers = [\"{}\"]\n",
        server.address()
    );
    let relay = Relay::start(Relay::folder_only(), &config);
    relay.apply(CLAIMED);
    relay
}

fn verify(relay: &Relay, tenant: &str) -> Ran {
    relay.run(&["domain", "verify", "contoso.com", "--tenant", tenant])
}

/// The value that the tenant is to publish.
fn value(relay: &Relay, tenant: &str) -> String {
    let json = relay.run(&["domain", "verify", "contoso.com", "--tenant", tenant, "--json"]).json();
    json["record"]["value"].as_str().unwrap().to_owned()
}

fn reply_to_anna(relay: &Relay) -> String {
    let mut client = Client::greeted(relay.address());
    client.command("MAIL FROM:<anna@contoso.com>").expect("250");
    client.command("RCPT TO:<bob@elsewhere.example>").0
}

#[test]
fn a_domain_is_proved_moves_and_is_told_of() {
    let server = DnsServer::start();
    let relay = relay_asking(&server);
    let check = |answer: Answer, code: i32, said: &str| {
        server.set(NAME, answer);
        let ran = verify(&relay, "contoso").expect(code);
        assert!(ran.stdout.contains(said), "no {said:?} in {ran}");
        ran
    };
    let ours = value(&relay, "contoso");
    let theirs = value(&relay, "fabrikam");
    let missing = check(Answer::NoSuchName, 1, "there is no such name (NXDOMAIN)");
    assert!(missing.stdout.contains(&format!("{NAME}. IN TXT \"{ours}\"\n")), "{missing}");
    assert!(reply_to_anna(&relay).starts_with("550 5.7.64"));
    check(Answer::NoData, 1, "no TXT record");
    check(Answer::txt(&["v=spf1 \u{1b}[2J-all"]), 1, r#"  "v=spf1 \x1b[2J-all""#);
    check(Answer::txt(&[&theirs]), 1, "A record for another tenant");
    check(Answer::ServerFailure, 4, "the name server failed (SERVFAIL)");
    check(Answer::Refused, 4, "the name server refuses to answer (REFUSED)");
    // Behind a CNAME, split, in capitals, among others.
    let (head, tail) = ours.split_at(30);
    let split = vec![vec!["v=spf1 -all".to_owned()], vec![head.to_uppercase(), tail.to_owned()]];
    server.set("proof.example.net", Answer::Txt(split));
    check(Answer::Alias("proof.example.net".into()), 0, "Domain contoso.com of tenant contoso is verified.");
    assert!(reply_to_anna(&relay).starts_with("250 "), "it is in force");

    // What has gone missing counts for two weeks, and is told.
    check(Answer::NoSuchName, 1, "only: its record is missing");
    let attention = relay.status()["attention"].to_string();
    assert!(attention.contains("proves domain contoso.com of tenant"), "{attention}");
    assert!(reply_to_anna(&relay).starts_with("250 "), "it counts still");

    // The other tenant proves it. The old record is beside the new one.
    server.set(NAME, Answer::txt(&[&ours, &theirs]));
    let ran = verify(&relay, "fabrikam").expect(0);
    assert!(ran.stdout.contains("was taken from the tenant that had it"), "{ran}");
    assert!(ran.stdout.contains("Remove it if you do not know it"), "{ran}");
    assert!(reply_to_anna(&relay).starts_with("550 5.7.64"));
    let exported = relay.run(&["export", "--json"]).json();
    let verified = |tenant: &str| {
        let tenants = exported["tenant"].as_array().unwrap();
        let own = tenants.iter().find(|own| own["name"] == tenant).unwrap();
        own["domain"][0]["verified"] == Json::Bool(true)
    };
    assert_eq!((verified("contoso"), verified("fabrikam")), (false, true));
}

#[test]
fn nobody_to_ask_keeps_no_mail() {
    let server = DnsServer::start();
    let relay = relay_asking(&server);
    drop(server);
    let ran = verify(&relay, "contoso").expect(4);
    assert!(ran.stdout.contains("cannot be told"), "{ran}");
    assert!(reply_to_anna(&relay).starts_with("550 5.7.64"), "it serves");
}

#[test]
fn the_operators_word_is_no_matter_of_records() {
    let server = DnsServer::start();
    let relay = relay_asking(&server);
    relay.apply("[[tenant]]\nname = \"contoso\"\ndomain = [{ name = \"contoso.com\", verified = true }]");
    let ran = verify(&relay, "contoso").expect(0);
    assert!(ran.stdout.contains("is verified: the operator said so"), "{ran}");
    let theirs = relay.run(&["domain", "verify", "contoso.com", "--tenant", "fabrikam", "--json"]).json();
    server.set(NAME, Answer::txt(&[theirs["record"]["value"].as_str().unwrap()]));
    let refused = verify(&relay, "fabrikam").expect(1);
    assert!(refused.stderr.contains("the operator has verified contoso.com for another tenant"), "{refused}");
    assert!(!refused.stderr.contains("\"contoso\""), "the other tenant is named: {refused}");
}
