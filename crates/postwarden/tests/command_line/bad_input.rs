//! Bad input of every kind: a clear error with its place, exit 2, and nothing changed.

use crate::program::Place;

const PATH: &str = "d.toml";

/// Judges and loads the file, and expects the same errors of both, word for word.
fn check(place: &Place, directory: &str, errors: &[&str]) {
    place.write(PATH, directory);
    let said: String = errors.iter().map(|error| format!("error: {error}\n")).collect();
    let explained = place.run(&["explain", "-f", PATH, "--ip", "192.0.2.1"]);
    assert_eq!((explained.code, explained.stderr.as_str()), (Some(2), said.as_str()), "explain of:\n{directory}");
    let applied = place.run(&["apply", "-f", PATH, "--yes"]);
    let said = said + "hint: nothing was changed; put the files right and repeat\n";
    assert_eq!((applied.code, applied.stderr.as_str()), (Some(2), said.as_str()), "apply of:\n{directory}");
    assert_eq!(applied.stdout, "", "apply of:\n{directory}");
    let version = place.run(&["status", "--json"]).stdout;
    assert!(version.contains(r#""version": 0,"#), "something was changed by:\n{directory}\n{version}");
}

fn in_tenant(objects: &str) -> String {
    format!("[[tenant]]\nname = \"contoso\"\n{objects}\n")
}

fn connector(fields: &str) -> String {
    in_tenant(&format!("[[tenant.inbound_connector]]\nname = \"HQ\"\n{fields}"))
}

#[test]
fn directory_files() {
    let place = Place::with(&[("postwarden.toml", "[[listener]]\naddress = \"127.0.0.1:0\"\n")]);
    place.write_certificate("a.contoso.com", "a.pem", "a.key");
    place.write_certificate("b.contoso.com", "b.pem", "b.key");
    let _server = place.serve();
    let at = |rest: &str| format!("d.toml:{rest}");
    let one = |directory: String, error: &str| check(&place, &directory, &[&at(error)]);
    let in_connector = |fields: &str, error: &str| {
        let (position, rest) = error.split_once(' ').unwrap();
        one(connector(fields), &format!("{position}: tenant \"contoso\" › inbound_connector \"HQ\"{rest}"));
    };
    one("x = [".to_owned(), "1:6: unclosed array, expected `]`");
    one(
        in_tenant("reject = 1"),
        "3:1: tenant \"contoso\": unknown key `reject`; known here: name, reject_direct_send, trusted_roots, suspended, messages_per_minute, messages_per_hour, messages_per_day, messages_per_month, recipients_per_minute, recipients_per_hour, recipients_per_day, recipients_per_month, max_sessions, max_queued_messages, max_message_size, max_queued_size, over_limit, domain, certificate, inbound_connector, send_connector",
    );
    in_connector(
        "sender_ip_adresses = []",
        "5:1 : unknown key `sender_ip_adresses`; did you mean `sender_ip_addresses`?",
    );
    in_connector("enabled = \"yes\"", "5:11  › enabled: expected a boolean, found a string");
    in_connector(
        "sender_ip_addresses = [\"192.0.2.300\"]",
        "5:24  › sender_ip_addresses: \"192.0.2.300\": not an IP address or a CIDR range such as 192.0.2.0/24",
    );
    in_connector(
        "sender_ip_addresses = [\"0.0.0.0/0\"]",
        "5:24  › sender_ip_addresses: \"0.0.0.0/0\": a /0 range would match everybody",
    );
    in_connector(
        "tls_sender_certificate_name = \"*.com\"",
        "5:31  › tls_sender_certificate_name: \"*.com\": com is a public suffix: anyone can register below it",
    );
    in_connector(
        "tls_sender_certificate_name = \"<I>CN=CA<S>CN=a\"",
        "5:31  › tls_sender_certificate_name: \"<I>CN=CA<S>CN=a\": the <I>…<S>… form selects a certificate on premises; \
         write the name in it, such as mail.contoso.com",
    );
    one(
        in_tenant("[[tenant.certificate]]\nname = \"c\"\ncertificate = \"none.pem\"\nkey = \"a.key\""),
        "5:15: tenant \"contoso\" › certificate \"c\" › certificate: \"none.pem\": No such file or directory (os error 2)",
    );
    one(
        in_tenant("[[tenant.certificate]]\nname = \"c\"\ncertificate = \"a.pem\"\nkey = \"b.key\""),
        "6:7: tenant \"contoso\" › certificate \"c\" › key: \"b.key\": the private key does not fit the certificate of \
         CN=a.contoso.com",
    );
    one(
        in_tenant("[[tenant.domain]]\nname = \"contoso.com\"\n[[tenant.domain]]\nname = \"CONTOSO.com\""),
        "6:8: tenant \"contoso\" › domain \"CONTOSO.com\" › name: \"contoso.com\" is there twice; names are unique, and \
         case makes no difference",
    );
    let both = ["contoso", "fabrikam"].map(|tenant| {
        format!("[[tenant]]\nname = \"{tenant}\"\n[[tenant.domain]]\nname = \"contoso.com\"\nverified = true\n")
    });
    one(
        both.concat(),
        "10:12: tenant \"fabrikam\" › domain \"contoso.com\" › verified: already verified at tenant \"contoso\"; a domain is \
         verified at one tenant at a time (rule A4)",
    );
}

#[test]
fn all_errors_come_at_once() {
    let place = Place::with(&[("d.toml", "[[tenant]]\nnme = \"a\"\n[[tenant]]\nname = 3\n")]);
    let ran = place.run(&["apply", "-f", "d.toml", "-f", "missing.toml"]);
    assert_eq!(ran.code, Some(2));
    assert_eq!(
        ran.stderr,
        "error: d.toml:1:1: tenant #1: `name` is missing; add name = \"…\"\n\
         error: d.toml:2:1: tenant #1: unknown key `nme`; did you mean `name`?\n\
         error: d.toml:4:8: tenant #2 › name: expected a string, found an integer; put it in quotes\n\
         error: missing.toml: No such file or directory (os error 2)\n\
         hint: nothing was changed; put the files right and repeat\n"
    );
}

#[test]
fn configurations() {
    let place = Place::new();
    place.write_certificate("a.example", "a.pem", "a.key");
    place.write_certificate("b.example", "b.pem", "b.key");
    let check = |text: &str, errors: &[&str]| {
        place.write("postwarden.toml", text);
        let said: String = errors.iter().map(|error| format!("error: {error}\n")).collect();
        for command in [&["serve", "--check"][..], &["serve"]] {
            let ran = place.run(command);
            assert_eq!((ran.code, ran.stderr.as_str()), (Some(2), said.as_str()), "{command:?} with:\n{text}");
        }
    };
    check("hostnme = \"a.example\"", &["./postwarden.toml:1:1: unknown key `hostnme`; did you mean `hostname`?"]);
    check(
        "[[listener]]\naddress = \"localhost\"\n[log]\nlevel = \"loud\"",
        &[
            "./postwarden.toml:2:11: listener \"localhost\" › address: \"localhost\": expected an IP address with a port, such as \
             0.0.0.0:25 or [::]:25",
            "./postwarden.toml:4:9: log › level: \"loud\" is none of \"error\", \"warn\", \"info\", \"debug\", \"trace\"",
        ],
    );
    check(
        "[[listener]]\naddress = \"127.0.0.1:0\"\ncertificate = \"a.pem\"\nkey = \"b.key\"",
        &[
            "./postwarden.toml:4:7: listener \"127.0.0.1:0\" › key: ./b.key: the private key does not fit the certificate of \
           CN=a.example",
        ],
    );
    check(
        "[client_certificates]\ntrust = [\"none.pem\"]",
        &["./postwarden.toml:2:10: client_certificates › trust: \"none.pem\": No such file or directory (os error 2)"],
    );
    assert!(!place.path().join("postwarden-data").exists(), "a data directory was made for a wrong configuration");
}

#[test]
fn evidence() {
    let place = Place::with(&[("d.toml", "[[tenant]]\nname = \"contoso\"\n"), ("text.pem", "no certificate")]);
    let check = |flags: &[&str], errors: &[&str]| {
        let ran = place.run(&[&["explain", "-f", "d.toml"], flags].concat());
        let said: String = errors.iter().map(|error| format!("error: {error}\n")).collect();
        assert_eq!((ran.code, ran.stderr.as_str(), ran.stdout.as_str()), (Some(2), said.as_str(), ""), "{flags:?}");
    };
    check(&["--ip", "192.0.2"], &["--ip: \"192.0.2\" is no IP address"]);
    check(&["--mail-from", "a@b c"], &["--mail-from: \"a@b c\": the character ' ' cannot be in a domain"]);
    check(
        &["--rcpt-to", "a..b", "--ip", "x"],
        &[
            "--ip: \"x\" is no IP address",
            "--rcpt-to: \"a..b\": the domain has an empty label; write it without leading, trailing or double dots",
        ],
    );
    check(&["--certificate", "none.pem"], &["--certificate none.pem: No such file or directory (os error 2)"]);
    check(
        &["--certificate", "text.pem"],
        &["--certificate text.pem: this is neither PEM nor DER; a PEM file has a line -----BEGIN CERTIFICATE-----"],
    );
    check(&["--trust", "none.pem"], &["--trust none.pem: No such file or directory (os error 2)"]);
}

#[test]
fn there_is_no_server() {
    let place = Place::with(&[("d.toml", "[[tenant]]\nname = \"contoso\"\n")]);
    let commands: [&[&str]; 11] = [
        &["status"],
        &["export"],
        &["explain"],
        &["why", "0123456789ABCDEF"],
        &["queue", "list"],
        &["queue", "show", "1"],
        &["queue", "hold", "1"],
        &["queue", "release", "1"],
        &["queue", "retry", "1"],
        &["queue", "remove", "1", "--yes"],
        &["apply", "-f", "d.toml", "--yes"],
    ];
    for command in commands {
        let ran = place.run(&[command, &["--data", "nowhere"]].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(3), ""), "{command:?}: {}", ran.stderr);
        assert_eq!(
            ran.stderr,
            "error: the server is out of reach at nowhere/admin.sock: no such file or directory\n\
             hint: start it with `postwarden serve`; if it runs with another configuration or data directory, name it with \
             --config, --data or --socket\n",
            "{command:?}"
        );
    }
}
