//! Files made to break whoever reads them, handed to `diagnose` beside an honest one: each is told with why, and the honest
//! one is diagnosed as if it were alone.

use std::io::Write as _;
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::program::Place;

const HONEST: &str = "host contoso-com.mail.protection.outlook.com[52.101.73.20] said: 550 5.7.64 TenantAttribution; Relay \
    Access Denied [VI1EUR05FT003.eop-eur05.prod.protection.outlook.com 2026-01-05T09:30:00.000Z 08DE4C1B2A3D4E5F]\r\n";

const CLIXML: &str = r#"<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">"#;
const CONNECTOR: &str = r#"<Obj RefId="0"><TN RefId="0"><T>Deserialized.Microsoft.Exchange.Data.Directory.SystemConfiguration.SmtpSendConnectorConfig</T></TN><Props><S N="Name">A</S>"#;
const SEND_LOG: &str = "#Software: Microsoft Exchange Server\r\n#Version: 15.0.0.0\r\n#Log-type: SMTP Send Protocol Log\r\n\
    #Date: 2026-01-05T09:00:00.000Z\r\n#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,\
    remote-endpoint,event,data,context\r\n";
const TRACKING_LOG: &str = "#Software: Microsoft Exchange Server\r\n#Version: 15.02.1544.004\r\n\
    #Log-type: Message Tracking Log\r\n#Date: 2026-01-05T09:00:00.000Z\r\n#Fields: date-time,client-ip,client-hostname,\
    server-ip,server-hostname,source-context,connector-id,source,event-id\r\n2026-01-05T09:00:00.000Z,\"";

fn gzip(octets: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(octets).unwrap();
    encoder.finish().unwrap()
}

/// An entity of ten of the one before, nine times over.
fn entities() -> String {
    let mut text = r#"<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e0 "ha">"#.to_owned();
    for number in 1..10 {
        let before = format!("&e{};", number - 1).repeat(10);
        text.push_str(&format!("<!ENTITY e{number} \"{before}\">"));
    }
    format!("{text}]>{CLIXML}{CONNECTOR}<S N=\"Comment\">&e9;</S></Props></Obj></Objs>")
}

fn check(place: &Place, file: &str, expected: &str) {
    let ran = place.run(&["diagnose", "--json", "honest.txt", file]);
    let answer: serde_json::Value =
        serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{file}: {error}: {ran:?}"));
    assert_eq!(answer["refusals"][0]["count"], 1, "{file}: the honest file is not read: {answer}");
    let unread = answer["unread"].as_array().unwrap();
    let codes: Vec<&str> = unread.iter().filter_map(|unread| unread["reason"]["code"].as_str()).collect();
    assert!(codes.contains(&expected), "{file}: not {expected} but {codes:?}");
}

#[test]
fn files_made_to_break_the_reader_are_told() {
    let place = Place::with(&[("honest.txt", HONEST)]);
    let bomb = |name: &str, octets: &[u8], expected: &str| {
        std::fs::write(place.path().join(name), octets).unwrap();
        check(&place, name, expected);
    };
    let layers = (0..8).fold(vec![0; 1 << 20], |octets, _| gzip(&octets));
    bomb("layers.gz", &layers, "problem-archive-nested");
    bomb("deep.json", (r#"[{"Identity":"A","SmartHosts":"#.to_owned() + &"[".repeat(100_000)).as_bytes(), NOT_KNOWN);
    let deep = format!("{CLIXML}{CONNECTOR}<Obj N=\"SmartHosts\" RefId=\"1\">{}", "<LST>".repeat(100_000));
    bomb("deep.xml", deep.as_bytes(), "problem-dump-clixml");
    let cycle = format!(
        "{CLIXML}{CONNECTOR}<Obj N=\"SmartHosts\" RefId=\"1\"><LST><Ref RefId=\"1\"/></LST></Obj></Props></Obj></Objs>"
    );
    bomb("cycle.xml", cycle.as_bytes(), "problem-dump-depth");
    bomb("entities.xml", entities().as_bytes(), "problem-dump-entities");
    let calls = "<invoke type=\"x\" cmdlet=\"Get-X\" start=\"1\">".repeat(100_000);
    bomb("deep.xhcw", calls.as_bytes(), "problem-wizard-no-command");
    bomb("zeros.log", &[0; 1 << 20], "problem-binary");
    bomb("line.log", &[SEND_LOG.as_bytes(), &[b'a'; 3 << 20]].concat(), "problem-line-too-long");
    bomb("quote.log", (TRACKING_LOG.to_owned() + &"x,x,x\r\n".repeat(100_000)).as_bytes(), "problem-open-quote");
    let row = "2026-01-05T09:00:00.000Z,Outbound,08DE4C1B2A3D4E5F,0,,52.101.73.20:25,*,,attempting to connect";
    let row = format!("{SEND_LOG}{row}\r\n2026-01-05T09:00:00.000Z,Outbound,08DE4C1B2A3D4E5F,");
    let mut wide: Vec<u8> = row.encode_utf16().flat_map(u16::to_le_bytes).collect();
    wide.splice(..0, [0xff, 0xfe]);
    // Half a sign of two, and half a sign.
    wide.extend([0x00, 0xd8, 0x41]);
    bomb("odd.log", &wide, "problem-row-cut-off");
}

/// What no kind takes, whatever it pretends.
const NOT_KNOWN: &str = "problem-not-recognised";

#[cfg(unix)]
#[test]
fn folders_made_to_break_the_walk_are_told() {
    let place = Place::with(&[("honest.txt", HONEST)]);
    let folder = |name: &str| {
        let path = place.path().join(name);
        std::fs::create_dir_all(&path).unwrap();
        path
    };
    std::os::unix::fs::symlink(".", folder("loop").join("again")).unwrap();
    check(&place, "loop", "problem-folder-twice");
    let _ = folder(&format!("deep/{}", "d/".repeat(200)));
    check(&place, "deep", "problem-too-deep");
    let made = Command::new("mkfifo").arg(folder("pipe").join("fifo.log")).status();
    assert!(made.is_ok_and(|status| status.success()), "mkfifo, of coreutils");
    check(&place, "pipe", "problem-special-file");
    std::os::unix::fs::symlink("/dev/zero", folder("device").join("zero.log")).unwrap();
    check(&place, "device", "problem-special-file");
}
