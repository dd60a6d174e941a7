//! What `/metrics` says after known traffic, that it is well-formed, and that docs/metrics.md tells of every family.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Stdio};

use crate::client::Client;
use crate::peers::unpacked;
use crate::pki::{Authority, Leaf};
use crate::relay::{Relay, contoso};
use crate::sink::Sink;
use crate::waiting::until;

const ANNA: &str = "anna@contoso.com";
const TEXT: &str = "Subject: x\r\n\r\nhello\r\n";

/// Every family of the page begins a row of its tables.
const PAGE: &str = include_str!("../../docs/metrics.md");

/// What needs a next hop with TLS to be there.
const NOT_HERE: [&str; 2] =
    ["postwarden_outbound_tls_handshakes_total", "postwarden_reception_over_tenant_limit_total"];

/// A relay with an address for metrics, and a tenant with a certificate.
fn observed(next_hop: SocketAddr) -> (Relay, SocketAddr) {
    let config = "[[listener]]\naddress = \"127.0.0.1:0\"\n[client_certificates]\ntrust = []\n\
                  [admin]\naddress = \"127.0.0.1:0\"\n";
    let relay = Relay::start(Relay::folder_only(), config);
    let identity = Authority::root("Metrics CA").issue(Leaf::san(&["hq.contoso.com"]));
    let (certificate, key) = identity.write(relay.path(), "hq");
    let (certificate, key) = (certificate.display(), key.display());
    relay.apply(&format!(
        "{}\n[[tenant.certificate]]\nname = 'hq'\ncertificate = '{certificate}'\nkey = '{key}'\n",
        contoso(next_hop)
    ));
    let lines = relay.log();
    let line = lines.iter().find(|line| line["message"] == "listening for administration over TCP").unwrap();
    let address = line["address"].as_str().unwrap().parse().unwrap();
    (relay, address)
}

fn get(address: SocketAddr, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), body.to_owned())
}

/// Samples by name and labels, once every line is found to be as the format has it: help before type before samples, each
/// family once, suffixes as the type wants them.
fn parse(text: &str) -> (BTreeSet<String>, BTreeMap<String, f64>) {
    let (mut families, mut samples) = (BTreeSet::new(), BTreeMap::new());
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let (name, help) = line.strip_prefix("# HELP ").and_then(|said| said.split_once(' ')).unwrap_or_else(|| {
            panic!("no family begins with {line:?}");
        });
        assert!(name.starts_with("postwarden_") && help.len() > 10 && help.ends_with('.'), "{line}");
        assert!(families.insert(name.to_owned()), "{name} comes twice");
        let kind = lines.next().and_then(|line| line.strip_prefix(&format!("# TYPE {name} "))).unwrap();
        assert_eq!(kind == "counter", name.ends_with("_total"), "{name} is a {kind}");
        let suffixes: &[&str] = match kind {
            "histogram" => &["_bucket", "_sum", "_count"],
            "counter" | "gauge" => &[""],
            kind => panic!("{name}: {kind}"),
        };
        while let Some(sample) = lines.next_if(|line| !line.starts_with('#')) {
            let (series, value) = sample.rsplit_once(' ').unwrap();
            let own = series.split('{').next().unwrap();
            assert!(suffixes.iter().any(|suffix| own == format!("{name}{suffix}")), "{sample} is not of {name}");
            assert!(samples.insert(series.to_owned(), value.parse().unwrap()).is_none(), "{series} comes twice");
        }
    }
    (families, samples)
}

/// Prometheus' own judgement.
fn lint(text: &str) {
    let program = unpacked::folder("debian").join("usr/bin/promtool");
    let Ok(mut child) = Command::new(program)
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
    else {
        println!("skipped: promtool: not unpacked (cargo xtask peers)");
        return;
    };
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "promtool: {said}");
}

#[test]
fn after_known_traffic() {
    let sink = Sink::start(&[("RCPT TO:<no", "550 5.1.1 no such user")]);
    let (relay, address) = observed(sink.address);
    assert_eq!(get(address, "/healthz"), (200, "ok\n".to_owned()));
    assert_eq!(get(address, "/readyz"), (200, "ready\n".to_owned()));
    assert_eq!(get(address, "/v1/status").0, 401);
    for to in ["bob@elsewhere.example", "eve@elsewhere.example", "nobody@elsewhere.example"] {
        let mut client = Client::greeted(relay.address());
        client.submit(ANNA, to, TEXT).message.unwrap().queued_as();
        client.command("QUIT").expect("221");
    }
    let mut stranger = Client::greeted(relay.address()).starttls(None);
    stranger.command("EHLO stranger.example.net").expect("250");
    stranger.command("MAIL FROM:<stranger@example.net>").expect("250");
    stranger.command("RCPT TO:<bob@elsewhere.example>").expect("550 5.7.64 ");
    stranger.command("MAIL FROM:<again@example.net>").expect("503 5.5.1");
    // The bounce goes to a recipient of contoso's own next hop.
    sink.message_to(ANNA);
    until("an empty queue", || relay.queue().is_empty().then_some(()));
    let (status, text) = get(address, "/metrics");
    assert_eq!(status, 200);
    let (families, samples) = parse(&text);
    lint(&text);
    let check = |series: &str, expected: f64| {
        assert_eq!(samples.get(&format!("postwarden_{series}")), Some(&expected), "{series} in\n{text}");
    };
    check("reception_sessions_total{end=\"quit\"}", 3.0);
    check("reception_sessions_open", 1.0);
    check("reception_connections_refused_total{limit=\"early_talk\"}", 0.0);
    check("reception_messages_accepted_total", 3.0);
    check("reception_recipients_accepted_total", 3.0);
    check("reception_verdicts_total{rule=\"A7\",verdict=\"originating\"}", 3.0);
    check("reception_verdicts_total{rule=\"A10\",verdict=\"refused\"}", 1.0);
    check("reception_replies_refused_total{code=\"5.7.64\"}", 1.0);
    check("reception_transactions_total{certificate=\"no_tls\"}", 3.0);
    check("reception_transactions_total{certificate=\"none\"}", 1.0);
    check("delivery_recipients_total{fate=\"delivered\"}", 3.0);
    check("delivery_recipients_total{fate=\"failed\"}", 1.0);
    check("delivery_recipients_total{fate=\"deferred\"}", 0.0);
    check("delivery_bounces_total", 1.0);
    check("delivery_messages_finished_total", 4.0);
    check("outbound_attempts_total{ending=\"answered\"}", 4.0);
    check("outbound_back_offs", 0.0);
    check("queue_messages", 0.0);
    check("queue_oldest_message_age_seconds", 0.0);
    check("directory_version", 1.0);
    check("directory_tenants", 1.0);
    check("tenant_certificates", 1.0);
    check("ready", 1.0);
    check("trace_records_dropped_total", 0.0);
    check(&format!("build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION")), 1.0);
    assert!(samples["postwarden_store_commit_operations_count{database=\"queue\"}"] >= 4.0, "{text}");
    let told = |prefix: &str| families.iter().any(|name| name.starts_with(prefix));
    assert!(told("postwarden_reception_tls_handshakes_total"), "{text}");
    assert_eq!(get(address, "/metrics").1.lines().count(), text.lines().count(), "a scrape makes series");
    drop(stranger);
    page(&families);
}

/// The page tells of each family that there is, and of no other.
fn page(families: &BTreeSet<String>) {
    let rows = PAGE.lines().filter_map(|line| line.strip_prefix("| `postwarden_"));
    let told: BTreeSet<String> =
        rows.map(|row| format!("postwarden_{}", row.split(['`', '{']).next().unwrap())).collect();
    let there: BTreeSet<String> = families.iter().cloned().chain(NOT_HERE.map(str::to_owned)).collect();
    let of_the_one_alone =
        |one: &BTreeSet<String>, other: &BTreeSet<String>| -> Vec<String> { one.difference(other).cloned().collect() };
    assert_eq!(of_the_one_alone(&there, &told), Vec::<String>::new(), "missing in docs/metrics.md");
    assert_eq!(of_the_one_alone(&told, &there), Vec::<String>::new(), "in docs/metrics.md and not in the program");
}
