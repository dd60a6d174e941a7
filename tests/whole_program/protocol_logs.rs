//! Both protocol logs of an edge and a hub, by the reader of their format; switched while mail flows; and a full disk.

use std::fs;
use std::path::Path;
use std::process::Command;

use proto_exchange::protocol_log::{LogKind, Reader, Record};

use crate::client::Client;
use crate::pki::{Authority, Leaf};
use crate::relay::Relay;
use crate::sink::Sink;
use crate::waiting::until;

const LISTENER: &str = "[[listener]]\naddress = \"127.0.0.1:0\"\n";

/// All rows of a log in the folder, in the order of its files.
fn rows(folder: &Path, kind: LogKind) -> Vec<Record<'static>> {
    let Ok(files) = fs::read_dir(folder.join(kind.folder())) else { return Vec::new() };
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    let mut rows = Vec::new();
    for file in files {
        // The oldest go while others are read, and the newest may have been begun this moment.
        let Some(octets) = fs::read(&file).ok().filter(|octets| !octets.is_empty()) else { continue };
        let mut reader = Reader::new(&octets);
        // A row may be on its way to the disk.
        rows.extend(reader.by_ref().filter_map(|(_, row)| row.ok()).map(Record::into_owned));
        assert_eq!(reader.header().kind(), Some(kind), "{}", file.display());
    }
    rows
}

fn shown(rows: &[Record<'_>]) -> Vec<String> {
    rows.iter().map(|row| format!("{} {}|{}", row.event, row.data, row.context)).collect()
}

/// Waits for a row with these words, and returns all of them.
fn rows_with(folder: &Path, kind: LogKind, words: &str) -> Vec<Record<'static>> {
    until(&format!("{words:?} in the {kind:?} log"), || {
        let rows = rows(folder, kind);
        shown(&rows).iter().any(|row| row.contains(words)).then_some(rows)
    })
}

/// An edge with a device before it and a hub behind it.
struct Way {
    edge: Relay,
    hub: Relay,
    sink: Sink,
}

impl Way {
    fn new(edge_log: &str) -> Self {
        let root = Authority::root("Root");
        let sink = Sink::start(&[]);
        let folder = Relay::folder_only();
        root.server("hub.example.net").write(folder.path(), "hub");
        fs::write(folder.path().join("root.pem"), root.pem()).unwrap();
        let hub = Relay::start(
            folder,
            &format!(
                "{LISTENER}name = \"Internet\"\nprotocol_logging = \"verbose\"\ncertificate = \"hub.pem\"\nkey = \"hub.key\"\n\
                 [client_certificates]\ntrust = [\"root.pem\"]\n[protocol_log]\ndirectory = \"log\"\n"
            ),
        );
        hub.apply(&format!(
            "[[tenant]]\nname = \"contoso\"\ndomain = [{{ name = \"contoso.com\", verified = true }}]\n\
             inbound_connector = [{{ name = \"HQ\", tls_sender_certificate_name = \"*.contoso.com\" }}]\n\
             send_connector = [{{ name = \"Out\", smart_hosts = [\"{}\"], tls = \"none\" }}]\n",
            sink.address
        ));
        let edge = Relay::start(
            Relay::folder_only(),
            &format!("{LISTENER}[client_certificates]\ntrust = []\n[protocol_log]\ndirectory = \"{edge_log}\"\n"),
        );
        root.issue(Leaf::san(&["mail.contoso.com"])).write(edge.path(), "edge");
        let way = Self { edge, hub, sink };
        way.log_sending("verbose");
        way
    }

    /// Switches the send connector's logging.
    fn log_sending(&self, level: &str) {
        self.edge.apply(&format!(
            "[[tenant]]\nname = \"contoso\"\ndomain = [{{ name = \"contoso.com\", verified = true }}]\n\
             certificate = [{{ name = \"hq\", certificate = \"edge.pem\", key = \"edge.key\" }}]\n\
             inbound_connector = [{{ name = \"Devices\", sender_ip_addresses = [\"127.0.0.1\"], any_sender = true }}]\n\
             send_connector = [{{ name = \"Outbound to hub\", smart_hosts = [\"{}\"], tls = \"encryption-only\", \
             certificate = \"hq\", protocol_logging = \"{level}\" }}]\n",
            self.hub.address()
        ));
    }

    /// Sends a message all the way.
    fn send(&self, to: &str) {
        let mut device = Client::greeted(self.edge.address());
        device.command("MAIL FROM:<printer@contoso.com>").expect("250");
        device.command(&format!("RCPT TO:<{to}>")).expect("250");
        device.message("Subject: secret\r\n\r\nhello\r\n").queued_as();
        self.sink.message_to(to);
    }
}

#[test]
fn a_message_through_edge_and_hub() {
    let way = Way::new("log");
    way.send("one@elsewhere.example");
    let sent = rows_with(&way.edge.path().join("log"), LogKind::Send, "Queued as");
    let received = rows_with(&way.hub.path().join("log"), LogKind::Receive, "Queued as");
    assert!(rows(&way.edge.path().join("log"), LogKind::Receive).is_empty(), "the edge's listener is not logged");
    assert!(rows(&way.hub.path().join("log"), LogKind::Send).is_empty(), "nor is the hub's send connector");

    let has = |rows: &[Record<'_>], words: &str| {
        assert!(shown(rows).iter().any(|row| row.contains(words)), "{words}: {:#?}", shown(rows));
    };
    for words in [
        "* |attempting to connect",
        "+ |",
        "> STARTTLS|",
        "|Sending certificate Subject Issuer name",
        "SP_PROT_TLS1_3_CLIENT",
        "|Remote certificate Subject Issuer name",
        "> MAIL FROM:<printer@contoso.com>",
        "> RCPT TO:<one@elsewhere.example>|",
        "* |sending message with RecordId ",
        "* |the message, ",
    ] {
        has(&sent, words);
    }
    for words in [
        "+ |",
        "> 220 relay.example.net ESMTP",
        "< STARTTLS|",
        "|Sending certificate Subject Issuer name",
        "SP_PROT_TLS1_3_SERVER",
        "|Remote certificate Subject Issuer name",
        "chain validation status: 'Valid'",
        "< MAIL FROM:<printer@contoso.com>",
        "* |the message, ",
    ] {
        has(&received, words);
    }
    assert!(sent.iter().all(|row| row.connector_id == "Outbound to hub" && row.session_id == sent[0].session_id));
    assert!(received.iter().all(|row| row.connector_id == "relay.example.net\\Internet"));
    let own = sent.iter().find(|row| row.context.starts_with("Sending")).unwrap();
    assert!(own.data.contains("mail.contoso.com"), "{}", own.data);
    let peers = received.iter().find(|row| row.context.starts_with("Remote")).unwrap();
    assert_eq!(own.data, peers.data, "both sides show one certificate alike");
    assert_eq!(sent[1].local_endpoint, received[0].remote_endpoint, "two ends of one connection");
    assert!(!shown(&[sent, received].concat()).concat().contains("secret"), "the message is in no log");
}

#[test]
fn a_connector_is_switched_while_mail_flows() {
    let way = Way::new("log");
    let log = way.edge.path().join("log");
    for (level, to) in [("verbose", "one"), ("none", "two"), ("verbose", "three")] {
        way.log_sending(level);
        way.send(&format!("{to}@elsewhere.example"));
    }
    let rows = shown(&rows_with(&log, LogKind::Send, "three@elsewhere.example")).concat();
    assert!(rows.contains("one@elsewhere.example") && !rows.contains("two@elsewhere.example"), "{rows}");
}

/// A file system of a megabyte, gone when dropped.
struct Small(tempfile::TempDir);

impl Small {
    fn mounted() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"]).arg(folder.path()).output();
        match mount {
            Ok(done) if done.status.success() => Some(Self(folder)),
            Ok(done) => {
                println!("skipped: tmpfs: {}", String::from_utf8_lossy(&done.stderr).trim());
                None
            }
            Err(error) => {
                println!("skipped: mount: {error}");
                None
            }
        }
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        // What cannot be unmounted now goes with the machine.
        let _ = Command::new("umount").args(["-l".as_ref(), self.0.path().as_os_str()]).status();
    }
}

#[test]
fn a_full_disk_costs_rows_and_no_mail() {
    let Some(small) = Small::mounted() else { return };
    let log = small.0.path();
    let way = Way::new(log.to_str().unwrap());
    let filler = log.join("filler");
    // Fails at the end, which is the point.
    assert!(fs::write(&filler, vec![0; 2 << 20]).is_err(), "the disk is full");
    way.send("one@elsewhere.example");
    let lost = until("the loss in the status", || {
        let status = way.edge.status();
        let told = status["attention"].as_array().unwrap().iter().map(|sentence| sentence.as_str().unwrap().to_owned());
        told.into_iter().find(|sentence| sentence.contains("of the protocol log SmtpSend lost since the start"))
    });
    assert!(rows(log, LogKind::Send).is_empty(), "{lost}");
    fs::remove_file(&filler).unwrap();
    let rows = rows_with(log, LogKind::Send, "rows were lost from ");
    let gap = rows.iter().find(|row| row.context.starts_with("rows were lost")).unwrap();
    assert!(gap.context.contains("No space left on device") && gap.data.parse::<u64>().unwrap() > 5, "{gap:?}");
    way.send("two@elsewhere.example");
    rows_with(log, LogKind::Send, "two@elsewhere.example");
    let warnings = way.edge.log();
    let warned = warnings
        .iter()
        .filter(|line| line["message"].as_str().is_some_and(|text| text.contains("protocol log are lost")));
    assert_eq!(warned.count(), 1, "one warning, not one a row: {warnings:?}");
}

#[test]
fn files_end_at_their_size_and_the_oldest_go() {
    let relay = Relay::start(
        Relay::folder_only(),
        &format!(
            "{LISTENER}protocol_logging = \"verbose\"\n[client_certificates]\ntrust = []\n\
             [protocol_log]\ndirectory = \"log\"\nmax_file_size = \"2KB\"\nmax_directory_size = \"8KB\"\n\
             [limits]\nidle_commands = 1000\n"
        ),
    );
    let mut client = Client::greeted(relay.address());
    for _ in 0..100 {
        client.command("RSET").expect("250");
        client.command("MAIL FROM:<somebody.with.a.long.name@example.net>").expect("250");
    }
    let folder = relay.path().join("log");
    let rows = until("the last rows", || {
        let rows = rows(&folder, LogKind::Receive);
        (rows.last().is_some_and(|row| row.sequence_number >= 400)).then_some(rows)
    });
    assert!(rows[0].sequence_number > 100, "the oldest are gone: {}", rows[0].sequence_number);
    until("files within their limits", || {
        let files = fs::read_dir(folder.join("SmtpReceive")).unwrap();
        let sizes: Vec<_> = files.filter_map(|file| Some(file.ok()?.metadata().ok()?.len())).collect();
        assert!(sizes.iter().all(|size| *size <= 2048), "{sizes:?}");
        (sizes.len() > 1 && sizes.iter().sum::<u64>() <= 8192).then_some(())
    });
}

#[test]
fn a_reload_takes_another_folder_and_other_listeners_to_log() {
    let config = |level: &str, folder: &str| {
        format!(
            "hostname = \"relay.example.net\"\ndata = \"data\"\n{LISTENER}protocol_logging = \"{level}\"\n\
             [client_certificates]\ntrust = []\n[protocol_log]\ndirectory = \"{folder}\"\n[log]\nformat = \"json\"\n"
        )
    };
    let relay = Relay::start(Relay::folder_only(), "[[listener]]\naddress = \"127.0.0.1:0\"\n");
    let reloads = |text: &str, expected: &str| {
        let before = relay.log().len();
        relay.write("postwarden.toml", text);
        relay.signal("HUP");
        until(expected, || {
            let log = relay.log();
            log.iter().skip(before).any(|line| line["message"].as_str().unwrap().contains(expected)).then_some(())
        });
    };
    let taken = "the configuration was read again";
    reloads(&config("verbose", "one"), taken);
    let mut open = Client::greeted(relay.address());
    rows_with(&relay.path().join("one"), LogKind::Receive, "< EHLO");
    // What is open goes on, in the new folder.
    reloads(&config("none", "two"), taken);
    open.command("NOOP").expect("250");
    rows_with(&relay.path().join("two"), LogKind::Receive, "< NOOP");
    let mut silent = Client::greeted(relay.address());
    silent.command("HELP").expect("214");
    open.command("QUIT").expect("221");
    let rows = rows_with(&relay.path().join("two"), LogKind::Receive, "- |Local");
    assert!(!shown(&rows).concat().contains("HELP"), "{rows:?}");
    fs::write(relay.path().join("file"), "").unwrap();
    reloads(&config("none", "file/log"), "the one in force stays");
    // The last rows are written at the end, too.
    reloads(&config("verbose", "three"), taken);
    let mut last = Client::greeted(relay.address());
    last.command("NOOP").expect("250");
    let mut relay = relay;
    relay.stop();
    let rows = rows_with(&relay.path().join("three"), LogKind::Receive, "- |");
    assert!(shown(&rows).iter().any(|row| row.starts_with("> 421 4.3.2")), "{rows:?}");
}
