//! Mail for a tenant's own domain (rule A9), routes (rule A13), and suspended tenants (rule A14).

use super::row::{denied, passes, play, refused, row, with};
use super::world::World;
use crate::peers::{Peer, Shows};

const PARTNER: &str = "550 5.7.51 TenantInboundAttribution; There is a partner connector configured that matched the \
                       message's recipient domain. The connector had either the RestrictDomainsToIPAddresses or \
                       RestrictDomainsToCertificate set";
const DIRECT: &str =
    "550 5.7.68 TenantInboundAttribution; Direct Send not allowed for this organization from unauthorized sources";
const TLS_REQUIRED: &str = "454 4.7.0 Failed to establish appropriate TLS channel: Access Denied";
const SUSPENDED: &str = "450 4.7.1 Mail of this organization is suspended; try again later";
const NO_ROUTE: &str = "451 4.4.4 No send connector takes mail for this domain; try again later";

#[test]
fn told_by_our_own_client() {
    let world = World::new();
    let plain = || Shows::PlainText;
    let rows = [
        row("anybody to a tenant", plain(), "x@example.net", passes("A9 contoso")).to("a@contoso.com"),
        row("a bounce to a tenant", plain(), "", passes("A9 contoso")).to("a@contoso.com"),
        row(
            "one tenant to another",
            with(world.root.server("mail.contoso.com")),
            "a@contoso.com",
            passes("A5 contoso/HQ"),
        )
        .to("f@fabrikam.com"),
        row("a partner from its address", plain(), "b@bank.example", passes("A9 humongous/Bank"))
            .to("h@humongous.com")
            .at("127.1.6.1"),
        row(
            "a partner from elsewhere",
            plain(),
            "b@bank.example",
            refused(PARTNER, "A9 humongous/Bank", "humongous/Bank address-differs"),
        )
        .to("h@humongous.com"),
        row("a partner over TLS", Shows::NoCertificate, "i@insurance.example", passes("A9 humongous/Insurance"))
            .to("h@humongous.com"),
        row(
            "a partner without TLS",
            plain(),
            "i@insurance.example",
            refused(TLS_REQUIRED, "A9 humongous/Insurance", "humongous/Insurance tls-required"),
        )
        .to("h@humongous.com"),
        row("direct send", plain(), "h@humongous.com", refused(DIRECT, "A9 humongous", "humongous/ direct-send"))
            .to("h@humongous.com"),
        row("an unverified domain is nobody's", plain(), "x@example.net", denied("northwind/Gateway address-differs"))
            .to("t@tailspin.com"),
        row("no route", plain(), "x@example.net", refused(NO_ROUTE, "A13 northwind/Gateway", "northwind/ no-route"))
            .to("bob@unrouted.example")
            .at("127.1.4.1"),
        row(
            "of a suspended tenant",
            plain(),
            "a@litware.com",
            refused(SUSPENDED, "A14 litware/Site", "litware/ suspended"),
        )
        .at("127.1.7.1"),
        row(
            "for a suspended tenant",
            plain(),
            "x@example.net",
            refused(SUSPENDED, "A14 litware", "litware/ suspended"),
        )
        .to("a@litware.com"),
    ];
    play(&world, Peer::Own, &rows);
}
