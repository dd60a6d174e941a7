//! The node's file: the example of the documentation, defaults, and bad files with the exact text of their errors.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::sync::OnceLock;

use core_directory::AddressRange;

use super::limits::{Kind, SETTINGS, Setting};
use super::*;

const EXAMPLE: &str = r#"
hostname = "relay.example.net"
data     = "/var/lib/postwarden"

[store]
url = "embedded"

[[listener]]
address             = "0.0.0.0:25"
name                = "Internet"
protocol_logging    = "verbose"
certificate         = "/etc/postwarden/fullchain.pem"
key                 = "key.pem"
client_certificates = true
bare_newline        = "reject"
proxy_protocol      = []

[client_certificates]
trust               = ["system", "roots.pem"]
denied_certificates = ["0101010101010101010101010101010101010101010101010101010101010101"]

[admin]
address = "127.0.0.1:8025"

[dns]
servers = ["192.0.2.53", "[2001:db8::53]:5353"]

[protocol_log]
directory = "/var/log/postwarden"
max_age = "7d"
max_directory_size = "100MB"
max_file_size = "1MB"

[trace]
max_age = "90d"
max_size = "4GB"

[log]
level = "debug"
format = "json"
"#;

/// Two certificates with their keys, both PEM.
fn pairs() -> &'static [(String, String)] {
    static PAIRS: OnceLock<Vec<(String, String)>> = OnceLock::new();
    let make = |name: &str| {
        let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
        (made.cert.pem(), made.signing_key.serialize_pem())
    };
    PAIRS.get_or_init(|| vec![make("relay.example.net"), make("other.example.net")])
}

fn files(path: &Path) -> Result<Vec<u8>, String> {
    let pairs = pairs();
    match path.to_str().unwrap() {
        "/etc/postwarden/fullchain.pem" => Ok(pairs[0].0.clone().into_bytes()),
        "/etc/postwarden/key.pem" => Ok(pairs[0].1.clone().into_bytes()),
        "/etc/postwarden/roots.pem" => Ok(format!("{}{}", pairs[0].0, pairs[1].0).into_bytes()),
        "/etc/postwarden/other.pem" => Ok(pairs[1].1.clone().into_bytes()),
        _ => Err("no such file".to_owned()),
    }
}

fn built_in() -> NodeConfig {
    NodeConfig::built_in(Path::new("/etc/postwarden"), "host.example.net".to_owned())
}

fn read_text(text: &str) -> Result<NodeConfig, Vec<String>> {
    let read = read("n.toml", text, Path::new("/etc/postwarden"), built_in(), &mut files);
    read.map_err(|errors| errors.iter().map(ToString::to_string).collect())
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let errors = read_text(text).err().unwrap_or_default();
    assert_eq!(errors, expected, "in {text}");
}

#[test]
fn the_example_is_read_whole() {
    let expected = NodeConfig {
        hostname: "relay.example.net".to_owned(),
        data: "/var/lib/postwarden".into(),
        listeners: vec![Listener {
            name: "Internet".to_owned(),
            protocol_logging: true,
            certificate: Some("/etc/postwarden/fullchain.pem".into()),
            key: Some("/etc/postwarden/key.pem".into()),
            ..Listener::new("0.0.0.0:25".parse().unwrap())
        }],
        client_certificates: ClientCertificates {
            trust: vec![TrustSource::System, TrustSource::File("/etc/postwarden/roots.pem".into())],
            denied: vec![Thumbprint([1; 32])],
        },
        admin: Admin { address: Some("127.0.0.1:8025".parse().unwrap()), ..Admin::default() },
        dns: Dns { servers: vec!["192.0.2.53:53".parse().unwrap(), "[2001:db8::53]:5353".parse().unwrap()] },
        protocol_log: ProtocolLog {
            directory: Some("/var/log/postwarden".into()),
            max_age: Duration::from_secs(604_800),
            max_directory_size: 104_857_600,
            max_file_size: 1_048_576,
        },
        trace: Trace { max_age: Duration::from_secs(90 * 86_400), max_size: 4_294_967_296 },
        limits: built_in().limits,
        log: Log { level: LogLevel::Debug, format: LogFormat::Json },
    };
    assert_eq!(read_text(EXAMPLE), Ok(expected));
}

#[test]
fn what_is_left_out_is_built_in() {
    assert_eq!(read_text(""), Ok(built_in()));
    assert_eq!(
        read_text("[store]\n[admin]\n[dns]\n[limits]\n[log]\n[trace]\n[protocol_log]\n[client_certificates]"),
        Ok(built_in())
    );
    let built_in = built_in();
    assert_eq!(built_in.data, Path::new("/etc/postwarden/postwarden-data"));
    assert_eq!(built_in.listeners, [Listener::new("127.0.0.1:2525".parse().unwrap())]);
    assert_eq!(built_in.not_yet(), Vec::<String>::new());
    let config = read_text("[[listener]]\naddress = '[::1]:2525'\nclient_certificates = false").unwrap();
    assert!(!config.listeners[0].client_certificates);
}

#[test]
fn administration_beyond_loopback_has_a_certificate() {
    let text = "[admin]\naddress = '0.0.0.0:8025'\ncertificate = 'fullchain.pem'\nkey = 'key.pem'";
    let admin = read_text(text).unwrap().admin;
    assert_eq!(admin.certificate.as_deref(), Some(Path::new("/etc/postwarden/fullchain.pem")));
    assert_eq!(admin.key.as_deref(), Some(Path::new("/etc/postwarden/key.pem")));
}

#[test]
fn listeners_differ() {
    let config = read_text(
        "[[listener]]\naddress = '127.0.0.1:25'\nbare_newline = 'normalize'\nchunking = true\n\
         [[listener]]\naddress = '127.0.0.1:26'\nchunking = true\nbinary_mime = true",
    )
    .unwrap();
    let settings = |listener: &Listener| (listener.bare_newline, listener.chunking, listener.binary_mime);
    let expected = [(BareNewline::Normalize, true, false), (BareNewline::Reject, true, true)];
    assert_eq!(config.listeners.iter().map(settings).collect::<Vec<_>>(), expected);
    check(
        "[[listener]]\naddress = '127.0.0.1:25'\nbinary_mime = true",
        &[
            "n.toml:3:15: listener \"127.0.0.1:25\" › binary_mime: binary mail travels by BDAT alone, which is not offered here; add chunking = true",
        ],
    );
}

#[test]
fn what_has_no_effect_is_said() {
    let text = "[[listener]]\naddress = '127.0.0.1:25'\nprotocol_logging = 'verbose'\n";
    let expected = "listener 127.0.0.1:25: protocol_logging = \"verbose\" has no effect without [protocol_log] directory: \
                    name a folder";
    let listener = read_text(text).unwrap();
    assert_eq!(
        (listener.listeners[0].name.as_str(), listener.not_yet()),
        ("Default 127.0.0.1:25", vec![expected.to_owned()])
    );
    let config = read_text(&format!("{text}[protocol_log]\ndirectory = 'logs'"));
    assert_eq!(config.unwrap().not_yet(), Vec::<String>::new());
    check(
        "[[listener]]\naddress = '127.0.0.1:25'\nname = ' '\nprotocol_logging = 'all'",
        &[
            "n.toml:3:8: listener \"127.0.0.1:25\" › name: \" \": a name has visible characters and no control characters",
            "n.toml:4:20: listener \"127.0.0.1:25\" › protocol_logging: \"all\" is none of \"none\", \"verbose\"",
        ],
    );
}

#[test]
fn bad_files() {
    check(
        "hostnam = 'a'\n[listener]\naddress = '127.0.0.1:25'\n[logs]",
        &[
            "n.toml:1:1: unknown key `hostnam`; did you mean `hostname`?",
            "n.toml:2:1: listener: expected a list of tables, found a table; write [[listener]]",
            "n.toml:4:2: unknown key `logs`; did you mean `log`?",
        ],
    );
    check(
        "hostname = 'a b'\ndata = ''\nstore = 'embedded'",
        &[
            "n.toml:1:12: hostname: \"a b\": the character ' ' cannot be in a domain",
            "n.toml:2:8: data: \"\": the path is empty",
            "n.toml:3:9: store: expected a table, found a string; write [store]",
        ],
    );
    check(
        "[[listener]]\n[[listener]]\naddress = '0.0.0.0'\n[[listener]]\naddress = ':25'\nport = 25",
        &[
            "n.toml:1:1: listener #1: `address` is missing; add address = \"…\"",
            "n.toml:3:11: listener \"0.0.0.0\" › address: \"0.0.0.0\": expected an IP address with a port, such as 0.0.0.0:25 or [::]:25",
            "n.toml:5:11: listener \":25\" › address: \":25\": expected an IP address with a port, such as 0.0.0.0:25 or [::]:25",
            "n.toml:6:1: listener \":25\": unknown key `port`; known here: address, name, protocol_logging, certificate, key, client_certificates, bare_newline, chunking, binary_mime, proxy_protocol",
        ],
    );
    check(
        "[[listener]]\naddress = '[::]:25'\n[[listener]]\naddress = '[::]:25'\nbare_newline = 'allow'",
        &[
            "n.toml:4:11: listener \"[::]:25\" › address: two listeners have this address",
            "n.toml:5:16: listener \"[::]:25\" › bare_newline: \"allow\" is none of \"reject\", \"normalize\"",
        ],
    );
    check(
        "[client_certificates]\ntrust = ['sytem', 'key.pem', '']\ndenied_certificates = ['ab']",
        &[
            "n.toml:2:10: client_certificates › trust: \"sytem\": no such file; did you mean \"system\"?",
            "n.toml:2:19: client_certificates › trust: \"key.pem\": line 1: PRIVATE KEY where a certificate is expected",
            "n.toml:2:30: client_certificates › trust: \"\": the path is empty",
            "n.toml:3:24: client_certificates › denied_certificates: \"ab\": a SHA-256 thumbprint has 64 hexadecimal digits, colons and spaces apart",
        ],
    );
    check(
        "[admin]\naddress = 8025\n[log]\nlevel = 'warning'\nformat = 'JSON'",
        &[
            "n.toml:2:11: admin › address: expected a string, found an integer; put it in quotes",
            "n.toml:4:9: log › level: \"warning\" is none of \"error\", \"warn\", \"info\", \"debug\", \"trace\"",
            "n.toml:5:10: log › format: \"JSON\" is none of \"text\", \"json\"; did you mean \"json\"?",
        ],
    );
    check(
        "[admin]\naddress = '0.0.0.0:8025'",
        &[
            "n.toml:2:11: admin › address: beyond loopback tokens travel by HTTPS alone, and there is no certificate; add \
             certificate = \"…\" and key = \"…\", or set 127.0.0.1 or [::1] with a port",
        ],
    );
    check(
        "[admin]\ncertificate = 'fullchain.pem'\nkey = 'key.pem'",
        &[
            "n.toml:2:15: admin › certificate: a certificate without an address; add address = \"0.0.0.0:8025\" or another",
        ],
    );
    check(
        "[admin]\naddress = '0.0.0.0:8025'\ncertificate = 'fullchain.pem'",
        &[
            "n.toml:3:15: admin › certificate: a certificate without a key; add key = \"…\", the file of its private key",
        ],
    );
    check(
        "[protocol_log]\nmax_age = 30\nmax_directory_size = '250'\nmax_file_size = '10MiB'",
        &[
            "n.toml:2:11: protocol_log › max_age: expected a string, found an integer; put it in quotes",
            "n.toml:3:22: protocol_log › max_directory_size: \"250\": a size is a whole number above 0 with a unit, such as 250MB, 512KB or 1GB",
            "n.toml:4:17: protocol_log › max_file_size: \"10MiB\": a size is a whole number above 0 with a unit, such as 250MB, 512KB or 1GB",
        ],
    );
    check(
        "[protocol_log]\nmax_age = '30'\nmax_file_size = '1GB'",
        &[
            "n.toml:2:11: protocol_log › max_age: \"30\": a duration is a whole number above 0 with a unit, such as 30d, 12h, 15m or 45s",
            "n.toml:3:17: protocol_log › max_file_size: a file may not be larger than max_directory_size; the directory holds 262144000 octets in all",
        ],
    );
}

#[test]
fn name_servers() {
    let config = read_text("[dns]\nservers = ['127.0.0.1:5353', '::1', '192.0.2.53']").unwrap();
    let wanted: Vec<SocketAddr> =
        ["127.0.0.1:5353", "[::1]:53", "192.0.2.53:53"].map(|address| address.parse().unwrap()).into();
    assert_eq!(config.dns.servers, wanted);
    check(
        "[dns]\nservers = ['ns.example.net']\nserver = '::1'",
        &[
            "n.toml:2:12: dns › servers: \"ns.example.net\": expected an IP address, with a port if it is not 53, such as 192.0.2.53 or [2001:db8::53]:5353",
            "n.toml:3:1: dns: unknown key `server`; did you mean `servers`?",
        ],
    );
}

#[test]
fn balancers() {
    let config = read_text("[[listener]]\naddress = '127.0.0.1:25'\nproxy_protocol = ['192.0.2.10', '2001:db8::/64']");
    let wanted: Vec<_> = ["192.0.2.10/32", "2001:db8::/64"].map(|range| AddressRange::parse(range).unwrap()).into();
    assert_eq!(config.unwrap().listeners[0].proxy_protocol, wanted);
    check(
        "[[listener]]\naddress = '127.0.0.1:25'\nproxy_protocol = ['balancer']",
        &[
            "n.toml:3:19: listener \"127.0.0.1:25\" › proxy_protocol: \"balancer\": not an IP address or a CIDR range such as 192.0.2.0/24",
        ],
    );
    check(
        "[[listener]]\naddress = '127.0.0.1:25'\nproxy_protocol = ['0.0.0.0/0']",
        &["n.toml:3:19: listener \"127.0.0.1:25\" › proxy_protocol: \"0.0.0.0/0\": a /0 range would match everybody"],
    );
}

/// Every setting of `[limits]` with a value of its kind that is no default.
fn other_limits() -> String {
    let value = |setting: &Setting| match setting.kind {
        Kind::Count(_) | Kind::Number(_) => "7".to_owned(),
        Kind::Size(_) => "\"7KB\"".to_owned(),
        Kind::Time(_) => "\"7m\"".to_owned(),
    };
    let lines = SETTINGS.iter().map(|setting| format!("{} = {}\n", setting.key, value(setting)));
    format!("[limits]\n{}", lines.collect::<String>())
}

#[test]
fn limits_are_read_each_into_its_place() {
    let mut limits = read_text(&other_limits()).unwrap().limits;
    for Setting { key, kind } in &SETTINGS {
        let is_read = match kind {
            Kind::Count(place) => *place(&mut limits) == 7,
            Kind::Number(place) => *place(&mut limits) == 7,
            Kind::Size(place) => *place(&mut limits) == 7 * 1024,
            Kind::Time(place) => *place(&mut limits) == Duration::from_secs(7 * 60),
        };
        assert!(is_read, "{key} in {limits:?}");
        assert!(format!("{limits:?}").contains(&format!(" {key}: ")), "{key} is called otherwise in {limits:?}");
    }
    let sessions = read_text("[limits]\nsessions = 7").unwrap().limits;
    assert_eq!(sessions, service_reception::Limits { sessions: 7, ..service_reception::Limits::default() });
}

#[test]
fn bad_limits() {
    check(
        "[limits]\nsession = 1\nsessions = 0\nrecipients = '100'\nerrors = 1000001\nidle_commands = -1",
        &[
            "n.toml:2:1: limits: unknown key `session`; did you mean `sessions`?",
            "n.toml:3:12: limits › sessions: 0 is not a number from 1 to 1000000",
            "n.toml:4:14: limits › recipients: expected an integer, found a string",
            "n.toml:5:10: limits › errors: 1000001 is not a number from 1 to 1000000",
            "n.toml:6:17: limits › idle_commands: -1 is not a number from 1 to 1000000",
        ],
    );
    check(
        "[limits]\nmessage_size = 150\ndata_rate = '2'\ncommand_wait = '5'",
        &[
            "n.toml:2:16: limits › message_size: expected a string, found an integer; put it in quotes",
            "n.toml:3:13: limits › data_rate: \"2\": a size is a whole number above 0 with a unit, such as 250MB, 512KB or 1GB",
            "n.toml:4:16: limits › command_wait: \"5\": a duration is a whole number above 0 with a unit, such as 30d, 12h, 15m or 45s",
        ],
    );
}

#[test]
fn certificates_and_keys() {
    let listener = |fields: &str| format!("[[listener]]\naddress = '127.0.0.1:25'\n{fields}");
    check(
        &listener("certificate = 'fullchain.pem'"),
        &[
            "n.toml:3:15: listener \"127.0.0.1:25\" › certificate: a certificate without a key; add key = \"…\", the file of its private key",
        ],
    );
    check(
        &listener("key = 'key.pem'"),
        &[
            "n.toml:3:7: listener \"127.0.0.1:25\" › key: a key without a certificate; add certificate = \"…\", the file of its certificate",
        ],
    );
    check(
        &listener("certificate = 'fullchain.pem'\nkey = 'other.pem'"),
        &[
            "n.toml:4:7: listener \"127.0.0.1:25\" › key: /etc/postwarden/other.pem: the private key does not fit the certificate of CN=rcgen self signed cert",
        ],
    );
    check(
        &listener("certificate = 'key.pem'\nkey = 'fullchain.pem'"),
        &[
            "n.toml:3:15: listener \"127.0.0.1:25\" › certificate: /etc/postwarden/key.pem: line 1: PRIVATE KEY where a certificate is expected",
        ],
    );
    check(
        &listener("certificate = 'a.pem'\nkey = 'b.pem'"),
        &[
            "n.toml:3:15: listener \"127.0.0.1:25\" › certificate: /etc/postwarden/a.pem: no such file",
            "n.toml:4:7: listener \"127.0.0.1:25\" › key: /etc/postwarden/b.pem: no such file",
        ],
    );
}

#[test]
fn what_would_be_unsafe_to_pass_over_is_refused() {
    check(
        "[store]\nurl = 'postgres://user:secret@host/postwarden'",
        &["n.toml:2:7: store › url: this version has no PostgreSQL store yet; set url = \"embedded\""],
    );
    check("[store]\nurl = 'sqlite'", &["n.toml:2:7: store › url: unknown kind of store; set url = \"embedded\""]);
}

#[test]
fn a_named_file_is_read_with_paths_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("node.toml");
    let error = |path: &Path| load(Some(path)).unwrap_err()[0].to_string();
    assert!(error(&path).starts_with(&format!("{}: No such file", path.display())), "{}", error(&path));

    std::fs::write(&path, "hostname = 'Relay.Example.net'\ndata = 'data'\n").unwrap();
    let loaded = load(Some(&path)).unwrap();
    assert_eq!(loaded.config.hostname, "relay.example.net");
    assert_eq!((loaded.config.data, loaded.file), (folder.path().join("data"), Some(path.clone())));

    std::fs::write(&path, b"hostname = '\xff'").unwrap();
    assert_eq!(error(&path), format!("{}: the file is not UTF-8 text", path.display()));
}
