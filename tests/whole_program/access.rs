//! Administration over HTTPS: tokens from their making to their end, the certificate's renewal under an open connection, and
//! what the documentation tells to type.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};

use serde_json::{Value as Json, json};

use crate::client::Client;
use crate::pki::{Authority, Identity};
use crate::readme::{blocks, commands, typed};
use crate::relay::{HOSTNAME, Relay, contoso};
use crate::waiting::until;

/// The examples of the page are typed as they stand.
const PAGE: &str = include_str!("../../docs/api.md");

/// A relay whose administration speaks HTTPS with this certificate, in `admin.pem` and `admin.key`.
fn over_https(identity: &Identity) -> (Relay, SocketAddr) {
    let folder = Relay::folder_only();
    identity.write(folder.path(), "admin");
    let config = "[[listener]]\naddress = \"127.0.0.1:0\"\n[client_certificates]\ntrust = []\n[admin]\n\
                  address = \"127.0.0.1:0\"\ncertificate = \"admin.pem\"\nkey = \"admin.key\"\n";
    let relay = Relay::start(folder, config);
    let lines = relay.log();
    let line = lines.iter().find(|line| line["message"] == "listening for administration over TCP").unwrap();
    assert_eq!(line["https"], true, "{line}");
    let address = line["address"].as_str().unwrap().parse().unwrap();
    (relay, address)
}

/// One request over the socket, where whoever asks is the operator.
fn over_socket(relay: &Relay, method: &str, path: &str, body: &Json) -> Json {
    let mut stream = UnixStream::connect(relay.path().join("data/admin.sock")).unwrap();
    let body = body.to_string();
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 20"), "{method} {path}: {answer}");
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"))
}

/// One request on a connection that stays open; the status of the answer.
fn ask(client: &mut Client, path: &str, token: &str) -> u16 {
    client.send(format!("GET {path} HTTP/1.1\r\nHost: {HOSTNAME}\r\nAuthorization: Bearer {token}\r\n\r\n"));
    let status = client.line().expect("a status line");
    let mut headers = HashMap::new();
    while let Some(line) = client.line().filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(": ").unwrap();
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    client.octets(headers["content-length"].parse().unwrap());
    status.split(' ').nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_token_is_made_used_and_removed_under_an_open_connection() {
    let root = Authority::root("Administration CA");
    let (relay, address) = over_https(&root.server(HOSTNAME));
    relay.apply(&contoso("127.0.0.1:9".parse().unwrap()));
    let new = json!({"name": "ci", "role": "tenant-administrator", "tenant": "contoso"});
    let text = over_socket(&relay, "POST", "/v1/tokens", &new)["text"].as_str().unwrap().to_owned();

    let mut connection = Client::connect(address).handshake_only();
    assert_eq!(ask(&mut connection, "/v1/tenants/contoso", &text), 200);
    assert_eq!(ask(&mut connection, "/v1/tenants/nobody", &text), 404);
    assert_eq!(ask(&mut connection, "/v1/backup", &text), 403);
    let used = over_socket(&relay, "GET", "/v1/tokens/ci", &json!({}));
    assert_eq!(used["last_used"]["from"], "127.0.0.1", "{used}");

    over_socket(&relay, "DELETE", "/v1/tokens/ci", &json!({}));
    assert_eq!(ask(&mut connection, "/v1/tenants/contoso", &text), 401, "it opens what it opened");
    let told = format!("{:?}{}", relay.log(), over_socket(&relay, "GET", "/v1/audit?object=ci", &json!({})));
    assert!(told.contains("a token was removed") && !told.contains(&text), "{told}");
}

#[test]
fn a_new_certificate_is_shown_and_open_connections_go_on() {
    let root = Authority::root("Administration CA");
    let before = root.server(HOSTNAME);
    let (relay, address) = over_https(&before);
    let token = over_socket(&relay, "POST", "/v1/tokens", &json!({"name": "a", "role": "operator"}));
    let token = token["text"].as_str().unwrap();
    let mut open = Client::connect(address).handshake_only();
    let shown = open.server_certificate();
    assert_eq!(ask(&mut open, "/v1/status", token), 200);

    root.server(HOSTNAME).write(relay.path(), "admin");
    relay.signal("HUP");
    let mut renewed = until("the new certificate is shown", || {
        let client = Client::connect(address).handshake_only();
        (client.server_certificate() != shown).then_some(client)
    });
    assert_eq!(ask(&mut renewed, "/v1/status", token), 200);
    assert_eq!(ask(&mut open, "/v1/status", token), 200, "the open connection");
}

#[test]
fn beyond_loopback_there_is_no_administration_without_a_certificate() {
    let relay = Relay::bare();
    relay.write("open.toml", "data = \"other\"\n[admin]\naddress = \"0.0.0.0:0\"\n");
    let refused = relay.run(&["serve", "--check", "--config", "open.toml"]).expect(2);
    assert!(refused.stderr.contains("beyond loopback tokens travel by HTTPS alone"), "{refused}");
}

#[test]
fn the_examples_work() {
    if Command::new("curl").arg("--version").stdin(Stdio::null()).output().is_err() {
        println!("skipped: curl: not installed");
        return;
    }
    let root = Authority::root("Administration CA");
    let (relay, address) = over_https(&root.server(HOSTNAME));
    relay.apply(&contoso("127.0.0.1:9".parse().unwrap()));
    relay.write("root.pem", root.pem());
    // What a reader has by its DNS and by a public authority.
    let port = address.port();
    relay.write(".curlrc", format!("resolve = \"{HOSTNAME}:{port}:127.0.0.1\"\ncacert = \"root.pem\"\n"));
    let examples: Vec<String> = blocks(PAGE)
        .iter()
        .filter(|block| block.language == "sh api")
        .flat_map(|block| commands(&block.text))
        .collect();
    assert!(examples.len() > 8, "{examples:?}");
    for example in examples {
        let own = example.replace("/var/lib/postwarden", "data").replace(":8025", &format!(":{port}"));
        let ran = typed(relay.path(), &own.replace("curl ", "CURL_HOME=. curl "), "").expect(0);
        if let Some(text) = ran.json()["text"].as_str().filter(|_| own.contains("backup-host")) {
            relay.write("token", text);
        }
    }
}
