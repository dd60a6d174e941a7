//! No code without a text, no text without its code, no argument left open, in any language.

use std::collections::{BTreeMap, BTreeSet};

use core_attribution::{Edit, EditKind, Side};

use crate::catalog::{Catalog, SOURCES};
use crate::codes::{CHAIN_FAULTS, DIRECTIONS, EDIT_KINDS, REASONS, RULES, edit_id, passes_id, reason_id, rule_id};
use crate::values::{FACTS, PHRASES};
use crate::{Language, chain_fault, edit, reason, rule_title};

/// Ids and the variables of their texts, by a plain reading of the source.
fn messages(source: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut messages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = String::new();
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        if let Some((id, _)) = line.split_once(" = ").filter(|_| !line.starts_with([' ', '}'])) {
            current = id.to_owned();
            assert!(messages.insert(current.clone(), BTreeSet::new()).is_none(), "{id} is there twice");
        }
        let variables = line.split('$').skip(1);
        let names = variables.filter_map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric()).next());
        messages.entry(current.clone()).or_default().extend(names.map(str::to_owned));
    }
    messages.remove("");
    messages
}

#[test]
fn both_languages_have_the_same_messages_with_the_same_variables() {
    for (name, english, czech) in SOURCES {
        let (english, czech) = (messages(english), messages(czech));
        for (id, variables) in &english {
            assert_eq!(czech.get(id), Some(variables), "{name}: the Czech text differs at {id}");
        }
        for id in czech.keys() {
            assert!(english.contains_key(id), "{name}: there is no English {id}");
        }
    }
}

#[test]
fn no_message_stands_in_two_sources() {
    let mut all = BTreeSet::new();
    for (name, english, _) in SOURCES {
        for id in messages(english).into_keys() {
            assert!(all.insert(id.clone()), "{id} of {name} is in another source too");
        }
    }
    assert!(all.len() > 100, "the sources are not read: {}", all.len());
}

#[test]
fn sources_are_well_formed() {
    for (name, english, czech) in SOURCES {
        for source in [english, czech] {
            let errors = fluent_bundle::FluentResource::try_new((*source).to_owned()).err().map(|(_, errors)| errors);
            assert_eq!(errors, None, "{name}");
        }
    }
}

fn check(id: &str, text: &str, language: Language) {
    assert_ne!(text, id, "{language:?} has no text for {id}");
    assert!(!text.contains("{$") && !text.contains("{ $"), "{language:?} {id} leaves an argument open: {text}");
    assert!(!text.contains(['\u{2068}', '\u{2069}']), "{language:?} {id} has marks around values: {text:?}");
}

#[test]
fn every_code_has_a_text_in_every_language() {
    for language in Language::ALL {
        for &code in REASONS {
            check(reason_id(code), &reason(code, language), language);
        }
        for &code in RULES {
            check(rule_id(code), &rule_title(code, language), language);
        }
        for (code, id, names) in CHAIN_FAULTS {
            let arguments: Vec<String> = names.iter().map(|name| name.to_uppercase()).collect();
            let text = chain_fault(code, &arguments, language);
            check(id, &text, language);
            for argument in &arguments {
                assert!(text.contains(argument.as_str()), "{language:?} {id} does not say {argument}: {text}");
            }
        }
        for (_, id) in PHRASES.iter().chain(&FACTS) {
            check(id, &Catalog::get(language).plain(id), language);
        }
        for &direction in DIRECTIONS {
            let arguments = [("tenant", "T"), ("connector", "C"), ("rule", "A5")];
            check(passes_id(direction), &Catalog::get(language).text(passes_id(direction), &arguments), language);
        }
    }
}

#[test]
fn every_edit_is_an_instruction_with_its_values() {
    let value = |kind: EditKind, from: &str| Edit {
        side: Side::Tenant,
        kind,
        tenant: "TENANT".into(),
        connector: "CONNECTOR".into(),
        field: "FIELD".into(),
        from: from.into(),
        to: "TO".into(),
    };
    for language in Language::ALL {
        for &kind in EDIT_KINDS {
            for from in ["", "FROM"] {
                let text = edit(&value(kind, from), language);
                check(edit_id(kind), &text, language);
                let parts: &[&str] = match kind {
                    EditKind::Set => &["TENANT", "CONNECTOR", "FIELD", from, "TO"],
                    EditKind::Add => &["TENANT", "CONNECTOR", "FIELD", "TO"],
                    EditKind::VerifyDomain => &["TENANT", "TO"],
                    EditKind::PresentCertificate | EditKind::AddTenant => &["TO"],
                    EditKind::MendCertificate => &[from],
                    EditKind::UseTls => &["STARTTLS"],
                    EditKind::UseOwnSender => &["TO", from],
                    EditKind::AddConnector => &["TENANT", "FIELD", "TO"],
                };
                for part in parts {
                    assert!(text.contains(part), "{language:?} {kind:?} does not say {part}: {text}");
                }
            }
        }
    }
}

#[test]
fn unknown_codes_show_themselves() {
    assert_eq!(chain_fault("new-fault", &["CN=x".into()], Language::Czech), "new-fault CN=x");
    assert_eq!(chain_fault("expired", &[], Language::English), "expired");
}

#[test]
fn tags_name_languages() {
    for (tag, expected) in [
        ("cs_CZ.UTF-8", Language::Czech),
        ("cs", Language::Czech),
        ("CS-cz", Language::Czech),
        ("cs@euro", Language::Czech),
        ("csb_PL", Language::English),
        ("en_US.UTF-8", Language::English),
        ("C", Language::English),
        ("C.UTF-8", Language::English),
        ("", Language::English),
    ] {
        assert_eq!(Language::from_tag(tag), expected, "{tag}");
    }
    for language in Language::ALL {
        assert_eq!(Language::from_tag(language.tag()), language);
    }
}
