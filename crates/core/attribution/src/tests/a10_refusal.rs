//! Rule A10, and the wording of every refusal.

use super::check;
use super::world::now;
use crate::{RefusalReply, ReplyContext};

#[test]
fn nobody_holds_the_recipient() {
    check("", "cert=mail.contoso.com from=contoso.com", "5.7.64");
    check("", "plain ip=192.0.2.1 from=<> to=-", "5.7.64");
    check("t: t.example; A = m.vendor.example", "cert=m.vendor.example", "5.7.64 ATTR36 A");
    check("t: t.example; A = m.vendor.example", "cert=m.vendor.example to=t.example", "A9 t");
}

#[test]
fn replies() {
    let check = |reply: RefusalReply, expected: &str| assert_eq!(reply.to_string(), expected);
    check(RefusalReply::TenantAttribution, "550 5.7.64 TenantAttribution; Relay Access Denied");
    check(RefusalReply::Attr36, "550 5.7.64 Relay Access Denied ATTR36");
    let start = |reply: RefusalReply, expected: &str| {
        assert!(reply.to_string().starts_with(expected), "{reply} does not start with {expected}");
    };
    start(RefusalReply::ForeignSender, "550 5.7.1 ");
    start(RefusalReply::TlsRequired, "454 4.7.0 ");
    start(RefusalReply::PartnerRestriction, "550 5.7.51 TenantInboundAttribution; ");
    start(RefusalReply::DirectSend, "550 5.7.68 ");
    start(RefusalReply::NoRoute, "451 4.4.4 ");
    start(RefusalReply::DirectoryUnavailable, "451 4.3.0 ");
}

#[test]
fn the_context_follows_in_brackets() {
    let context = ReplyContext { hostname: "relay.example.net", at: now(), reference: "k7m2q9x4" };
    let text = RefusalReply::TenantAttribution.text_with(context);
    let expected = "TenantAttribution; Relay Access Denied [relay.example.net 2026-06-01T12:00:00.000Z k7m2q9x4]";
    assert_eq!(text, expected);
}
