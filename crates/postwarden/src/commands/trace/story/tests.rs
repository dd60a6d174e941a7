//! Events as they are told, those of older versions among them, and what follows from them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use service_admin::wire::TraceEvent;

use super::{next, of};

fn event(kind: &str, rcpt_to: Option<&str>, details: &str) -> TraceEvent {
    TraceEvent {
        at: "2026-01-05T09:30:00Z".parse().unwrap(),
        tenant: "contoso".into(),
        reference: "R".into(),
        kind: kind.into(),
        mail_from: "anna@contoso.com".into(),
        rcpt_to: rcpt_to.map(Into::into),
        details: serde_json::from_str(details).unwrap(),
    }
}

#[test]
fn events_in_plain_words() {
    let check = |kind: &str, rcpt_to: Option<&str>, details: &str, wanted: &str| {
        assert_eq!(of(&event(kind, rcpt_to, details)), wanted, "{kind} {details}");
    };
    let bob = Some("bob@x.example");
    let tls = r#"{"remote_ip":"192.0.2.1","helo":"mail.contoso.com","tls":{"version":"TLS1.3","cipher":"AES"},
        "certificate":{"names":["mail.contoso.com"],"trusted":true,"leaf_sha256":"ab"}}"#;
    let told = "from 192.0.2.1 (mail.contoso.com), TLS1.3 AES, certificate mail.contoso.com (trusted, SHA-256 ab)";
    check("connected", None, tls, told);
    check("connected", None, "{}", "from an address that the balancer did not tell, no TLS");
    let own = r#"{"rule":"A5","direction":"originating","connector":"HQ","send_connector":"Out"}"#;
    let told = "<bob@x.example> the tenant's own by connector \"HQ\", rule A5; goes out by \"Out\"";
    check("attributed", bob, own, told);
    let accepted = r#"{"size":4711,"recipients":2,"message_id":"<m@contoso.com>"}"#;
    check("accepted", None, accepted, "4711 octets for 2 recipients, Message-ID <m@contoso.com>");
    let old = r#"{"rule":"A9","direction":"incoming"}"#;
    check("accepted", bob, old, "<bob@x.example> incoming, rule A9");
    let deferred = r#"{"next_hop":"hub [192.0.2.9]:25","reply":"451 4.7.1 later","attempt":2,"next_attempt":"2026-01-05T10:00:00.791189461Z"}"#;
    let told =
        "<bob@x.example> at hub [192.0.2.9]:25 (no TLS): 451 4.7.1 later; attempt 2; again at 2026-01-05T10:00:00Z";
    check("deferred", bob, deferred, told);
    let proved = r#"{"next_hop":"hub","tls":"TLS1.3 AES","peer_proved":true,"reply":"250 2.0.0 taken","attempt":1}"#;
    let told = "<bob@x.example> at hub (TLS1.3 AES; its certificate is proved): 250 2.0.0 taken";
    check("delivered", bob, proved, told);
    let nowhere = r#"{"next_hop":"","reply":"451 4.4.1 no","expired":true}"#;
    let told = "<bob@x.example> no next hop reached: 451 4.4.1 no; given up, since it was tried too long";
    check("failed", bob, nowhere, told);
    let told = "<anna@contoso.com> is told that it failed, in message B";
    check("bounced", None, r#"{"tells":"failed","to":"anna@contoso.com","notice_reference":"B"}"#, told);
    check("held", None, r#"{"by":"alice","reason":"ticket 7"}"#, "by alice: ticket 7");
}

#[test]
fn what_to_do_next() {
    let check = |kinds: &[&str], wanted: Option<&str>| {
        let events: Vec<_> = kinds.iter().map(|kind| event(kind, Some("bob@x.example"), "{}")).collect();
        let told = next("R", &events);
        match wanted {
            Some(part) => assert!(told.as_ref().is_some_and(|told| told.contains(part)), "{kinds:?}: {told:?}"),
            None => assert_eq!(told, None, "{kinds:?}"),
        }
    };
    check(&["accepted"], Some("queue list --reference R"));
    check(&["accepted", "delivered"], None);
    check(&["accepted", "deferred"], Some("queue retry --reference R"));
    check(&["accepted", "deferred", "delivered"], None);
    check(&["accepted", "deferred", "failed", "bounced"], Some("given up for good"));
    check(&["accepted", "held"], Some("queue release"));
    check(&["accepted", "held", "released", "delivered"], None);
    check(&["accepted", "held", "removed"], None);
}
