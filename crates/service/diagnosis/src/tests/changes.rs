//! What the wizard changed is told: "what was it before?" has an answer.

use core_wording::Language;

use super::world::{PLAIN, World, answered, now, sent};
use crate::evidence::{Evidence, SettingChange, SourceId};
use crate::{Reader, diagnose};

const LOG: &[u8] = include_bytes!("../../../../../tests/evidence/hcw/20260312_081503.log");
const RECORD: &[u8] = include_bytes!("../../../../../tests/evidence/hcw/20260312_081503.xhcw");

/// What is remarked of files of the wizard.
fn told(files: &[&[u8]], language: Language) -> Vec<String> {
    let mut evidence = Evidence::default();
    for (id, octets) in (0..).zip(files) {
        let mut reader = Reader::new(SourceId(id), "wizard.log");
        reader.feed(octets);
        evidence.merge(reader.finish());
    }
    remarked(&evidence, language)
}

fn remarked(evidence: &Evidence, language: Language) -> Vec<String> {
    let remarks = diagnose(evidence, now()).worded(language).remarks.into_iter();
    remarks.filter(|remark| remark.code.starts_with("remark-wizard")).map(|remark| remark.text).collect()
}

#[test]
fn what_a_field_was_before_is_told() {
    let issued = |authority: &str, name: &str| {
        format!("<I>CN={authority} Issuing CA, O=Example Trust, C=US<S>CN={name}, O=Contoso, C=CZ")
    };
    let (old, new) = (issued("Old", "mail.contoso.com"), issued("New", "mail.contoso.net"));
    let [connector, inbound] = ["Outbound to Office 365", "Inbound from 6f6ca1c5-5c4c-4c1b-9d6f-000000000001"];
    let clock = "(local time of its machine)";
    let set = format!(
        "The Hybrid Configuration Wizard set TlsCertificateName of {connector} to {new} at 2026-03-12 08:16:31 {clock}; before, it \
         was {old} (wizard.log:17)."
    );
    let left = |property: &str, object: &str, value: &str, time: &str, line: u64| {
        format!(
            "The Hybrid Configuration Wizard found {property} of {object} to be {value} at 2026-03-12 {time} {clock}, and left it \
             so (wizard.log:{line})."
        )
    };
    let domain = left("TlsDomain", connector, "mail.protection.outlook.com", "08:16:31", 17);
    let wanted = left("TlsSenderCertificateName", inbound, "mail.contoso.com", "08:15:58", 14);
    assert_eq!(told(&[LOG], Language::English), [domain, set, wanted]);
}

#[test]
fn a_record_does_not_tell_whether_it_was_done() {
    let told_of_record = told(&[RECORD], Language::Czech);
    let first = "Průvodce hybridní konfigurací měl v 2026-03-12 07:16:33 UTC nastavit TlsSenderCertificateName objektu Inbound from \
                 6f6ca1c5 na *.contoso.net; co tam bylo předtím, soubor neuvádí. Zda se to podařilo, soubor neuvádí (wizard.log:7).";
    assert_eq!((told_of_record.len(), told_of_record.first().map(String::as_str)), (2, Some(first)));
    let both = told(&[LOG, RECORD], Language::English);
    let of_certificate = both.iter().filter(|text| text.contains("TlsCertificateName of")).count();
    assert_eq!(of_certificate, 1, "the log tells what the record tells, and more: {both:#?}");
}

#[test]
fn an_earlier_run_and_no_more_than_the_newest_are_told() {
    let mut world = World::new().attempt(sent("10:00", answered(PLAIN), None));
    let mut reader = Reader::new(SourceId(0), "wizard.log");
    reader.feed(LOG);
    let first = reader.finish().changes.into_iter().find(|change| change.is_confirmed).unwrap();
    let change = |number: usize| SettingChange {
        property: "TlsSenderCertificateName".into(),
        at: None,
        before: None,
        earlier: (number > 0).then(|| format!("{}.contoso.com", number - 1).into()),
        after: format!("{number}.contoso.com").into(),
        ..first.clone()
    };
    world.evidence.changes = (0..20).map(change).collect();
    let told = remarked(&world.evidence, Language::English);
    let newest = "The Hybrid Configuration Wizard set TlsSenderCertificateName of Outbound to Office 365 to 19.contoso.com; an \
                  earlier run had set it to 18.contoso.com (send.log:17).";
    assert_eq!((told.len(), told.first().map(String::as_str)), (8, Some(newest)));
    let before = SettingChange { property: "RequireTls".into(), ..change(0) };
    world.evidence.changes = vec![before];
    assert_eq!(remarked(&world.evidence, Language::English), Vec::<String>::new(), "it decides nothing");
}
