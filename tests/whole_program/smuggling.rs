//! A second message hidden in a first: by what some servers take for the end of a message and others do not, by DATA and by
//! BDAT, into the relay and out of it; and by what is said before TLS and believed after it.

use crate::client::Client;
use crate::relay::{Relay, contoso};
use crate::sink::Sink;
use crate::tap::Tap;
use crate::waiting::until;

const ANNA: &str = "anna@contoso.com";
const BARE: &str = "550 5.6.11 ";
const SMUGGLED: &str = "MAIL FROM:<ceo@contoso.com>\r\nRCPT TO:<victim@elsewhere.example>\r\nDATA\r\n\
                        Subject: smuggled\r\n\r\ngotcha";

/// Ends with a CR, a LF or a NUL where none may stand.
const BARE_ENDS: &[&str] = &[
    "\n.\n",
    "\n.\r\n",
    "\r\n.\n",
    "\r.\r",
    "\r\n.\r",
    "\r.\r\n",
    "\n.\r",
    "\r.\n",
    "\r\r\n.\r\n",
    "\r\n.\r\r\n",
    "\r\r\n.\r\r\n",
    "\n\r.\n\r",
    "\n\n.\r\n",
    "\n.\n.\n",
    "\0\r\n.\n",
    "\r\n\0.\r\n\r.\r\n",
    "\r\n.\0\r\n",
];

/// Ends only for whoever takes something else for a line's end, or looks away from blanks. They are text.
const HARMLESS_ENDS: &[&str] = &[
    "\r\n. \r\n",
    "\r\n .\r\n",
    "\r\n.\t\r\n",
    "\r\n..\r\n",
    "\u{85}.\u{85}",
    "\u{2028}.\u{2028}",
    "\u{b}.\u{b}",
    "\u{c}.\u{c}",
    "\r\n.\u{1a}\r\n",
];

#[test]
fn behind_a_false_end() {
    let wire = Wire::start("");
    for end in BARE_ENDS {
        let mut client = wire.client();
        client.command("DATA").expect("354");
        client.send(format!("Subject: x\r\n\r\nhello{end}"));
        // Some hold the true end too, and are refused for what stands before it.
        if !end.ends_with("\r\n.\r\n") {
            client.send(format!("{SMUGGLED}\r\n.\r\n"));
        }
        client.reply().expect(BARE);
        // There was one message and one answer.
        client.command("NOOP").expect("250 2.0.0");
    }
    wire.came_out(0);
}

#[test]
fn behind_text_that_looks_like_an_end() {
    let wire = Wire::start("");
    for end in HARMLESS_ENDS {
        let mut client = wire.client();
        client.message(format!("Subject: x\r\n\r\nhello{end}{SMUGGLED}\r\n")).queued_as();
        client.command("NOOP").expect("250 2.0.0");
    }
    wire.came_out(HARMLESS_ENDS.len());
}

/// Old devices end their lines as they like. Mended is what is in a message; its end is one thing only.
#[test]
fn behind_a_false_end_that_is_mended() {
    let wire = Wire::start("bare_newline = \"normalize\"\n");
    let mut accepted = 0;
    for end in BARE_ENDS {
        let mut client = wire.client();
        client.command("DATA").expect("354");
        client.send(format!("Subject: x\r\n\r\nhello{end}"));
        if !end.ends_with("\r\n.\r\n") {
            client.send(format!("{SMUGGLED}\r\n.\r\n"));
        }
        let reply = client.reply().0;
        assert!(reply.starts_with("250 2.0.0 Queued") || reply.starts_with(BARE), "{end:?}: {reply}");
        accepted += usize::from(reply.starts_with("250"));
        // Where the true end stood before more, that more would be commands; nothing of it is sent here.
        client.command("NOOP").expect("250 2.0.0");
    }
    assert!(accepted > 0, "nothing is mended");
    wire.came_out(accepted);
}

/// A chunk is counted. No end in it ends it, and it goes on to the next hop by DATA with its dots stuffed.
#[test]
fn in_a_chunk() {
    let wire = Wire::start("chunking = true\n");
    let mut accepted = 0;
    for end in BARE_ENDS.iter().chain(HARMLESS_ENDS).chain(&["\r\n.\r\n"]) {
        let text = format!("Subject: x\r\n\r\nhello{end}{SMUGGLED}\r\n.\r\nbehind the end\r\n");
        let dot = "Subject: x\r\n\r\nhello".len() + end.find('.').unwrap();
        // Whole, and cut before and behind the dot.
        for cuts in [vec![], vec![dot], vec![dot + 1], vec![dot, dot + 1]] {
            let mut client = wire.client();
            let reply = by_chunks(&mut client, text.as_bytes(), &cuts);
            let expected = if BARE_ENDS.contains(end) { BARE } else { "250 2.0.0 Queued" };
            assert!(reply.starts_with(expected), "{end:?} cut at {cuts:?}: {reply}");
            accepted += usize::from(reply.starts_with("250"));
            client.command("NOOP").expect("250 2.0.0");
        }
    }
    wire.came_out(accepted);
}

/// A chunk that is refused is thrown away, not taken for commands.
#[test]
fn in_a_chunk_that_nobody_wanted() {
    let wire = Wire::start("chunking = true\n");
    let chunk = format!("{SMUGGLED}\r\n.\r\n");
    let bdat = format!("BDAT {} LAST\r\n{chunk}", chunk.len());
    let before: [&[&str]; 3] = [&[], &["MAIL FROM:<anna@contoso.com>"], &["MAIL FROM:<x@example.net>"]];
    for commands in before {
        let mut client = Client::greeted(wire.relay.address());
        for command in commands {
            client.command(command).expect("250");
        }
        client.send(&bdat);
        client.reply().expect("5");
        client.command("NOOP").expect("250 2.0.0");
    }
    // DATA cannot go on where BDAT began.
    let mut client = wire.client();
    client.send("BDAT 3\r\nabc");
    client.reply().expect("250");
    client.command("DATA").expect("503 ");
    wire.came_out(0);
}

/// Whoever sits before the next hop puts answers behind its reply to STARTTLS, to be believed after the handshake: here that no
/// message may be longer than an octet.
const INJECTING: &[(&str, &str)] = &[
    ("EHLO", "250-sink.example.org\n250-STARTTLS\n250 8BITMIME"),
    ("STARTTLS", "220 go ahead\n250-sink.example.org\n250 SIZE 1"),
];

#[test]
fn in_answers_before_tls_that_is_demanded() {
    let sink = Sink::start(INJECTING);
    let relay = over_tls("encryption-only", &sink);
    let id = until("a failed attempt", || {
        let entry = relay.queue().into_iter().next()?;
        (entry["attempts"] == 1 && entry["claimed"] == false).then(|| entry["id"].as_str().unwrap().to_owned())
    });
    let shown = relay.run(&["queue", "show", &id]).expect(0);
    assert!(shown.stdout.contains("plaintext came behind the peer's reply to STARTTLS"), "{shown}");
    assert!(sink.arrived().is_empty());
}

/// Where TLS is not demanded the message goes without, in another session, which knows nothing of what was injected.
#[test]
fn in_answers_before_tls_that_is_not_demanded() {
    let sink = Sink::start(INJECTING);
    let _relay = over_tls("opportunistic", &sink);
    assert_eq!(sink.message_to("bob@elsewhere.example").connection, 2);
}

/// A relay that sends a message to this next hop.
fn over_tls(tls: &str, sink: &Sink) -> Relay {
    let relay = Relay::bare();
    relay.apply(&contoso(sink.address).replace("\"none\"", &format!("\"{tls}\"")));
    let mut client = Client::greeted(relay.address());
    client.submit(ANNA, "bob@elsewhere.example", "Subject: x\r\n\r\nhello\r\n").message.unwrap().queued_as();
    relay
}

/// A relay, and its next hop behind a tap.
struct Wire {
    relay: Relay,
    sink: Sink,
    tap: Tap,
}

impl Wire {
    /// With more settings of the listener.
    fn start(listener: &str) -> Self {
        let sink = Sink::start(&[]);
        let tap = Tap::before(sink.address);
        let config = format!("[[listener]]\naddress = \"127.0.0.1:0\"\n{listener}[client_certificates]\ntrust = []\n");
        let relay = Relay::start(Relay::folder_only(), &config);
        relay.apply(&contoso(tap.address));
        Self { relay, sink, tap }
    }

    /// A client whose message is awaited.
    fn client(&self) -> Client {
        let mut client = Client::greeted(self.relay.address());
        client.command(&format!("MAIL FROM:<{ANNA}>")).expect("250");
        client.command("RCPT TO:<bob@elsewhere.example>").expect("250");
        client
    }

    /// So many messages come out, each to whom it was accepted for, and the wire is clean.
    fn came_out(&self, count: usize) {
        until("an empty queue", || self.relay.queue().is_empty().then_some(()));
        let arrived = self.sink.arrived();
        assert_eq!(arrived.len(), count, "{arrived:?}");
        for message in arrived {
            assert_eq!(message.recipients, ["<bob@elsewhere.example>"], "{}", message.text());
        }
        let heard = self.tap.heard();
        let ends = heard.windows(5).filter(|window| window == b"\r\n.\r\n").count();
        assert_eq!(ends, count, "ends of messages on the wire: {:?}", String::from_utf8_lossy(&heard));
        for (at, pair) in heard.windows(2).enumerate() {
            let bare = (pair[0] == b'\r') != (pair[1] == b'\n') || pair.contains(&0);
            assert!(!bare, "at {at}: {:?}", String::from_utf8_lossy(&heard[at.saturating_sub(20)..at + 2]));
        }
    }
}

/// Sends a message in chunks, cut at these places. The reply that refused it, or else the last one.
fn by_chunks(client: &mut Client, text: &[u8], cuts: &[usize]) -> String {
    let (mut begin, mut replies) = (0, Vec::new());
    for &cut in cuts {
        client.send(format!("BDAT {}\r\n", cut - begin));
        client.send(&text[begin..cut]);
        replies.push(client.reply().0);
        begin = cut;
    }
    client.send(format!("BDAT {} LAST\r\n", text.len() - begin));
    client.send(&text[begin..]);
    replies.push(client.reply().0);
    let refused = replies.iter().position(|reply| !reply.starts_with("250"));
    replies.swap_remove(refused.unwrap_or(cuts.len()))
}
