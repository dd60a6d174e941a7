//! Every way known to end a message for one server and not for another (CVE-2023-51764 and kin), through our server and out
//! again by our client: nothing ends early, and nothing goes out that could end early elsewhere.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::client;
use crate::data::BareNewline;
use crate::server::{Answer, Output, ServerConfig, Session};
use crate::{ForwardPath, HeloName, MailBody, Parameters, ReversePath};

/// What some server takes for a line end.
const LINE_ENDS: [&str; 10] = ["\r\n", "\n", "\r", "\n\r", "\r\r\n", "\r\n\r", "\n\n", "\0\r\n", "\r\0\n", " \r\n"];

/// What some server takes for the dot alone.
const DOTS: [&str; 6] = [".", "..", ".\0", "\0.", ". ", "\u{b}."];

const END: &str = "\r\n.\r\n";

/// What follows the false end.
const SMUGGLED: &str = "MAIL FROM:<evil@x>\r\nRCPT TO:<victim@x>\r\nDATA\r\nSubject: smuggled\r\n";

/// What our server made of one message.
#[derive(Debug, Default, PartialEq, Eq)]
struct Received {
    senders: Vec<String>,
    bodies: Vec<Vec<u8>>,
    accepted: usize,
    replies: String,
}

/// Feeds the pieces, each when the server asks for more.
fn receive(bare_newline: BareNewline, mail: &str, pieces: &[&[u8]]) -> Received {
    let config = ServerConfig { bare_newline, chunking: true, binary_mime: true, ..ServerConfig::new("mx") };
    let mut session = Session::new(config);
    let mut received = Received::default();
    let envelope = format!("HELO c\r\n{mail}\r\nRCPT TO:<c@d>\r\n");
    let mut input = std::iter::once(envelope.as_bytes()).chain(pieces.iter().copied());
    let mut body = Vec::new();
    loop {
        match session.poll() {
            Output::NeedInput => match input.next() {
                Some(piece) => session.feed(piece),
                None => return received,
            },
            Output::Mail(request) => {
                received.senders.push(request.reverse_path.to_string());
                session.answer(Answer::Accept).unwrap();
            }
            Output::Rcpt(_) | Output::Data => session.answer(Answer::Accept).unwrap(),
            Output::Body(piece) => body.extend_from_slice(&piece),
            Output::EndOfData(end) => {
                session.answer(Answer::Accept).unwrap();
                received.accepted += usize::from(end.refusal().is_none());
                received.bodies.push(std::mem::take(&mut body));
            }
            Output::Reset(_) => body.clear(),
            Output::Send(octets) => received.replies.push_str(&String::from_utf8_lossy(&octets)),
            Output::Closing(_) => return received,
            Output::Greeting(_) => {}
            other => panic!("unexpected {other:?}"),
        }
    }
}

/// What our client sends behind 354 for this body; nothing if it refuses to.
fn send_on(body: &[u8], piece: usize) -> Option<Vec<u8>> {
    let helo_name = HeloName::new("relay").unwrap();
    let mut session = client::Session::new(client::ClientConfig { helo_name, starttls: client::StartTls::Never });
    let transaction = client::Transaction {
        reverse_path: ReversePath::Null,
        recipients: vec![ForwardPath::parse("<c@d>").unwrap().into()],
        size: None,
        body: MailBody::EightBitMime,
        params: Parameters::new(),
    };
    let mut replies = ["220 mx\r\n", "250 mx\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n", "250 taken\r\n"].iter();
    let (mut wire, mut begun, mut handed_over) = (Vec::new(), false, false);
    loop {
        match session.poll() {
            client::Output::NeedInput => session.feed(replies.next().unwrap().as_bytes()),
            client::Output::Ready(_) => session.start(transaction.clone()).unwrap(),
            client::Output::Send(octets) if begun => wire.extend_from_slice(&octets),
            client::Output::Send(_) => {}
            client::Output::NeedBody if handed_over => panic!("the body has ended"),
            client::Output::NeedBody => {
                begun = true;
                handed_over = body.chunks(piece).all(|piece| session.body(piece).is_ok());
                handed_over = handed_over && session.end_of_body().is_ok();
            }
            client::Output::Failed(client::ClientError::Body(_)) => {
                assert!(!wire.ends_with(b".\r\n"), "a refused body must not get its end: {wire:?}");
                return None;
            }
            client::Output::Done(_) => return Some(wire),
            other => panic!("unexpected {other:?}"),
        }
    }
}

/// CR and LF only together, no NUL, and one end.
#[track_caller]
fn check_wire(wire: &[u8], variant: &str) {
    let text = String::from_utf8_lossy(wire);
    assert!(!text.replace("\r\n", "").contains(['\r', '\n', '\0']), "{variant:?}: bare octets in {text:?}");
    let behind_command = format!("\r\n{text}");
    assert_eq!(behind_command.find(END), Some(behind_command.len() - END.len()), "{variant:?}: ends in {text:?}");
}

/// Each false end with each line end before and behind its dot. Those that are an end by RFC 5321 §4.1.1.4 are left out.
fn variants() -> Vec<String> {
    let all = LINE_ENDS.iter().flat_map(|before| {
        DOTS.iter().flat_map(move |dot| LINE_ENDS.iter().map(move |behind| format!("{before}{dot}{behind}")))
    });
    all.filter(|variant| !variant.contains(END)).collect()
}

/// Cuts around the variant, which begins behind one octet.
fn cuts(variant: &str) -> std::ops::Range<usize> {
    0..variant.len() + 3
}

#[track_caller]
fn check(variant: &str, bare_newline: BareNewline, received: &Received) {
    assert_eq!(received.senders, ["<a@b>"], "{variant:?}: a second envelope");
    assert!(received.bodies.len() <= 1 && received.accepted <= 1, "{variant:?}: {received:?}");
    if received.accepted == 0 {
        assert!(received.replies.contains("550 5.6.11 "), "{variant:?}: {}", received.replies);
        return;
    }
    let [body] = &received.bodies[..] else { panic!("{variant:?}: accepted without a body") };
    for piece in [1, 2, 3, 4_096] {
        let wire =
            send_on(body, piece).unwrap_or_else(|| panic!("{variant:?}: taken and cannot be sent ({bare_newline:?})"));
        check_wire(&wire, variant);
    }
}

#[test]
fn by_data() {
    for variant in variants() {
        let message = format!("a{variant}{SMUGGLED}{END}NOOP\r\n");
        for bare_newline in [BareNewline::Reject, BareNewline::Normalize] {
            let whole = receive(bare_newline, "MAIL FROM:<a@b>", &[b"DATA\r\n", message.as_bytes()]);
            check(&variant, bare_newline, &whole);
            assert!(whole.replies.ends_with("250 2.0.0 OK\r\n"), "{variant:?}: {}", whole.replies);
            for cut in cuts(&variant) {
                let (first, second) = message.as_bytes().split_at(cut);
                let got = receive(bare_newline, "MAIL FROM:<a@b>", &[b"DATA\r\n", first, second]);
                assert_eq!(got.bodies, whole.bodies, "{variant:?} cut at {cut}");
                check(&variant, bare_newline, &got);
            }
        }
    }
}

#[test]
fn by_chunks() {
    // In chunks a true end means nothing either.
    for variant in variants().into_iter().chain([END.to_owned()]) {
        let message = format!("a{variant}{SMUGGLED}");
        for bare_newline in [BareNewline::Reject, BareNewline::Normalize] {
            for cut in cuts(&variant) {
                let (first, second) = message.split_at(cut);
                let chunks = format!("BDAT {}\r\n{first}BDAT {} LAST\r\n{second}NOOP\r\n", first.len(), second.len());
                let got = receive(bare_newline, "MAIL FROM:<a@b>", &[chunks.as_bytes()]);
                check(&variant, bare_newline, &got);
                let apart: Vec<&[u8]> = chunks.as_bytes().chunks(5).collect();
                assert_eq!(
                    receive(bare_newline, "MAIL FROM:<a@b>", &apart).bodies,
                    got.bodies,
                    "{variant:?} cut at {cut}"
                );
            }
        }
    }
}

/// Binary mail keeps every octet, and what is bare in it never leaves by DATA.
#[test]
fn binary() {
    for variant in variants().into_iter().chain([END.to_owned()]) {
        let message = format!("a{variant}{SMUGGLED}");
        let chunk = format!("BDAT {} LAST\r\n{message}NOOP\r\n", message.len());
        let got = receive(BareNewline::Reject, "MAIL FROM:<a@b> BODY=BINARYMIME", &[chunk.as_bytes()]);
        assert_eq!((got.senders.len(), got.accepted), (1, 1), "{variant:?}");
        assert_eq!(got.bodies, [message.as_bytes()], "{variant:?}");
        if let Some(wire) = send_on(message.as_bytes(), 3) {
            check_wire(&wire, &variant);
        }
    }
}
