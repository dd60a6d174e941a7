//! Who owns a name, and whose the sender is (rules A4, A5, A6, A8).

use super::row::{ATTR36, denied, passes, play, refused, row, with};
use super::world::World;
use crate::peers::Peer;
use crate::pki::Leaf;

#[test]
fn told_by_swaks() {
    let world = World::new();
    let server = |name: &str| with(world.root.server(name));
    let both = || with(world.root.issue(Leaf::san(&["mail.contoso.com", "mail.fabrikam.com"])));
    let rows = [
        row(
            "unowned exact value, own sender",
            server("mail.vendor.example"),
            "w@woodgrove.com",
            passes("A6 woodgrove/Vendor"),
        ),
        row(
            "unowned exact value, foreign sender",
            server("mail.vendor.example"),
            "f@fabrikam.com",
            refused(ATTR36, "A10 Vendor", "woodgrove/Vendor domain-not-accepted"),
        ),
        row(
            "unowned exact value, null sender",
            server("mail.vendor.example"),
            "",
            refused(ATTR36, "A10 Vendor", "woodgrove/Vendor domain-not-accepted"),
        ),
        row(
            "unverified domain",
            server("mail.tailspin.com"),
            "t@tailspin.com",
            refused(ATTR36, "A10 Unproved", "tailspin/Unproved domain-unverified"),
        ),
        row(
            "disabled connector",
            server("mail.retired.example"),
            "n@northwind.com",
            denied("northwind/Retired disabled"),
        ),
        row(
            "another tenant's domain as sender",
            server("mail.contoso.com"),
            "f@fabrikam.com",
            refused(
                "550 5.7.1 The sender's domain is registered by another organization",
                "A8 contoso/HQ",
                "contoso/HQ foreign-sender",
            ),
        ),
        row("two tenants' names, the sender decides", both(), "f@fabrikam.com", passes("A5 fabrikam/Edge")),
        row("two tenants' names, nobody's sender", both(), "x@example.net", denied("contoso/HQ ambiguous")),
    ];
    play(&world, Peer::Swaks, &rows);
}
