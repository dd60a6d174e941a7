//! Warm connections, smart hosts in turn, and hops that are down.

use super::hop::{CLOSE, Hop, Script};
use super::*;

/// Sends two messages over one `Outbound`, and says how many connections the hop saw.
async fn two(scripts: &[Script], second: impl Fn(&mut SendConnector, &mut Mail<'_>)) -> (Vec<String>, usize) {
    let hop = Hop::start(scripts, None).await;
    let outbound = outbound();
    let mut connector = connector(&[&hop.address]);
    let mut mail = Mail { recipients: &["a@example.com"], ..MAIL };
    let first = shown(&send(&outbound, &connector, mail).await);
    second(&mut connector, &mut mail);
    let second = shown(&send(&outbound, &connector, mail).await);
    (vec![first, second], hop.seen().len())
}

const DELIVERED: &str = "delivered 250 2.0.0 taken | answered";

#[tokio::test]
async fn a_connection_is_used_again_only_for_the_same() {
    let check = async |second: fn(&mut SendConnector, &mut Mail<'_>), connections: usize| {
        let (outcomes, seen) = two(&[Script::default()], second).await;
        assert_eq!(outcomes, [DELIVERED, DELIVERED]);
        assert_eq!(seen, connections);
    };
    check(|_, _| {}, 1).await;
    check(|_, mail| mail.tenant = TenantId(2), 2).await;
    check(|connector, _| connector.id = SendConnectorId(8), 2).await;
    check(|connector, _| connector.fqdn = core_directory::Domain::parse("mail.contoso.com").ok(), 2).await;
    check(|connector, _| connector.tls = TlsLevel::Opportunistic, 2).await;
    check(|connector, _| connector.source_address = "127.0.0.1".parse().ok(), 2).await;
}

#[tokio::test]
async fn a_connection_that_died_idle_costs_nothing() {
    // It closes when the second message comes, or says goodbye then, or has done so before.
    let cases: [&'static [(&'static str, &'static str)]; 3] = [
        &[("MAIL FROM:<s@contoso.com> SIZE=1 ", CLOSE), ("MAIL FROM:<s@contoso.com> SIZE=1", CLOSE)],
        &[("MAIL FROM:<s@contoso.com> SIZE=1", "421 4.4.2 idle too long")],
        &[(".", "250 2.0.0 taken\n421 4.4.2 idle too long")],
    ];
    for rules in cases {
        let (outcomes, seen) = two(&[Script(rules), Script::default()], |_, mail| mail.size = 1).await;
        assert_eq!((outcomes, seen), (vec![DELIVERED.to_owned(), DELIVERED.to_owned()], 2), "{rules:?}");
    }
}

#[tokio::test]
async fn a_refused_message_leaves_the_connection_warm() {
    let (outcomes, seen) =
        two(&[Script(&[("RCPT TO:<a@", "550 5.1.1 no")])], |_, mail| mail.recipients = &["b@b"]).await;
    assert_eq!(outcomes, ["failed 550 5.1.1 no | answered", DELIVERED]);
    assert_eq!(seen, 1);
}

#[tokio::test]
async fn a_connection_carries_a_limited_number_of_messages() {
    let hop = Hop::plain(Script::default()).await;
    let (outbound, connector) = (outbound(), connector(&[&hop.address]));
    for _ in 0..=crate::MAX_MESSAGES_PER_CONNECTION {
        assert!(shown(&send(&outbound, &connector, MAIL).await).starts_with("delivered"));
    }
    let counts: Vec<_> = hop.seen().iter().map(|seen| seen.messages.len()).collect();
    assert_eq!(counts, [50, 1]);
}

#[tokio::test]
async fn smart_hosts_are_tried_in_turn() {
    let one = Mail { recipients: &["a@example.com"], ..MAIL };
    let check = async |first: Script, expected: &str, second_seen: usize| {
        let (first, second) = (Hop::plain(first).await, Hop::plain(Script::default()).await);
        let outcome = send(&outbound(), &connector(&[&first.address, &second.address]), one).await;
        assert_eq!(shown(&outcome), expected, "{}", transcript(&outcome));
        assert_eq!(second.seen().len(), second_seen, "{expected}");
    };
    check(Script::default(), DELIVERED, 0).await;
    check(Script(&[("banner", "554 5.7.1 no")]), DELIVERED, 1).await;
    check(Script(&[("EHLO", CLOSE)]), DELIVERED, 1).await;
    check(Script(&[("MAIL", CLOSE)]), DELIVERED, 1).await;
    // Its word counts once it has taken the session, and behind the final dot nobody else is asked.
    check(Script(&[("MAIL", "550 5.7.1 no")]), "failed 550 5.7.1 no | answered", 0).await;
    check(Script(&[("MAIL", "451 4.3.0 later")]), "deferred 451 4.3.0 later | answered", 0).await;
    check(
        Script(&[(".", CLOSE)]),
        "deferred ours: 451 4.4.2 hop: the peer closed the connection in answer to the end of data; it may have taken \
         the message, which will be sent again | in doubt",
        0,
    )
    .await;
}

#[tokio::test]
async fn what_one_host_decided_is_not_asked_of_the_next() {
    let all: Vec<String> = (0..150).map(|number| format!("r{number}@example.com")).collect();
    let recipients: Vec<&str> = all.iter().map(String::as_str).collect();
    // The first host goes in the second transaction, at the recipient that only that one has.
    let first = Hop::plain(Script(&[("RCPT TO:<r120@", CLOSE)])).await;
    let second = Hop::plain(Script::default()).await;
    let hosts = [first.address.as_str(), &second.address];
    let outcome = send(&outbound(), &connector(&hosts), Mail { recipients: &recipients, ..MAIL }).await;
    assert!(outcome.recipients.iter().all(|recipient| recipient.fate == Fate::Delivered), "{}", shown(&outcome));
    let count = |hop: &Hop| hop.seen()[0].commands.iter().filter(|line| line.starts_with("RCPT TO:<r9")).count();
    assert_eq!((count(&first), count(&second)), (11, 0));
    assert_eq!((first.messages().len(), second.messages().len()), (1, 1));
}

#[tokio::test]
async fn a_hop_that_is_down_is_left_alone_for_a_while() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let (outbound, connector) = (outbound(), connector(&[&free]));
    assert_eq!(outbound.back_off(TENANT, &connector), None);
    let outcome = send(&outbound, &connector, MAIL).await;
    let shown = shown(&outcome);
    assert!(
        shown.contains("451 4.4.1 hop: the connection failed: ") && shown.ends_with("unreachable at Connect"),
        "{shown}"
    );
    assert!(outbound.back_off(TENANT, &connector).is_some_and(|wait| !wait.is_zero()));
    assert_eq!(outbound.back_off(TenantId(2), &connector), None);
    assert!(!outbound.is_busy(TENANT, &connector));
}

#[tokio::test]
async fn a_name_that_does_not_exist_defers() {
    // Where no resolver answers at all, the time is up.
    let timeouts = Timeouts { resolve: Duration::from_millis(500), ..times(PATIENT) };
    let outbound = Outbound::new(OutboundConfig { timeouts }, TrustStore::default());
    let connector = connector(&["no-such-host.invalid:25"]);
    let shown = shown(&send(&outbound, &connector, Mail { recipients: &["a@example.com"], ..MAIL }).await);
    let expected = "deferred ours: 451 4.4.3 no-such-host.invalid:25: the name ";
    assert!(shown.starts_with(expected) && shown.ends_with(" | unreachable at Resolve"), "{shown}");
}

#[tokio::test]
async fn names_are_resolved() {
    let hop = Hop::plain(Script::default()).await;
    let port = hop.address.rsplit_once(':').unwrap().1;
    let outcome = send(&outbound(), &connector(&[&format!("localhost:{port}")]), MAIL).await;
    assert!(shown(&outcome).ends_with("answered"), "{}", transcript(&outcome));
    assert_eq!(outcome.next_hop, format!("localhost [127.0.0.1]:{port}"));
}
