//! The names in a certificate (rules A1, A3).

use super::row::{denied, passes, play, row, with};
use super::world::World;
use crate::peers::{Peer, Shows};
use crate::pki::Leaf;

const ANNA: &str = "anna@contoso.com";

#[test]
fn told_by_swaks() {
    let world = World::new();
    let server = |name: &str| with(world.root.server(name));
    let rows = [
        row("host under a wildcard", server("mail.contoso.com"), ANNA, passes("A5 contoso/HQ")),
        row("wildcard equal to wildcard", server("*.contoso.com"), ANNA, passes("A5 contoso/HQ")),
        row(
            "SAN only",
            with(world.root.issue(Leaf::san(&["www.example.org", "mail.contoso.com"]))),
            ANNA,
            passes("A5 contoso/HQ"),
        ),
        row("CN only", with(world.root.issue(Leaf::san(&[]).cn("mail.contoso.com"))), ANNA, passes("A5 contoso/HQ")),
        row("two labels deep", server("a.b.contoso.com"), ANNA, passes("A5 contoso/HQ")),
        row("bare domain", server("contoso.com"), ANNA, denied("contoso/HQ name-differs")),
        row("upper case", server("MAIL.CONTOSO.COM"), ANNA, passes("A5 contoso/HQ")),
        row("renamed", server("mail.contoso.net"), ANNA, denied("contoso/HQ name-differs")),
        row("no certificate", Shows::NoCertificate, ANNA, denied("contoso/Printers address-differs")),
        row(
            "no certificate, another tenant's sender",
            Shows::NoCertificate,
            "f@fabrikam.com",
            denied("fabrikam/Edge no-certificate"),
        ),
        row("no TLS", Shows::PlainText, ANNA, denied("contoso/Printers address-differs")),
    ];
    play(&world, Peer::Swaks, &rows);
}

#[test]
fn told_by_openssl() {
    let world = World::new();
    let server = |name: &str| with(world.intermediate.server(name));
    let rows = [
        row("host under a wildcard", server("mail.contoso.com"), ANNA, passes("A5 contoso/HQ")),
        row("any sender", server("mail.contoso.com"), "stranger@example.net", passes("A5 contoso/HQ")),
        row("null sender", server("mail.contoso.com"), "", passes("A5 contoso/HQ")),
        row("wildcard two labels deep", server("*.eu.contoso.com"), ANNA, passes("A5 contoso/HQ")),
        row("a wildcard above", server("*.com"), ANNA, denied("contoso/HQ name-differs")),
        row("the end of a name alone", server("mail.notcontoso.com"), ANNA, denied("contoso/HQ name-differs")),
        row(
            "not a name",
            with(world.root.issue(Leaf::san(&[]).cn("Anna Contoso"))),
            ANNA,
            denied("contoso/HQ name-differs"),
        ),
        row("no name at all", with(world.root.issue(Leaf::san(&[]))), ANNA, denied("contoso/HQ name-differs")),
    ];
    play(&world, Peer::OpenSsl, &rows);
}
