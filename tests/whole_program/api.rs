//! The interface with the real program: administrators who change the same, changes that are made once though the program
//! ends meanwhile, changes under an open session, and all that a tester of interfaces comes up with.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;

use serde_json::{Value as Json, json};

use crate::client::Client;
use crate::relay::Relay;
use crate::sink::Sink;

const PRINTERS: &str = "/v1/tenants/contoso/inbound-connectors/Printers";

/// An answer of the interface.
struct Answer {
    status: u16,
    headers: HashMap<String, String>,
    body: Json,
}

/// Asks over the socket, where whoever asks is the operator.
fn ask(relay: &Relay, method: &str, path: &str, headers: &[(&str, &str)], body: &Json) -> Answer {
    let mut stream = UnixStream::connect(relay.path().join("data/admin.sock")).unwrap();
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let more: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n{more}\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    Answer {
        status,
        headers: lines.filter_map(header).collect(),
        body: serde_json::from_str(body).unwrap_or_else(|error| panic!("{method} {path}: {error}: {answer}")),
    }
}

#[test]
fn of_two_administrators_one_wins() {
    let relay = Relay::of_contoso("127.0.0.1:9".parse().unwrap());
    let seen = ask(&relay, "GET", PRINTERS, &[], &Json::Null);
    let tag = seen.headers["etag"].clone();
    let change = |comment: &str| {
        let body = json!({ "comment": comment });
        ask(&relay, "PATCH", PRINTERS, &[("If-Match", &tag)], &body)
    };
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let both: Vec<_> =
            ["anna's", "bob's"].map(|comment| scope.spawn(move || change(comment))).into_iter().collect();
        both.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    let lost = answers.iter().find(|answer| answer.status == 412).unwrap();
    let won = answers.iter().find(|answer| answer.status == 200).unwrap();
    assert_eq!(lost.body["current"], won.body["resource"]);
    assert_ne!(lost.body["requested"]["comment"], lost.body["current"]["object"]["comment"]);
    let now = ask(&relay, "GET", PRINTERS, &[], &Json::Null);
    assert_eq!(now.body, won.body["resource"]);
    assert_eq!(now.headers["etag"], won.headers["etag"]);
}

#[test]
fn a_change_is_made_once_though_the_program_ends_in_between() {
    let mut relay = Relay::of_contoso("127.0.0.1:9".parse().unwrap());
    let all = "/v1/tenants/contoso/inbound-connectors";
    let key = [("Idempotency-Key", "f3a1")];
    let new = json!({"name": "Scanners", "sender_ip_addresses": ["192.0.2.7"]});
    let first = ask(&relay, "POST", all, &key, &new);
    assert_eq!(first.status, 201, "{}", first.body);
    for end in ["crash", "stop"] {
        if end == "crash" {
            relay.kill()
        } else {
            assert_eq!(relay.stop(), Some(0))
        }
        relay.restart();
        let again = ask(&relay, "POST", all, &key, &new);
        assert_eq!((again.status, &again.body), (201, &first.body), "after a {end}");
        assert_eq!(again.headers["idempotency-replayed"], "true", "after a {end}");
        assert_eq!(again.headers["location"], first.headers["location"], "after a {end}");
    }
    let without_key = ask(&relay, "POST", all, &[], &new);
    assert_eq!(without_key.status, 409, "{}", without_key.body);
}

#[test]
fn a_change_is_in_force_at_once_and_drops_no_session() {
    let sink = Sink::start(&[]);
    let relay = Relay::of_contoso(sink.address);
    let mut session = Client::greeted(relay.address());
    let mut transaction = |expected: &str| {
        session.command("MAIL FROM:<anna@contoso.com>").expect("250");
        session.command("RCPT TO:<bob@elsewhere.example>").expect(expected);
        session.command("RSET").expect("250");
    };
    transaction("250");
    for (body, expected) in [
        (json!({"enabled": false}), "550 5.7.64 "),
        (json!({"enabled": true}), "250"),
        (json!({"comment": "x"}), "250"),
    ] {
        assert_eq!(ask(&relay, "PATCH", PRINTERS, &[], &body).status, 200);
        // It is in force when it is answered.
        transaction(expected);
    }
    let suspend = ask(&relay, "POST", "/v1/tenants/contoso/suspend", &[], &Json::Null);
    assert_eq!(suspend.body["resource"]["object"]["suspended"], true);
    transaction("450 4.7.1 ");
    assert_eq!(ask(&relay, "POST", "/v1/tenants/contoso/resume", &[], &Json::Null).status, 200);
    transaction("250");
    // What is served is what is written down.
    let document = ask(&relay, "GET", "/v1/openapi.json", &[], &Json::Null).body;
    let written: Json = serde_json::from_str(include_str!("../../docs/openapi.json")).unwrap();
    assert!(document == written, "the document that is served is another than docs/openapi.json");
    let audited = ask(&relay, "GET", "/v1/audit?tenant=contoso", &[], &Json::Null).body;
    let fields: Vec<&str> =
        audited["items"].as_array().unwrap().iter().filter_map(|item| item["diff"][0]["field"].as_str()).collect();
    assert_eq!(fields, ["suspended", "suspended", "comment", "enabled", "enabled"], "the newest first");
}

/// A minute and more: see `--long`.
mod long {
    use std::process::{Command, Stdio};

    use super::*;
    use crate::peers::unpacked;
    use crate::program::Ran;
    use crate::relay::contoso;

    /// What schemathesis is told. A request that is wrong may also be answered with 412, since conditions come first; that
    /// what is allowed is always taken cannot be said in a schema, as of a domain's name.
    const CONFIGURATION: &str = "\
[checks]
negative_data_rejection.expected-statuses = [400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 429]
positive_data_acceptance.enabled = false
ignored_auth.enabled = false
";

    /// Of every operation, what a document allows and what it does not, always the same: no fault of ours, no answer that the
    /// document does not have.
    fn answers_are_as_documented(role: &[&str], more: &str) {
        let program = unpacked::folder("schemathesis").join("bin/schemathesis");
        if !program.is_file() {
            println!("skipped: schemathesis: not unpacked (cargo xtask peers)");
            return;
        }
        let listener = "[[listener]]\naddress = \"127.0.0.1:0\"\n[client_certificates]\ntrust = []\n";
        let admin = "[admin]\naddress = \"127.0.0.1:0\"\n";
        let relay = Relay::start(Relay::folder_only(), &format!("{listener}{admin}"));
        relay.apply(&contoso("127.0.0.1:9".parse().unwrap()));
        let lines = relay.log();
        let line = lines.iter().find(|line| line["message"] == "listening for administration over TCP").unwrap();
        let url = format!("http://{}", line["address"].as_str().unwrap());
        let token = relay.run(&[&["token", "add", "tester"], role].concat()).expect(0).stdout;
        relay.write("schemathesis.toml", format!("{CONFIGURATION}{more}"));
        let mut command = Command::new(program);
        command.current_dir(relay.path()).stdin(Stdio::null());
        command.args(["run", &format!("{url}/v1/openapi.json"), "--url", &url, "--seed", "1", "-n", "20"]);
        command.args(["-H", &format!("Authorization: Bearer {}", token.trim())]);
        command.args(["--phases", "coverage,fuzzing", "--no-shrink", "--continue-on-failure"]);
        // A backup is megabytes each time, and the tester's own token shall stay.
        command.args(["--exclude-path", "/v1/backup", "--exclude-operation-id", "remove_token"]);
        command.args(["--suppress-health-check", "all", "--warnings", "off", "--request-timeout", "60"]);
        Ran::of(&mut command).expect(0);
        assert!(!relay.status()["hostname"].is_null(), "it serves on");
    }

    #[test]
    fn all_that_an_operator_may_ask_is_answered_as_documented() {
        answers_are_as_documented(&["--role", "operator"], "");
    }

    #[test]
    fn all_that_a_tenants_administrator_may_ask_is_answered_as_documented() {
        let tenant = "[parameters]\n\"path.tenant\" = \"contoso\"\n";
        answers_are_as_documented(&["--role", "tenant-administrator", "--tenant", "contoso"], tenant);
    }
}
