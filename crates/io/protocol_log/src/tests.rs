//! Logs written to a folder and read again with the reader of `proto-exchange`.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use proto_exchange::protocol_log::{Event, LogFileName, LogKind, Reader, Record};

use crate::log::{MAX_WAITING_OCTETS, MAX_WAITING_ROWS};
use crate::{Counts, ProtocolLog, SessionLog, Settings};

/// Long enough for a busy machine.
const PATIENT: Duration = Duration::from_secs(30);

fn settings(directory: &Path) -> Settings {
    Settings {
        directory: directory.to_owned(),
        max_age: Duration::from_secs(30 * 24 * 60 * 60),
        max_directory_size: 1 << 20,
        max_file_size: 1 << 16,
    }
}

fn started(settings: Settings) -> ProtocolLog {
    ProtocolLog::start(LogKind::Send, Some(settings)).unwrap()
}

fn remote() -> SocketAddr {
    "192.0.2.1:25".parse().unwrap()
}

fn connected(log: &ProtocolLog) -> SessionLog {
    let mut session = log.session("Outbound");
    session.connected(Some("192.0.2.9:4000".parse().unwrap()), remote());
    session
}

fn flush(log: &ProtocolLog) {
    assert!(log.flush(PATIENT), "the log was not written in time");
}

/// The names of the files of the log, the oldest first.
fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory.join("SmtpSend")).into_iter().flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_by_key(|name| LogFileName::parse(LogKind::Send, name).map(|name| name.age_key()));
    names
}

/// All rows of the log, in the order of its files. Each file is whole.
fn rows(directory: &Path) -> Vec<Record<'static>> {
    let mut rows = Vec::new();
    for name in names(directory).iter().filter(|name| LogFileName::parse(LogKind::Send, name).is_some()) {
        let file = fs::read(directory.join("SmtpSend").join(name)).unwrap();
        let mut reader = Reader::new(&file);
        rows.extend(
            reader
                .by_ref()
                .map(|(line, row)| row.unwrap_or_else(|error| panic!("{name}:{line}: {error}")).into_owned()),
        );
        assert_eq!(reader.header().kind(), Some(LogKind::Send), "{name}");
    }
    rows
}

fn shown(rows: &[Record<'_>]) -> Vec<String> {
    rows.iter().map(|row| format!("{} {} {}|{}", row.sequence_number, row.event, row.data, row.context)).collect()
}

#[test]
fn sessions_number_their_own_rows() {
    let folder = tempfile::tempdir().unwrap();
    let log = started(settings(folder.path()));
    let mut first = log.session("Outbound, to the \"hub\"");
    first.connecting(remote());
    let mut second = log.session("Other");
    first.connected(Some("[2001:db8::9]:4000".parse().unwrap()), remote());
    second.connecting(remote());
    second.note("", "Failed to connect. Connection refused");
    first.received(b"220 hub ");
    first.received(b"ready\r\n250-a\r\n");
    first.sent(b"EHLO edge\r\n");
    first.received(b"250 b\r\n45");
    drop(second);
    first.disconnected("Remote");
    first.note("", "nothing is said behind the end");
    flush(&log);
    let rows = rows(folder.path());
    let of = |connector: &str| rows.iter().filter(|row| row.connector_id == connector).cloned().collect::<Vec<_>>();
    let first = of("Outbound, to the \"hub\"");
    assert_eq!(
        shown(&first),
        [
            "0 * |attempting to connect",
            "1 + |",
            "2 < 220 hub ready|",
            "3 > EHLO edge|",
            "4 < 250  a b|",
            "5 < 45|",
            "6 - |Remote"
        ]
    );
    assert_eq!(shown(&of("Other")), ["0 * |attempting to connect", "1 * |Failed to connect. Connection refused"]);
    assert_eq!((&*first[0].local_endpoint, &*first[0].remote_endpoint), ("", "192.0.2.1:25"));
    assert_eq!(&*first[1].local_endpoint, "[2001:db8::9]:4000");
    assert!(first.iter().all(|row| row.session_id == first[0].session_id && row.session_id.len() == 16));
    assert_ne!(first[0].session_id, of("Other")[0].session_id);
    assert_eq!(log.counts(), Counts { written: 9, lost: 0 });
}

#[test]
fn what_a_peer_says_stays_one_row() {
    let folder = tempfile::tempdir().unwrap();
    let log = started(settings(folder.path()));
    let mut session = connected(&log);
    session.received(b"220 a\r2026-01-01T00:00:00.000Z,Forged,0,0,,,+,,\x1b[2J\xff\r\n");
    session.received(&[b"250 ".as_slice(), &[b'x'; 100_000], b"\r\n"].concat());
    session.note(&"n".repeat(100_000), "");
    drop(session);
    flush(&log);
    let rows = rows(folder.path());
    assert!(rows.iter().all(|row| row.connector_id == "Outbound"), "{rows:?}");
    assert_eq!(rows[1].data, "220 a␍2026-01-01T00:00:00.000Z,Forged,0,0,,,+,,␛[2J\u{fffd}");
    assert_eq!((rows[2].data.chars().count(), rows[3].data.len()), (4_001, 32 * 1024));
    assert_eq!(rows[4].event, Event::Disconnect);
}

#[test]
fn a_file_ends_at_its_size_and_numbers_go_on_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { max_file_size: 1_000, ..settings(folder.path()) };
    let at = "2026-11-24T13:20:00Z".parse::<Timestamp>().unwrap();
    for run in 0..2 {
        let log = started(settings.clone());
        for number in 0..10 {
            log.push(at, row_of(at, &format!("{run}.{number} {}", "x".repeat(200))));
        }
        flush(&log);
    }
    let names = names(folder.path());
    assert_eq!(names.first().unwrap(), "SEND2026112413-1.LOG");
    assert_eq!(names.last().unwrap(), &format!("SEND2026112413-{}.LOG", names.len()));
    assert!(names.len() >= 6, "{names:?}");
    for name in &names {
        let size = fs::metadata(folder.path().join("SmtpSend").join(name)).unwrap().len();
        assert!(size <= 1_000, "{name}: {size}");
    }
    let said: Vec<_> = rows(folder.path()).iter().map(|row| row.data[..3].to_owned()).collect();
    assert_eq!(said.len(), 20);
    assert!(said.is_sorted(), "{said:?}");
    // A row larger than a file has a file of its own.
    let log = started(settings);
    log.push(at, row_of(at, &"y".repeat(3_000)));
    flush(&log);
    assert_eq!(rows(folder.path()).last().unwrap().data.len(), 3_000);
}

fn row_of(at: Timestamp, data: &str) -> String {
    let record = Record {
        at,
        connector_id: "C".into(),
        session_id: "S".into(),
        sequence_number: 0,
        local_endpoint: "".into(),
        remote_endpoint: "".into(),
        event: Event::Information,
        data: data.into(),
        context: "".into(),
    };
    record.to_line()
}

#[test]
fn files_are_for_hours_also_when_the_clock_is_put_back() {
    let folder = tempfile::tempdir().unwrap();
    let log = started(settings(folder.path()));
    let times = [
        "2026-11-24T13:59:59.999Z",
        "2026-11-24T14:00:00.000Z",
        // Another session, a moment late.
        "2026-11-24T13:59:59.998Z",
        "2026-11-24T15:30:00.000Z",
        // Put back by an hour and a half, and right again.
        "2026-11-24T14:01:00.000Z",
        "2026-11-24T15:31:00.000Z",
    ];
    for at in times {
        log.push(at.parse().unwrap(), row_of(at.parse().unwrap(), at));
    }
    flush(&log);
    let expected = [
        "SEND2026112413-1.LOG",
        "SEND2026112414-1.LOG",
        "SEND2026112414-2.LOG",
        "SEND2026112415-1.LOG",
        "SEND2026112415-2.LOG",
    ];
    assert_eq!(names(folder.path()), expected);
    assert_eq!(rows(folder.path()).len(), times.len());
}

#[test]
fn old_files_go_and_those_of_others_stay() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("SmtpSend");
    fs::create_dir_all(path.join("SEND2020010100-7.LOG")).unwrap();
    let now = Timestamp::now();
    let name = |hours: i64| LogFileName::new(LogKind::Send, now - SignedDuration::from_hours(hours), 1).to_string();
    let put = |name: &str, size: usize| fs::write(path.join(name), vec![b'x'; size]).unwrap();
    for other in ["notes.txt", "RECV2020010100-1.LOG", "SEND2020010100-01.LOG", "SEND20200101-1.LOG"] {
        put(other, 10_000);
    }
    put(&name(100), 10);
    [6, 5, 4, 3].iter().for_each(|hours| put(&name(*hours), 1_000));
    let settings = Settings {
        max_age: Duration::from_secs(50 * 60 * 60),
        max_directory_size: 4_500,
        max_file_size: 2_000,
        ..settings(folder.path())
    };
    let log = started(settings);
    log.push(now, row_of(now, "a"));
    flush(&log);
    let left = |hours: i64| path.join(name(hours)).exists();
    assert_eq!([100, 6, 5, 4, 3].map(left), [false, false, false, true, true]);
    let others =
        ["notes.txt", "RECV2020010100-1.LOG", "SEND2020010100-01.LOG", "SEND20200101-1.LOG", "SEND2020010100-7.LOG"];
    assert!(others.iter().all(|name| path.join(name).exists()));
}

#[test]
fn what_the_disk_does_not_take_is_counted_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("SmtpSend");
    // A file where the folder should be.
    fs::write(&path, "").unwrap();
    let log = started(settings(folder.path()));
    let mut session = connected(&log);
    session.sent(b"EHLO a\r\nMAIL FROM:<>\r\n");
    flush(&log);
    assert_eq!(log.counts(), Counts { written: 0, lost: 3 });
    fs::remove_file(&path).unwrap();
    let deadline = std::time::Instant::now() + PATIENT;
    while rows(folder.path()).is_empty() && std::time::Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(20));
    }
    session.sent(b"QUIT\r\n");
    flush(&log);
    let rows = rows(folder.path());
    assert_eq!((rows[0].event.clone(), &*rows[0].data, &*rows[0].connector_id), (Event::Information, "3", ""));
    assert!(
        rows[0].context.starts_with("rows were lost from 20")
            && rows[0].context.ends_with(": File exists (os error 17)"),
        "{rows:?}"
    );
    assert_eq!(shown(&rows[1..]), ["3 > QUIT|"]);
    assert_eq!(log.counts(), Counts { written: 1, lost: 3 });
}

#[test]
fn what_comes_too_fast_is_counted_and_told() {
    let check = |count: usize, size: usize, kept: usize| {
        let folder = tempfile::tempdir().unwrap();
        let (log, jobs) = ProtocolLog::unattended(LogKind::Send);
        let directory = Settings { max_file_size: 1 << 30, max_directory_size: 1 << 31, ..settings(folder.path()) };
        log.configure(Some(directory));
        let at = Timestamp::from_millisecond(Timestamp::now().as_millisecond()).unwrap();
        let row = row_of(at, &"x".repeat(size));
        for _ in 0..count {
            log.push(at, row.clone());
        }
        let writer = log.attend(jobs);
        flush(&log);
        let lost = count - kept;
        assert_eq!(log.counts(), Counts { written: kept as u64, lost: lost as u64 });
        let rows = rows(folder.path());
        assert_eq!(rows.len(), kept + 1);
        let told: Vec<_> = rows.iter().filter(|row| row.connector_id.is_empty()).collect();
        assert_eq!(told[0].data, lost.to_string());
        let cause = "they came faster than the disk takes them";
        assert_eq!(told[0].context, format!("rows were lost from {at:.3} to {at:.3}: {cause}"));
        drop(log);
        writer.join().unwrap();
    };
    // One place is taken by the wake-up call.
    check(MAX_WAITING_ROWS + 20, 10, MAX_WAITING_ROWS - 1);
    let size = 100_000;
    let length = row_of("2026-11-24T13:20:00.000Z".parse().unwrap(), &"x".repeat(size)).len();
    check(200, size, MAX_WAITING_OCTETS / length);
}

#[test]
fn settings_change_in_mid_session() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let log = started(settings(first.path()));
    let mut session = connected(&log);
    flush(&log);
    log.configure(Some(settings(second.path())));
    session.sent(b"NOOP\r\n");
    flush(&log);
    log.configure(None);
    session.sent(b"RSET\r\n");
    assert!(!log.session("Outbound").is_verbose());
    log.configure(Some(settings(second.path())));
    session.sent(b"QUIT\r\n");
    flush(&log);
    assert_eq!(shown(&rows(first.path())), ["0 + |"]);
    assert_eq!(shown(&rows(second.path())), ["1 > NOOP|", "3 > QUIT|"]);
    assert_eq!(names(second.path()).len(), 2);
    assert_eq!(log.counts(), Counts { written: 3, lost: 0 });
}

#[test]
fn a_silent_session_says_nothing() {
    let log = ProtocolLog::off(LogKind::Receive);
    for mut session in [log.session("a"), SessionLog::silent()] {
        session.connected(None, remote());
        session.received(b"EHLO a\r\n");
        assert!(!session.is_verbose());
    }
    assert_eq!(log.counts(), Counts::default());
}

#[test]
fn a_folder_that_takes_no_files_is_told() {
    let folder = tempfile::tempdir().unwrap();
    settings(folder.path()).prepare().unwrap();
    assert!(folder.path().join("SmtpReceive").is_dir() && names(folder.path()).is_empty());
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = settings(&file).prepare().unwrap_err().to_string();
    assert!(
        error.starts_with(&format!("protocol logs cannot be written in {}/SmtpReceive: ", file.display())),
        "{error}"
    );
}

#[test]
fn files_that_were_removed_under_it_are_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    let log = started(settings(folder.path()));
    let mut session = connected(&log);
    flush(&log);
    fs::remove_dir_all(folder.path().join("SmtpSend")).unwrap();
    session.received(b"220 hub\r\n");
    flush(&log);
    assert_eq!(shown(&rows(folder.path())), ["1 < 220 hub|"]);
}
