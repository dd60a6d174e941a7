//! What a next hop says, and what it means for each recipient.

use async_trait::async_trait;
use core_directory::{Domain, SmartHost};
use io_store::{BODY_CHUNK, Bodies, BodyId, BodyReader, BodyWriter, Orphans, Scope, StoreError};
use jiff::Timestamp;

use super::hop::{CLOSE, DRIP, Hop, SILENCE, Script};
use super::*;

async fn check_with(mail: Mail<'_>, rules: &'static [(&'static str, &'static str)], expected: &str) {
    let hop = Hop::plain(Script(rules)).await;
    let outcome = send(&outbound(), &connector(&[&hop.address]), mail).await;
    assert_eq!(shown(&outcome), expected, "{rules:?}\n{}", transcript(&outcome));
    let delivered = outcome.recipients.iter().any(|recipient| recipient.fate == Fate::Delivered);
    if delivered {
        assert_eq!(hop.messages(), [mail.text], "{rules:?}");
    }
    let host = if outcome.next_hop.is_empty() { String::new() } else { format!("[127.0.0.1]:{}", port(&hop)) };
    assert_eq!(outcome.next_hop, host, "{rules:?}");
}

async fn check(rules: &'static [(&'static str, &'static str)], expected: &str) {
    check_with(MAIL, rules, expected).await;
}

fn port(hop: &Hop) -> &str {
    hop.address.rsplit_once(':').unwrap().1
}

#[tokio::test]
async fn answers_for_each_recipient() {
    check(&[], "delivered 250 2.0.0 taken | delivered 250 2.0.0 taken | answered").await;
    check(
        &[("RCPT TO:<a@", "550 5.1.1 no such user")],
        "failed 550 5.1.1 no such user | delivered 250 2.0.0 taken | answered",
    )
    .await;
    check(
        &[("RCPT TO:<a@", "550-5.1.1 no such user\n550 5.1.1 see https://example.com")],
        "failed 550 5.1.1 no such user see https://example.com | delivered 250 2.0.0 taken | answered",
    )
    .await;
    check(
        &[("RCPT TO:<a@", "550 5.1.1 no"), ("RCPT TO:<b@", "451 4.2.1 later")],
        "failed 550 5.1.1 no | deferred 451 4.2.1 later | answered",
    )
    .await;
    check(&[("RCPT", "550 5.7.606 no")], "failed 550 5.7.606 no | failed 550 5.7.606 no | answered").await;
    check(&[("MAIL", "550 5.7.1 no")], "failed 550 5.7.1 no | failed 550 5.7.1 no | answered").await;
    check(&[("MAIL", "451 4.7.1 later")], "deferred 451 4.7.1 later | deferred 451 4.7.1 later | answered").await;
    check(&[("DATA", "451 4.3.0 later")], "deferred 451 4.3.0 later | deferred 451 4.3.0 later | answered").await;
    check(&[(".", "554 5.6.0 no")], "failed 554 5.6.0 no | failed 554 5.6.0 no | answered").await;
    check(&[(".", "452 4.3.1 full")], "deferred 452 4.3.1 full | deferred 452 4.3.1 full | answered").await;
}

#[tokio::test]
async fn a_refused_session_never_fails_the_message() {
    let both = |reply: &str, ending: &str| format!("deferred {reply} | deferred {reply} | {ending}");
    for (rules, reply) in [
        (
            &[("MAIL", "530 5.7.0 Must issue a STARTTLS command first")][..],
            "530 5.7.0 Must issue a STARTTLS command first",
        ),
        (&[("MAIL", "535 5.7.3 who are you")], "535 5.7.3 who are you"),
        (&[("MAIL", "500 5.5.1 what")], "500 5.5.1 what"),
        (&[("RCPT", "504 5.5.4 what")], "504 5.5.4 what"),
        (&[("MAIL", "421 4.3.2 going down")], "421 4.3.2 going down"),
        (&[("RCPT", "421 4.3.2 going down")], "421 4.3.2 going down"),
        (&[("DATA", "421 4.3.2 going down")], "421 4.3.2 going down"),
        (&[(".", "421 4.3.2 going down")], "421 4.3.2 going down"),
    ] {
        check(rules, &both(reply, "answered")).await;
    }
    for (rules, reply) in [
        (&[("banner", "554 5.7.1 go away")][..], "554 5.7.1 go away"),
        (&[("banner", "421 4.7.0 too many")], "421 4.7.0 too many"),
        (&[("EHLO", "550 no"), ("HELO", "550 5.7.1 no")], "550 5.7.1 no"),
    ] {
        check(rules, &both(reply, "unreachable at Greeting")).await;
    }
}

#[tokio::test]
async fn connections_lost_at_each_stage() {
    let check = async |rules, text: &str, ending: &str| {
        let reply = format!("deferred ours: 451 4.4.2 hop: {text}");
        check(rules, &format!("{reply} | {reply} | {ending}")).await;
    };
    let lost = "the peer closed the connection";
    check(&[("banner", CLOSE)], &format!("{lost} instead of its banner"), "unreachable at Greeting").await;
    check(&[("EHLO", CLOSE)], &format!("{lost} in answer to EHLO"), "unreachable at Greeting").await;
    check(&[("banner", "hello")], "the peer sent no SMTP reply but \"hello\"", "unreachable at Greeting").await;
    check(&[("MAIL", CLOSE)], &format!("{lost} in answer to MAIL"), "unreachable at Transaction").await;
    check(&[("DATA", CLOSE)], &format!("{lost} in answer to DATA"), "unreachable at Transaction").await;
    check(
        &[(".", CLOSE)],
        &format!("{lost} in answer to the end of data; it may have taken the message, which will be sent again"),
        "in doubt",
    )
    .await;
    check(
        &[("DATA", "250 what")],
        "the peer sent an unexpected reply in answer to DATA: 250 what",
        "unreachable at Transaction",
    )
    .await;
}

#[tokio::test]
async fn silence_has_an_end() {
    for (rules, text, ending) in [
        (&[("banner", SILENCE)][..], "instead of its banner", "unreachable at Greeting"),
        (&[("EHLO", SILENCE)], "in answer to EHLO", "unreachable at Greeting"),
        (&[("EHLO", DRIP)], "in answer to EHLO", "unreachable at Greeting"),
        (&[("MAIL", SILENCE)], "in answer to MAIL", "unreachable at Transaction"),
        (&[("DATA", SILENCE)], "in answer to DATA", "unreachable at Transaction"),
        (&[(".", SILENCE)], "in answer to the end of data", "in doubt"),
    ] {
        let hop = Hop::plain(Script(rules)).await;
        let outbound =
            Outbound::new(OutboundConfig { timeouts: times(Duration::from_millis(300)) }, TrustStore::default());
        let outcome = send(&outbound, &connector(&[&hop.address]), MAIL).await;
        let shown = shown(&outcome);
        let said = format!("451 4.4.2 hop: it said nothing whole for 300 ms {text}");
        assert!(shown.contains(&said) && shown.ends_with(ending), "{rules:?}: {shown}\n{}", transcript(&outcome));
    }
}

#[tokio::test]
async fn what_the_next_hop_lacks() {
    let eight_bit = Mail { eight_bit: true, text: "ž\r\n", ..MAIL };
    check_with(eight_bit, &[], "delivered 250 2.0.0 taken | delivered 250 2.0.0 taken | answered").await;
    let refusal = "failed ours: 554 5.6.3 The message has 8-bit text, and hop does not offer 8BITMIME";
    check_with(eight_bit, &[("EHLO", "250 hop")], &format!("{refusal} | {refusal} | answered")).await;
    let binary = Mail { binary: true, eight_bit: true, text: "a\nb\r", ..MAIL };
    let refusal = "failed ours: 554 5.6.3 The message is binary, and hop does not offer CHUNKING and BINARYMIME";
    check_with(binary, &[], &format!("{refusal} | {refusal} | answered")).await;
    let chunking = &[("EHLO", "250-hop\n250-CHUNKING\n250 BINARYMIME")];
    check_with(binary, chunking, "delivered 250 2.0.0 ok | delivered 250 2.0.0 ok | answered").await;
    let chunking = &[("EHLO", "250-hop\n250-CHUNKING\n250-PIPELINING\n250 BINARYMIME"), ("BDAT", "552 5.3.4 big")];
    check_with(binary, chunking, "failed 552 5.3.4 big | failed 552 5.3.4 big | answered").await;
    let large = Mail { size: 1_000_001, ..MAIL };
    let refusal = "failed ours: 552 5.3.4 The message has 1000001 octets, and hop takes at most 1000000";
    check_with(large, &[], &format!("{refusal} | {refusal} | answered")).await;
    let utf8 = Mail { recipients: &["ž@example.com"], ..MAIL };
    let refusal = "failed ours: 553 5.6.7 hop does not offer SMTPUTF8, which the recipient's address needs";
    check_with(utf8, &[], &format!("{refusal} | answered")).await;
    let one_of_two = Mail { recipients: &["ž@example.com", "b@example.com"], ..MAIL };
    check_with(one_of_two, &[], &format!("{refusal} | delivered 250 2.0.0 taken | answered")).await;
    let header = Mail { smtp_utf8: true, ..MAIL };
    let refusal = "failed ours: 553 5.6.7 hop does not offer SMTPUTF8, which the message's header needs";
    check_with(header, &[], &format!("{refusal} | {refusal} | answered")).await;
    let bare = Mail { text: "a\nb", ..MAIL };
    let refusal = "failed ours: 554 5.6.11 The message has a bare LF at octet 1";
    check_with(bare, &[], &format!("{refusal} | {refusal} | answered")).await;
    let odd = Mail { recipients: &["a@example.com", "no address"], ..MAIL };
    let refusal = "failed ours: 553 5.1.3 The recipient's address is not well-formed";
    check_with(odd, &[], &format!("delivered 250 2.0.0 taken | {refusal} | answered")).await;
}

/// What one hop lacks another may have, and one that is out of reach may have it later.
#[tokio::test]
async fn what_one_of_two_next_hops_lacks() {
    const SEVEN_BIT: &[(&str, &str)] = &[("EHLO", "250 hop")];
    let check = async |first, second, expected: &str| {
        let hops = [Hop::plain(Script(first)).await, Hop::plain(Script(second)).await];
        let eight_bit = Mail { eight_bit: true, recipients: &["a@example.com"], ..MAIL };
        let connector = connector(&[&hops[0].address, &hops[1].address]);
        let outcome = send(&outbound(), &connector, eight_bit).await;
        assert_eq!(shown(&outcome), expected, "{first:?} {second:?}\n{}", transcript(&outcome));
    };
    check(SEVEN_BIT, &[], "delivered 250 2.0.0 taken | answered").await;
    check(&[("banner", CLOSE)], &[], "delivered 250 2.0.0 taken | answered").await;
    let refusal = "failed ours: 554 5.6.3 The message has 8-bit text, and hop does not offer 8BITMIME | answered";
    check(SEVEN_BIT, SEVEN_BIT, refusal).await;
    let lost = "deferred ours: 451 4.4.2 hop: the peer closed the connection instead of its banner";
    check(SEVEN_BIT, &[("banner", CLOSE)], &format!("{lost} | answered")).await;
    check(&[("banner", CLOSE)], SEVEN_BIT, &format!("{lost} | answered")).await;
}

#[tokio::test]
async fn wishes_go_to_hops_that_offer_them() {
    let check = async |ehlo: &'static [(&str, &str)], mail: Mail<'_>, commands: [&str; 3], passed_on: bool| {
        let hop = Hop::plain(Script(ehlo)).await;
        let outcome = send(&outbound(), &connector(&[&hop.address]), mail).await;
        let seen = hop.seen().remove(0).commands;
        assert_eq!(seen.get(1..4).unwrap(), commands, "{ehlo:?}");
        assert_eq!(outcome.dsn_passed_on, passed_on, "{ehlo:?}");
    };
    let dsn = [Some("HDRS"), Some("QQ+2B1"), Some("SUCCESS,DELAY"), Some("rfc822;a+2B@example.com")];
    let wishes = Mail { dsn, smtp_utf8: true, ..MAIL };
    check(
        &[("EHLO", "250-hop\n250-DSN\n250 SMTPUTF8")],
        wishes,
        [
            "MAIL FROM:<s@contoso.com> RET=HDRS ENVID=QQ+2B1 SMTPUTF8",
            "RCPT TO:<a@example.com> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;a+2B@example.com",
            "RCPT TO:<b@example.com>",
        ],
        true,
    )
    .await;
    let plain = ["MAIL FROM:<s@contoso.com>", "RCPT TO:<a@example.com>", "RCPT TO:<b@example.com>"];
    let beyond_ascii = Mail { dsn: [None, None, None, Some("utf-8;ž@b")], ..MAIL };
    let [mail, _, other] = plain;
    let ascii = [mail, "RCPT TO:<a@example.com> ORCPT=utf-8;\\x{17E}@b", other];
    check(&[("EHLO", "250-hop\n250 DSN")], beyond_ascii, ascii, true).await;
    check(&[("EHLO", "250 hop")], Mail { smtp_utf8: false, ..wishes }, plain, false).await;
    check(&[("EHLO", "250-hop\n250 DSN")], MAIL, plain, true).await;
}

#[tokio::test]
async fn connectors_that_cannot_be_used() {
    let check = async |connector: &SendConnector, expected: &str| {
        let outcome = send(&outbound(), connector, Mail { recipients: &["a@example.com"], ..MAIL }).await;
        assert_eq!(shown(&outcome), expected);
    };
    let by_mx = connector(&[]);
    let text = "Delivery by MX is not there yet: name a smart host in the send connector";
    check(&by_mx, &format!("deferred ours: 451 4.4.4 {text} | unusable")).await;
    let nameless = SendConnector { certificate: Some("hq".into()), ..connector(&["127.0.0.1:1"]) };
    let text = "Send connector \"Outbound\" names certificate \"hq\", which does not exist";
    check(&nameless, &format!("deferred ours: 451 4.3.5 {text} | unusable")).await;
    let family = SendConnector { source_address: "::1".parse().ok(), ..connector(&["127.0.0.1:1"]) };
    let text = "127.0.0.1:1: it has no address of the same family as source_address ::1";
    check(&family, &format!("deferred ours: 451 4.3.5 {text} | unreachable at Setup")).await;
}

#[tokio::test]
async fn more_recipients_than_one_transaction_takes() {
    let all: Vec<String> = (0..250).map(|number| format!("r{number}@example.com")).collect();
    let recipients: Vec<&str> = all.iter().map(String::as_str).collect();
    let mail = Mail { recipients: &recipients, ..MAIL };
    let hop = Hop::plain(Script(&[("RCPT TO:<r7@", "550 5.1.1 no")])).await;
    let outcome = send(&outbound(), &connector(&[&hop.address]), mail).await;
    let fates: Vec<_> = outcome.recipients.iter().map(|recipient| recipient.fate).collect();
    assert!(fates.iter().enumerate().all(|(at, fate)| (at == 7) == (*fate == Fate::Failed)), "{fates:?}");
    let seen = hop.seen();
    let count = |word: &str| seen[0].commands.iter().filter(|line| line.starts_with(word)).count();
    assert_eq!((seen.len(), count("MAIL"), count("RCPT"), hop.messages().len()), (1, 3, 250, 3));
}

#[tokio::test]
async fn recipients_that_were_too_many_follow_at_once() {
    let hop = Hop::start(&[Script(&[("RCPT TO:<b@", "452 4.5.3 too many")])], None).await;
    let outcome = send(&outbound(), &connector(&[&hop.address]), MAIL).await;
    // Alone, it is not too many: the word is taken as it is.
    assert_eq!(shown(&outcome), "delivered 250 2.0.0 taken | deferred 452 4.5.3 too many | answered");
    let mails = hop.seen()[0].commands.iter().filter(|line| line.starts_with("MAIL")).count();
    assert_eq!(mails, 2, "{:?}", hop.seen());
}

#[tokio::test]
async fn a_body_of_many_chunks_arrives_whole() {
    let text = ".line of text\r\n".repeat(BODY_CHUNK / 10);
    let mail = Mail { text: &text, size: text.len() as u64, ..MAIL };
    check_with(mail, &[], "delivered 250 2.0.0 taken | delivered 250 2.0.0 taken | answered").await;
}

#[tokio::test]
async fn the_envelope_is_what_was_asked_for() {
    let hop = Hop::plain(Script::default()).await;
    let connector = SendConnector { fqdn: Domain::parse("mail.contoso.com").ok(), ..connector(&[&hop.address]) };
    let outcome = send(&outbound(), &connector, Mail { eight_bit: true, ..MAIL }).await;
    let commands =
        ["EHLO mail.contoso.com", "MAIL FROM:<s@contoso.com> SIZE=26 BODY=8BITMIME", "RCPT TO:<a@example.com>"];
    assert_eq!(hop.seen()[0].commands[..3], commands);
    let expected = "\
+ hop
< 220 hop ESMTP
> EHLO mail.contoso.com
< 250-hop
< 250-PIPELINING
< 250-8BITMIME
< 250 SIZE 1000000
> MAIL FROM:<s@contoso.com> SIZE=26 BODY=8BITMIME
> RCPT TO:<a@example.com>
> RCPT TO:<b@example.com>
";
    let transcript = transcript(&outcome);
    assert!(transcript.starts_with(expected), "{transcript}");
    assert!(
        transcript.ends_with("> DATA\n< 354 go\n* the message, 30 octets with its end\n< 250 2.0.0 taken\n"),
        "{transcript}"
    );
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_nobodys_fault_but_ours() {
    struct NoBodies;
    #[async_trait]
    impl Bodies for NoBodies {
        async fn create(&self, _: Scope, _: TenantId, _: Timestamp) -> Result<Box<dyn BodyWriter>, StoreError> {
            Err(StoreError::not_found("body"))
        }
        async fn open(&self, _: Scope, _: BodyId) -> Result<Box<dyn BodyReader>, StoreError> {
            Err(StoreError::not_found("body"))
        }
        async fn remove(&self, _: Scope, _: BodyId) -> Result<(), StoreError> {
            Err(StoreError::not_found("body"))
        }
        async fn collect_orphans(&self, _: Scope, _: Timestamp) -> Result<Orphans, StoreError> {
            Err(StoreError::not_found("body"))
        }
    }
    let hop = Hop::plain(Script::default()).await;
    let connector =
        SendConnector { smart_hosts: Box::new([SmartHost::parse(&hop.address).unwrap()]), ..connector(&[]) };
    let attempt = Attempt {
        message: None,
        tenant: TENANT,
        connector: &connector,
        certificate: None,
        hostname: "relay.example.net",
        reverse_path: None,
        recipients: &[Recipient::from("a@example.com")],
        size: 5,
        eight_bit: false,
        binary: false,
        smtp_utf8: false,
        ret: None,
        envid: None,
        body: Body::Stored { bodies: Arc::new(NoBodies), scope: Scope::Operator, id: BodyId(1) },
        dot_sent: None,
    };
    let outcome = outbound().attempt(&attempt).await;
    let expected = "deferred ours: 451 4.3.0 The message could not be read | unreadable: body does not exist";
    assert_eq!(shown(&outcome), expected);
    assert_eq!(hop.messages(), Vec::<String>::new());
}
