//! `diagnose` as a user meets it: what may be named, what is said of what cannot be read, and how it exits.

use std::io::Write as _;
use std::process::{Output, Stdio};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::program::{Place, Ran};

/// A bounce that quotes the refusal: its class is known, its cause is not.
const BOUNCE: &str = "\
From: postmaster@contoso.com\r\nTo: anna@contoso.com\r\nSubject: Undeliverable: hello\r\nMIME-Version: 1.0\r\n\
Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
--b\r\nContent-Type: text/plain\r\n\r\nYour message could not be delivered.\r\n\
--b\r\nContent-Type: message/delivery-status\r\n\r\n\
Reporting-MTA: dns;ex01.contoso.com\r\n\r\n\
Final-Recipient: rfc822;b@fabrikam.com\r\nAction: failed\r\nStatus: 5.7.64\r\n\
Diagnostic-Code: smtp;550 5.7.64 TenantAttribution; Relay Access Denied [VI1EUR05FT003.eop-eur05.prod.protection.outlook.com 2026-01-05T09:30:00.000Z 08DE4C1B2A3D4E5F]\r\n\
Remote-MTA: dns;contoso-com.mail.protection.outlook.com\r\n\r\n--b--\r\n";

fn gzip(octets: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(octets).unwrap();
    encoder.finish().unwrap()
}

fn unread(ran: &Ran) -> Vec<(String, String)> {
    let answer: serde_json::Value =
        serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    let one = |unread: &serde_json::Value| {
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        (text(&unread["file"]), text(&unread["reason"]["code"]))
    };
    answer["unread"].as_array().unwrap().iter().map(one).collect()
}

#[test]
fn wrong_usage_is_told_with_what_to_type() {
    let place = Place::with(&[("a.txt", "nothing"), ("folder", "a file")]);
    std::fs::create_dir(place.path().join("pages")).unwrap();
    let check = |arguments: &[&str], said: &str| {
        let ran = place.run(&[&["diagnose"], arguments].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{arguments:?}: {ran:?}");
        assert!(ran.stderr.contains(said), "{arguments:?}: {}", ran.stderr);
    };
    check(&[], "error: there is nothing to read\nhint: name files, folders or archives");
    check(&["-", "-"], "error: - stands there twice");
    check(&["a.txt", "--since", "yesterday"], "give a date (2026-01-05)");
    check(&["a.txt", "--html", "pages"], "error: --html pages: this is a folder");
    check(&["a.txt", "--html", "none/page.html"], "error: --html none/page.html: there is no folder none");
}

#[test]
fn what_cannot_be_read_is_listed_with_why() {
    let place = Place::with(&[("letter.txt", "Dear Anna,\n"), ("empty.log", "")]);
    std::fs::create_dir(place.path().join("folder")).unwrap();
    std::fs::write(place.path().join("photo"), b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").unwrap();
    std::fs::write(place.path().join("cut.gz"), gzip(&[b'x'; 10_000]).split_at(30).0).unwrap();
    let mut bomb = BOUNCE.as_bytes().to_vec();
    bomb.resize(80 * 1024 * 1024, b' ');
    std::fs::write(place.path().join("bomb.gz"), gzip(&bomb)).unwrap();
    let files = ["letter.txt", "empty.log", "none.log", "folder", "photo", "cut.gz", "letter.txt", "bomb.gz"];
    let ran = place.run(&[&["diagnose", "--json"], &files[..]].concat());
    let expected = [
        "problem-not-recognised",
        "problem-empty",
        "problem-unreadable",
        "problem-folder-empty",
        "problem-image",
        "problem-archive-damaged",
        "problem-file-twice",
        "problem-archive-bomb",
    ];
    let unread = unread(&ran);
    assert_eq!(ran.code, Some(4), "the bomb begins with a bounce: {ran:?}");
    for (file, code) in files.into_iter().zip(expected) {
        assert!(unread.contains(&(file.to_owned(), code.to_owned())), "{file} is not {code}: {unread:?}");
    }
}

#[test]
fn evidence_is_found_wherever_it_lies() {
    let place = Place::with(&[("bounce.eml", BOUNCE), ("shopping.txt", "bread, milk\n")]);
    std::fs::create_dir_all(place.path().join("case/deep")).unwrap();
    std::fs::write(place.path().join("case/deep/bounce.gz"), gzip(BOUNCE.as_bytes())).unwrap();
    let utf_16: Vec<u8> = format!("\u{feff}{BOUNCE}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    std::fs::write(place.path().join("wide.eml"), utf_16).unwrap();
    let check = |arguments: &[&str], input: &str, file: &str| {
        let ran = place.run_with(&[&["diagnose", "--json"], arguments].concat(), input);
        let answer: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(ran.code, Some(4), "refused, and nothing says why: {arguments:?}: {ran:?}");
        assert_eq!(answer["read"][0]["file"], file, "{arguments:?}");
        assert_eq!(answer["refusals"][0]["count"], 1, "{arguments:?}: {answer}");
    };
    check(&["bounce.eml"], "", "bounce.eml");
    check(&["shopping.txt", "bounce.eml"], "", "bounce.eml");
    check(&["case"], "", "case/deep/bounce.gz");
    check(&["wide.eml"], "", "wide.eml");
    check(&["-"], BOUNCE, "-");
}

#[test]
fn the_answer_does_not_depend_on_who_is_faster() {
    let place = Place::new();
    std::fs::create_dir(place.path().join("case")).unwrap();
    for number in 0..60 {
        let bounce = BOUNCE.replace("b@fabrikam.com", &format!("b{number}@fabrikam{number}.com"));
        place.write(&format!("case/{number:02}.eml"), &bounce);
    }
    let first = place.run(&["diagnose", "--json", "case"]);
    assert!(first.stdout.contains("case/59.eml"), "{first:?}");
    for _ in 0..5 {
        assert_eq!(place.run(&["diagnose", "--json", "case"]).stdout, first.stdout);
    }
}

#[test]
fn a_page_is_written_whole_and_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::with(&[("bounce.eml", BOUNCE), ("page.html", "an older page")]);
    let ran = place.run(&["diagnose", "bounce.eml", "--html", "page.html"]);
    assert_eq!(ran.code, Some(4), "{ran:?}");
    let page = place.path().join("page.html");
    let text = std::fs::read_to_string(&page).unwrap();
    assert!(text.starts_with("<!DOCTYPE html>") && text.ends_with("</html>\n"), "{text}");
    assert_eq!(std::fs::metadata(&page).unwrap().permissions().mode() & 0o777, 0o600);
    let left: Vec<_> = std::fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().ends_with(".part")), "{left:?}");
}

#[test]
fn a_page_takes_the_place_of_a_file_and_of_nothing_else() {
    use std::os::unix::fs::{FileTypeExt as _, symlink};
    let place = Place::with(&[("bounce.eml", BOUNCE), ("page.html", "an older page")]);
    let path = |name: &str| place.path().join(name);
    assert!(std::process::Command::new("mkfifo").arg(path("pipe")).status().unwrap().success());
    symlink("page.html", path("link")).unwrap();
    symlink("nowhere.html", path("dangling")).unwrap();
    symlink("/dev/null", path("device")).unwrap();
    let write = |name: &str| place.run(&["diagnose", "bounce.eml", "--html", name]);
    for (name, why) in [("pipe", "is no file"), ("device", "is no file"), ("dangling", "it is a link")] {
        let ran = write(name);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{name}: {ran:?}");
        assert!(ran.stderr.contains(&format!("error: --html {name}: it is")), "{name}: {}", ran.stderr);
        assert!(ran.stderr.contains(why), "{name}: {}", ran.stderr);
    }
    assert!(std::fs::symlink_metadata(path("pipe")).unwrap().file_type().is_fifo());
    assert!(!path("nowhere.html").exists());
    assert_eq!(write("link").code, Some(4));
    assert!(std::fs::symlink_metadata(path("link")).unwrap().is_symlink(), "the link is replaced");
    assert!(std::fs::read_to_string(path("page.html")).unwrap().starts_with("<!DOCTYPE html>"));
}

#[test]
fn nothing_found_is_only_as_good_as_what_was_read() {
    let place =
        Place::with(&[("clean.json", "[{\"DomainName\": \"contoso.com\", \"DomainType\": \"Authoritative\"}]")]);
    std::fs::write(place.path().join("cut.gz"), gzip(&[b'x'; 10_000]).split_at(30).0).unwrap();
    let check = |files: &[&str], code: i32| {
        let ran = place.run(&[&["diagnose"], files].concat());
        assert_eq!(ran.code, Some(code), "{files:?}: {ran:?}");
    };
    check(&["clean.json"], 0);
    check(&["clean.json", "none.log"], 4);
    check(&["clean.json", "cut.gz"], 4);
    check(&["cut.gz"], 2);
}

#[test]
fn where_nothing_was_read_what_to_bring_is_said_once() {
    let place = Place::with(&[("letter.txt", "Dear Anna,\n")]);
    let ran = place.run(&["diagnose", "letter.txt"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert_eq!(ran.stdout.matches("Next: ").count(), 1, "{}", ran.stdout);
    for part in ["What to do next", "No refusal"] {
        assert!(!ran.stdout.contains(part), "{part}: {}", ran.stdout);
    }
    let answer: serde_json::Value =
        serde_json::from_str(&place.run(&["diagnose", "letter.txt", "--json"]).stdout).unwrap();
    assert_eq!((&answer["next"], &answer["remarks"]), (&serde_json::json!([]), &serde_json::json!([])));
}

#[test]
fn each_command_tells_its_own_story_when_it_is_interrupted() {
    let place = Place::new();
    assert!(std::process::Command::new("mkfifo").arg(place.path().join("pipe")).status().unwrap().success());
    let check = |arguments: &[&str], said: &str, hint: &str| {
        // Where the signal came before it was listened for, it ended the program as ever: then once more.
        let ended = (0..50).map(|_| interrupted(&place, arguments)).find(|ended| ended.status.code().is_some());
        let ended = ended.unwrap();
        let stderr = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(130), "{arguments:?}: {stderr}");
        assert!(stderr.contains(said) && stderr.contains(hint), "{arguments:?}: {stderr}");
    };
    check(&["diagnose", "pipe"], "no answer is given", "--since 2d");
    check(&["lint", "-f", "pipe"], "nothing is judged", "logs are not looked at");
}

/// Runs a command that reads the pipe of a place, and interrupts it while it waits for what comes through.
fn interrupted(place: &Place, arguments: &[&str]) -> Output {
    let running = place.command(arguments).stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    // This goes on once the program has opened its end.
    let pipe = std::fs::OpenOptions::new().write(true).open(place.path().join("pipe")).unwrap();
    std::thread::sleep(Duration::from_millis(50));
    let id = rustix::process::Pid::from_child(&running);
    rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
    let ended = running.wait_with_output().unwrap();
    drop(pipe);
    ended
}

#[test]
fn what_is_older_is_passed_over() {
    let place = Place::with(&[(
        "bounce.eml",
        &BOUNCE.replace("Action: failed", "Action: failed\r\nLast-Attempt-Date: Mon, 5 Jan 2026 09:30:00 +0000"),
    )]);
    let count = |since: &str| {
        let ran = place.run(&["diagnose", "--json", "bounce.eml", "--since", since]);
        let answer: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        (ran.code, answer["refusals"].as_array().unwrap().len())
    };
    assert_eq!(count("2026-01-05"), (Some(4), 1));
    assert_eq!(count("2026-01-05T09:30:01Z"), (Some(0), 0));
}

#[test]
fn what_is_masked_names_nobody() {
    let place = Place::with(&[("contoso-bounce.eml", BOUNCE), ("nothing.txt", "Anna\n")]);
    for form in [&["--json"][..], &["--html", "page.html"]] {
        let ran = place.run(&[&["diagnose", "contoso-bounce.eml", "nothing.txt", "--redact"], form].concat());
        assert_eq!(ran.code, Some(4), "{ran:?}");
        let page = std::fs::read_to_string(place.path().join("page.html")).unwrap_or_default();
        for private in ["contoso", "fabrikam", "anna", "ex01", "08de4c1b"] {
            let text = format!("{}{page}", ran.stdout).to_lowercase();
            assert!(!text.contains(private), "{private} is left in {text}");
        }
        assert!(ran.stdout.contains("5.7.64"), "{}", ran.stdout);
    }
}
