//! Our client against our server, and our client against anything.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::VecDeque;

use proptest::prelude::*;

use super::*;
use crate::server::{self, Answer, ServerConfig};

/// What crosses the wire in one direction, cut into pieces of a given size.
fn hand_over(octets: &[u8], piece: usize, mut feed: impl FnMut(&[u8])) {
    octets.chunks(piece).for_each(&mut feed);
}

/// Runs the server until it waits; what it sends, and what it takes of the message.
fn serve(server: &mut server::Session, body: &mut Vec<u8>) -> Vec<u8> {
    let mut sent = Vec::new();
    loop {
        match server.poll() {
            server::Output::NeedInput | server::Output::Closing(_) => return sent,
            server::Output::Send(octets) => sent.extend_from_slice(&octets),
            server::Output::StartTls => server.tls_established().unwrap(),
            server::Output::Body(piece) => body.extend_from_slice(&piece),
            server::Output::Mail(_) | server::Output::Rcpt(_) | server::Output::Data | server::Output::EndOfData(_) => {
                server.answer(Answer::Accept).unwrap();
            }
            server::Output::Greeting(_) | server::Output::Reset(_) | server::Output::Command(_) => {}
            server::Output::AwaitingDriver => panic!("every question was answered"),
        }
    }
}

/// Hands the messages over one after the other, over one connection with STARTTLS; what arrives.
fn exchange(messages: &[Vec<u8>], kind: MailBody, recipients: usize, piece: usize) -> Vec<Vec<u8>> {
    let config = ServerConfig { starttls: true, chunking: true, binary_mime: true, ..ServerConfig::new("mx") };
    let mut server = server::Session::new(config);
    let mut driver = Driver::new(StartTls::Required);
    driver.message.1 = kind;
    let (mut arrived, mut body, mut left) = (Vec::new(), Vec::new(), messages.iter());
    let mut pieces: VecDeque<&[u8]> = VecDeque::new();
    loop {
        match driver.session.poll() {
            Output::NeedInput => {
                let sent = serve(&mut server, &mut body);
                assert!(!sent.is_empty(), "both wait, {:?}", driver.session.waiting());
                hand_over(&sent, piece, |piece| driver.session.feed(piece));
            }
            Output::Send(octets) => hand_over(&octets, octets.len(), |piece| server.feed(piece)),
            Output::StartTls => driver.session.tls_established().unwrap(),
            Output::Ready(capabilities) => assert!(capabilities.pipelining && !capabilities.starttls),
            Output::Idle => match left.next() {
                Some(message) => {
                    pieces = message.chunks(piece).collect();
                    let paths = vec![ForwardPath::parse("<a@b>").unwrap(); recipients];
                    driver.session.start(driver.transaction(ReversePath::Null, paths)).unwrap();
                }
                None => driver.session.quit().unwrap(),
            },
            Output::NeedBody => match pieces.pop_front() {
                Some(piece) => driver.session.body(piece).unwrap(),
                None => driver.session.end_of_body().unwrap(),
            },
            Output::Done(outcome) => {
                assert!((0..recipients).all(|at| outcome.is_delivered(at)), "{outcome:?}");
                arrived.push(std::mem::take(&mut body));
            }
            Output::Closed(_) => return arrived,
            other => panic!("unexpected {other:?}"),
        }
    }
}

proptest! {
    /// Each message arrives as it was.
    #[test]
    fn messages_arrive(
        messages in prop::collection::vec("(\\.{0,2}[a-c.]{0,4}\r\n){0,6}", 1..4),
        recipients in 1usize..120,
        piece in 1usize..64,
    ) {
        let messages: Vec<_> = messages.into_iter().map(String::into_bytes).collect();
        prop_assert_eq!(&exchange(&messages, MailBody::EightBitMime, recipients, piece), &messages);
    }

    /// So does binary mail, octet for octet.
    #[test]
    fn binary_messages_arrive(
        messages in prop::collection::vec(prop::collection::vec(prop::sample::select(b"\r\n.\0a\xff".to_vec()), 0..300), 1..4),
        piece in 1usize..64,
    ) {
        prop_assert_eq!(&exchange(&messages, MailBody::BinaryMime, 2, piece), &messages);
    }

    /// Whatever a peer sends, the session comes to rest, and never takes for delivered what was not acknowledged.
    #[test]
    fn total_on_any_peer(
        steps in prop::collection::vec(prop_oneof![
            8 => "(220|250|354|421|451|550)[ -](STARTTLS|PIPELINING|2\\.0\\.0 ok)?\r\n",
            1 => "(220|250|354|421|451|550)[ -](STARTTLS|PIPELINING|2\\.0\\.0 ok)?\r\n(25)?",
            1 => "(?s).{0,20}",
        ], 0..20),
    ) {
        let mut driver = Driver::new(StartTls::Opportunistic);
        let mut dots = 0;
        for step in steps {
            let mut seen = driver.step(step.trim_start_matches('!'));
            if driver.session.is_idle() {
                seen.extend(driver.step("!start <a@b> <c@d>"));
            }
            if driver.session.waiting() == Waiting::Body {
                seen.extend(driver.step("!body x"));
            }
            dots += seen.iter().filter(|line| *line == ".").count();
            let delivered = seen.iter().filter(|line| line.starts_with("[delivered")).count();
            prop_assert!(delivered <= dots);
            dots -= delivered;
        }
    }
}
