//! Any octets whatever, cut anywhere.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use super::*;
use crate::reply::ReplyParser;

/// Commands that look at nothing behind them, so that cuts cannot matter.
fn commands() -> impl Strategy<Value = Vec<u8>> {
    let line = prop::sample::select(vec![
        "EHLO c\r\n",
        "HELO c\r\n",
        "MAIL FROM:<a@b>\r\n",
        "MAIL FROM:<no@b> SIZE=5\r\n",
        "RCPT TO:<c@d>\r\n",
        "RCPT TO:<later@d>\r\n",
        "RSET\r\n",
        "NOOP\r\n",
        "NO\nOP\r\n",
        "VRFY x\r\n",
        "BDAT 3\r\nabc",
        "BDAT 3\r\n\r\nQ",
        "BDAT 4\r\nUIT\r",
        "BDAT 6 LAST\r\nQUIT\r\n",
        "BDAT 0 LAST\r\n",
        "BDAT 900\r\nabc",
        "MAIL FROM:<a@b> BODY=BINARYMIME\r\n",
        "X\r\n",
        "\r\n",
        "\r",
        "\n",
        "\0\r\n",
    ]);
    prop::collection::vec(line, 0..30).prop_map(|lines| lines.concat().into_bytes())
}

fn anything() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => commands(),
        1 => Just(b"DATA\r\n".to_vec()),
        1 => Just(b"STARTTLS\r\n".to_vec()),
        1 => Just(b".\r\n".to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..30),
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn replies(seen: &[String]) -> Vec<String> {
    seen.iter().filter(|line| !line.starts_with("[ehlo") && !line.starts_with("[helo")).cloned().collect()
}

/// What was told, what was sent and what came of messages, each in its order: cuts change how they interleave.
fn play(pieces: &[&[u8]]) -> (Vec<String>, Vec<String>, Vec<u8>) {
    let config = ServerConfig { starttls: true, max_errors: 5, chunking: true, binary_mime: true, ..plain() };
    let mut driver = Driver::new(config);
    let mut seen = driver.say(b"");
    for piece in pieces {
        seen.extend(driver.say(piece));
        if seen.last().is_some_and(|line| line.starts_with("[closing")) {
            break;
        }
    }
    let (mut told, sent): (Vec<_>, Vec<_>) = replies(&seen).into_iter().partition(|line| line.starts_with('['));
    // A message is told of in as many pieces as it came in.
    told.retain(|line| line != "[body]");
    (told, sent, driver.body)
}

proptest! {
    #[test]
    fn cuts_make_no_difference(input in commands(), size in 1usize..40) {
        prop_assert_eq!(play(&input.chunks(size).collect::<Vec<_>>()), play(&[&input]));
    }

    #[test]
    fn every_reply_is_a_reply(input in anything(), size in 1usize..60) {
        let (_, sent, _) = play(&input.chunks(size).collect::<Vec<_>>());
        let mut parser = ReplyParser::new();
        for line in sent {
            parser.feed(line.as_bytes());
            parser.feed(b"\r\n");
            while let Some(reply) = parser.next_reply().unwrap() {
                let bare = matches!(reply.code(), 220 | 250 | 354);
                let first = reply.code() / 100;
                prop_assert!(bare || reply.enhanced().is_some_and(|status| status.class == first), "{}", reply);
            }
        }
        prop_assert!(parser.is_empty());
    }
}
