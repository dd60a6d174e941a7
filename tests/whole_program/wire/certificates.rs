//! Odd certificates: trust, dates, use, pins (rule A2). None of them fails the handshake.

use rcgen::ExtendedKeyUsagePurpose as Use;

use super::row::{denied, passes, play, row, with};
use super::world::World;
use crate::client::Client;
use crate::peers::Peer;
use crate::pki::{Identity, Leaf};

const ANNA: &str = "anna@contoso.com";
const NORA: &str = "nora@northwind.com";

/// Whoever shows this very leaf is contoso.
const PINNED: &str = r#"
[[tenant]]
name = "contoso"
domain = [{ name = "contoso.com", verified = true }]

[[tenant.inbound_connector]]
name = "HQ"
tls_sender_certificate_name = "*.contoso.com"
pinned_certificates = ["LEAF"]
"#;

fn mail() -> Leaf {
    Leaf::san(&["mail.contoso.com"]).cn("mail.contoso.com")
}

fn client() -> Leaf {
    Leaf::san(&["mail.clients.example"])
}

#[test]
fn trust_and_dates() {
    let world = World::new();
    let (root, intermediate) = (&world.root, &world.intermediate);
    let rows = [
        row("self-signed", with(mail().self_signed()), ANNA, denied("contoso/HQ untrusted")),
        row("an unknown root", with(world.unknown_root.issue(mail())), ANNA, denied("contoso/HQ untrusted")),
        row("expired", with(root.issue(mail().expired())), ANNA, denied("contoso/HQ expired")),
        row("not yet valid", with(root.issue(mail().not_yet())), ANNA, denied("contoso/HQ not-yet-valid")),
        row("intermediate present", with(intermediate.issue(mail())), ANNA, passes("A5 contoso/HQ")),
        row(
            "intermediate missing",
            with(intermediate.issue(mail()).without_intermediates()),
            ANNA,
            denied("contoso/HQ untrusted"),
        ),
        row("denied", with(world.denied.clone()), ANNA, denied("contoso/HQ certificate-denied")).not_offline(),
        row("version 1", with(fixture("version-1")), ANNA, denied("contoso/HQ untrusted")),
        row(
            "a tenant's own root",
            with(world.northwind_root.server("mail.inside.example")),
            NORA,
            passes("A5 northwind/Own root"),
        )
        .unverified(),
        row("another tenant's root", with(world.northwind_root.issue(mail())), ANNA, denied("contoso/HQ untrusted")),
    ];
    play(&world, Peer::OpenSsl, &rows);
    play(&world, Peer::OpenSslTls12, &rows);
}

#[test]
fn use_and_pins() {
    let world = World::new();
    let root = &world.root;
    let device = || Leaf::san(&["device.pinned.example"]);
    let rows = [
        row("serverAuth only", with(root.issue(mail().only_for(Use::ServerAuth))), ANNA, passes("A5 contoso/HQ")),
        row(
            "code signing only",
            with(root.issue(mail().only_for(Use::CodeSigning))),
            ANNA,
            denied("contoso/HQ wrong-use"),
        ),
        row(
            "clientAuth demanded and there",
            with(root.issue(client().only_for(Use::ClientAuth))),
            NORA,
            passes("A5 northwind/Clients"),
        ),
        row(
            "clientAuth demanded and missing",
            with(root.issue(client().only_for(Use::ServerAuth))),
            NORA,
            denied("northwind/Clients not-for-clients"),
        ),
        row("pinned", with(world.pinned.clone()), NORA, passes("A5 northwind/Pinned")).unverified(),
        row("not the pinned one", with(root.issue(device())), NORA, denied("northwind/Pinned not-pinned")),
    ];
    play(&world, Peer::Swaks, &rows);
}

/// The key is of a kind that nobody can check: not even a pin makes the certificate prove anything. The session goes on.
#[test]
fn a_key_that_cannot_be_checked() {
    let weak = fixture("rsa-1024");
    let world = World::with(&PINNED.replace("LEAF", &weak.thumbprint()));
    let rows = [row("RSA with 1024 bits", with(weak), ANNA, denied("contoso/HQ key-not-proved"))];
    play(&world, Peer::OpenSsl, &rows);
}

/// Somebody else's certificate, signed for with a key of one's own.
#[test]
fn a_certificate_without_its_key() {
    let world = World::new();
    let (victim, thief) = (world.root.server("mail.contoso.com"), world.root.server("mail.fabrikam.com"));
    let greeted = || Client::greeted(world.relay.address());
    let outcome = greeted().handshake_with(&victim.chain(), &thief.key);
    assert!(outcome.is_err(), "the handshake went through with the wrong key");
    let own = greeted().handshake_with(&victim.chain(), &victim.key);
    assert!(own.is_ok(), "the handshake failed with the right key: {:?}", own.err());
}

/// A certificate that rcgen cannot make.
fn fixture(name: &str) -> Identity {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../io/tls/src/fixtures");
    let read = |kind: &str| std::fs::read_to_string(folder.join(format!("{name}.{kind}"))).unwrap();
    Identity { leaf: read("pem"), intermediates: String::new(), key: read("key") }
}
