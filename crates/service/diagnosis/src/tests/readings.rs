//! P07: points on which Microsoft is silent.

use super::world::{PLAIN, World, certificate, found, inbound};
use crate::answer::Certainty::Likely;

#[test]
fn where_only_a_reading_decides_it_is_said() {
    let check = |value: &str, name: &str, accepted: &[&str], expected: &str| {
        let world = World::new().connectors([inbound("HQ", Some(value), &[])]).domains(accepted).refused(
            "10:00",
            PLAIN,
            &certificate(&[name]),
        );
        let diagnosis = world.diagnose();
        assert_eq!(found(&diagnosis)[0], ("P07", Likely), "{value} {name}: {diagnosis:#?}");
        let commands: Vec<_> = diagnosis.causes[0].repair.iter().flat_map(|repair| &repair.commands).collect();
        assert!(commands.iter().any(|command| command.contains(expected)), "{value} {name}: {commands:?}");
    };
    check("*.contoso.com", "contoso.com", &["contoso.com"], "-TlsSenderCertificateName 'contoso.com'");
    check("*.contoso.com", "mail.eu.contoso.com", &["contoso.com"], "-TlsSenderCertificateName '*.eu.contoso.com'");
    check("mail.contoso.com", "*.contoso.com", &["contoso.com", "mail.contoso.com"], "'*.contoso.com'");
}

#[test]
fn where_no_reading_decides_it_is_not() {
    let world = World::new().connectors([inbound("HQ", Some("*.contoso.com"), &[])]).domains(&["contoso.com"]).refused(
        "10:00",
        PLAIN,
        &certificate(&["mail.contoso.com"]),
    );
    assert!(!found(&world.diagnose()).iter().any(|(code, _)| *code == "P07"));
}
