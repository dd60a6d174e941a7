//! What the wizard left as evidence.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use crate::evidence::{Evidence, SettingChange};
use crate::{Reader, SourceId};

const LOG: &[u8] = include_bytes!("../../../../../../tests/evidence/hcw/20260312_081503.log");
const LINES: &[u8] = include_bytes!("../../../../../../tests/evidence/hcw/01-hcw-log-lines.log");
const RECORD: &[u8] = include_bytes!("../../../../../../tests/evidence/hcw/20260312_081503.xhcw");

/// Reads octets in blocks of a length.
fn read(id: u32, octets: &[u8], length: usize) -> Evidence {
    let mut reader = Reader::new(SourceId(id), "file");
    octets.chunks(length).for_each(|block| reader.feed(block));
    reader.finish()
}

fn certificate_names(evidence: &Evidence) -> Vec<&SettingChange> {
    let of_connector = |change: &&SettingChange| {
        change.property.as_ref() == "TlsCertificateName" && change.object.as_ref() == "Outbound to Office 365"
    };
    evidence.changes.iter().filter(of_connector).collect()
}

#[test]
fn both_files_are_read() {
    for length in [7, 100_000] {
        let log = read(0, LOG, length);
        let [source] = log.sources.as_slice() else { panic!("{:?}", log.sources) };
        assert_eq!(source.kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>(), ["wizard-log"]);
        let problems: Vec<_> = source.problems.iter().map(|problem| (problem.line, problem.code)).collect();
        assert_eq!(problems, [(Some(21), "problem-wizard-unfinished")]);
        let [change] = *certificate_names(&log) else { panic!("{:?}", log.changes) };
        assert!(
            change.is_confirmed
                && change.is_local_time
                && change.before.as_deref().unwrap().ends_with("CN=mail.contoso.com, O=Contoso, C=CZ")
        );
        assert_eq!((change.proof.line, change.earlier.as_deref()), (17, None));
        assert_eq!(change.at.unwrap().to_string(), "2026-03-12T08:16:31.26Z", "local time is taken as it stands");
    }
    let record = read(0, RECORD, 100);
    assert_eq!(record.sources[0].problems, []);
    let [change] = *certificate_names(&record) else { panic!("{:?}", record.changes) };
    assert!(!change.is_confirmed && !change.is_local_time && change.before.is_none());
    let removed = record.changes.iter().find(|change| change.property.is_empty()).unwrap();
    assert_eq!((&*removed.object, &*removed.after), ("Outbound to old", "removed"));
}

#[test]
fn pasted_lines_are_read_without_a_complaint() {
    let evidence = read(0, LINES, 1000);
    let [source] = evidence.sources.as_slice() else { panic!("{:?}", evidence.sources) };
    assert_eq!((source.problems.as_slice(), source.records), ([].as_slice(), 10));
    assert!(evidence.changes.is_empty(), "what failed is no change: {:?}", evidence.changes);
}

#[test]
fn a_later_run_knows_what_an_earlier_one_set() {
    let later =
        String::from_utf8_lossy(LOG).replace("2026.03.12", "2027.02.01").replace("New Issuing", "Newest Issuing");
    let mut both = read(0, later.as_bytes(), 1000);
    both.merge(read(1, LOG, 1000));
    let [first, second] = *certificate_names(&both) else { panic!("{:?}", both.changes) };
    assert!(first.at < second.at && first.earlier.is_none());
    assert_eq!(second.earlier.as_ref(), Some(&first.after));
}

#[test]
fn long_commands_are_quoted_where_they_tell() {
    let check = |command: &str, property: &str, expected: &str| {
        assert_eq!(super::excerpt(command, property), expected);
    };
    check("Set-X -Identity a -TlsDomain b", "TlsDomain", "Set-X -Identity a -TlsDomain b");
    let long = format!("Set-X -Identity a -Comment '{}' -TlsDomain b", "č".repeat(700));
    let beginning: String = long.chars().take(120).collect();
    check(&long, "TlsDomain", &format!("{beginning} … -TlsDomain b"));
    check(&long, "", &long);
}
