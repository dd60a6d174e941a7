//! Which reply decides for a recipient.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::reply::Reply;

fn reply(code: u16) -> Option<Reply> {
    (code > 0).then(|| Reply::new(code, None, ""))
}

#[test]
fn the_first_refusal_decides() {
    // MAIL, RCPT, DATA, end of data, 421 (0: none); the code that decides, and whether that is delivery.
    let cases = [
        ([250, 250, 354, 250, 0], 250, true),
        ([250, 251, 354, 250, 0], 250, true),
        ([250, 550, 354, 250, 0], 550, false),
        ([250, 250, 354, 554, 0], 554, false),
        ([250, 250, 354, 0, 421], 421, false),
        ([250, 250, 354, 421, 421], 421, false),
        ([250, 250, 451, 0, 0], 451, false),
        ([552, 503, 0, 0, 0], 552, false),
        ([552, 0, 0, 0, 0], 552, false),
        ([250, 0, 0, 0, 421], 421, false),
        ([0, 0, 0, 0, 421], 421, false),
    ];
    for ([mail, rcpt, data, end_of_data, closing], decides, delivered) in cases {
        let outcome = TransactionOutcome {
            mail: reply(mail),
            recipients: vec![reply(rcpt)],
            data: reply(data),
            end_of_data: reply(end_of_data),
            closing: reply(closing),
        };
        assert_eq!(outcome.deciding_reply(0).map(Reply::code), Some(decides), "{outcome:?}");
        assert_eq!(outcome.is_delivered(0), delivered, "{outcome:?}");
        assert_eq!(outcome.deciding_reply(1), None);
        assert!(!outcome.is_delivered(1));
    }
}
