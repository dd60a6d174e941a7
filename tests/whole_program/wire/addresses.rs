//! By address (rule A7), over IPv4 and IPv6.

use super::row::{denied, passes, play, refused, row};
use super::world::World;
use crate::peers::{Peer, Shows};

const TLS_REQUIRED: &str = "454 4.7.0 Failed to establish appropriate TLS channel: Access Denied";

#[test]
fn over_ipv4() {
    let world = World::new();
    let at = "127.1.2.7";
    let plain = || Shows::PlainText;
    let rows = [
        row("own sender", plain(), "a@contoso.com", passes("A7 contoso/Printers")).at(at),
        row("own sender over TLS", Shows::NoCertificate, "a@contoso.com", passes("A7 contoso/Printers")).at(at),
        row("foreign sender", plain(), "x@example.net", denied("contoso/Printers sender-not-held")).at(at),
        row("null sender", plain(), "", denied("contoso/Printers null-sender")).at(at),
        row("another tenant's sender", plain(), "f@fabrikam.com", denied("contoso/Printers sender-not-held")).at(at),
        row("another address", plain(), "a@contoso.com", denied("contoso/Printers address-differs")).at("127.1.2.200"),
        row("TLS demanded and there", Shows::NoCertificate, "n@northwind.com", passes("A7 northwind/Encrypted"))
            .at("127.1.3.1"),
        row(
            "TLS demanded and missing",
            plain(),
            "n@northwind.com",
            refused(TLS_REQUIRED, "A8 northwind/Encrypted", "northwind/Encrypted tls-required"),
        )
        .at("127.1.3.1"),
        row("any sender", plain(), "x@example.net", passes("A7 northwind/Gateway")).at("127.1.4.1"),
        row("any sender, the null one", plain(), "", passes("A7 northwind/Gateway")).at("127.1.4.1"),
        row("in scope", plain(), "d@division.example", passes("A7 northwind/Division")).at("127.1.5.1"),
        row("out of scope", plain(), "n@northwind.com", denied("northwind/Division out-of-scope")).at("127.1.5.1"),
    ];
    play(&world, Peer::Swaks, &rows);
}

#[test]
fn over_ipv6() {
    if std::net::TcpListener::bind("[::1]:0").is_err() {
        println!("skipped: IPv6: this machine has no ::1");
        return;
    }
    let world = World::new();
    let plain = || Shows::PlainText;
    let rows = [
        row("own sender", plain(), "a@contoso.com", passes("A7 contoso/Printers")).at("::1"),
        row("foreign sender", plain(), "x@example.net", denied("contoso/Printers sender-not-held")).at("::1"),
        row("null sender", plain(), "", denied("contoso/Printers null-sender")).at("::1"),
        row("another tenant's sender", plain(), "f@fabrikam.com", denied("contoso/Printers sender-not-held")).at("::1"),
    ];
    play(&world, Peer::Own, &rows);
}
