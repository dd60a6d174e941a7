//! The reports of an example; what log text may not do to them; and their parts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod example;
mod parts;
mod safety;
mod schema;

use core_wording::Language;

use super::{html, lines};

fn text(diagnosis: &crate::Diagnosis, language: Language, width: usize) -> String {
    lines(diagnosis, language, width).iter().map(|line| format!("{}\n", line.text.trim_end())).collect()
}

#[test]
fn the_example_on_a_terminal() {
    let diagnosis = example::renewed();
    insta::assert_snapshot!("terminal_en", text(&diagnosis, Language::English, 100));
    insta::assert_snapshot!("terminal_cs", text(&diagnosis, Language::Czech, 72));
}

#[test]
fn the_first_line_is_the_cause_and_the_second_the_repair() {
    let lines = lines(&example::renewed(), Language::English, 200);
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).take(3).collect();
    assert_eq!(
        texts,
        [
            "Cause C01 (certain): Exchange sends CN=mail.contoso.net; connector \"Inbound from HQ\" wants *.contoso.com",
            "Repair: let \"Inbound from HQ\" take the new name, once contoso.net is an accepted domain",
            "",
        ]
    );
}

#[test]
fn without_a_cause_it_says_what_is_known_and_what_to_bring() {
    let known = crate::Diagnosis { causes: Vec::new(), ..example::renewed() };
    let nothing = crate::Diagnosis::default();
    let quiet = crate::Diagnosis { refusals: Vec::new(), missing: Vec::new(), next: Vec::new(), ..known.clone() };
    for (name, diagnosis, first, second) in [
        ("refused", known, "No cause is shown yet for 550 5.7.64", "Next: Show the accepted domains"),
        ("nothing read", nothing, "Nothing was read", "Next: hand over"),
        ("no refusal", quiet, "No refusal and no cause", "There is nothing to repair"),
    ] {
        let lines = lines(&diagnosis, Language::English, 300);
        let begins = |at: usize, with: &str| lines.get(at).is_some_and(|line| line.text.starts_with(with));
        assert!(begins(0, first) && begins(1, second), "{name}: {lines:#?}");
    }
}

#[test]
fn the_page_is_the_same_each_time_and_whole() {
    let page = html(&example::renewed(), Language::Czech);
    assert_eq!(page, html(&example::renewed(), Language::Czech));
    for part in ["<html lang=\"cs\">", "<mark>CN=mail.contoso.net</mark>", "<mark>net</mark>", "</html>"] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    for (outside, why) in
        [("http://", "a reference"), ("https://", "a reference"), ("<script", "a script"), ("src=", "a file")]
    {
        assert!(!page.contains(outside), "the page has {why}");
    }
}

#[test]
fn every_kind_and_side_has_a_name() {
    let kinds = crate::evidence::EvidenceKind::ALL.iter().map(|kind| format!("kind-{}", kind.name()));
    let sides = ["exchange-online", "exchange-server", "exchange-2010", "postfix", "postwarden", "network"];
    for id in kinds.chain(sides.map(|side| format!("side-{side}"))) {
        for language in Language::ALL {
            assert!(core_wording::knows(&id, language), "{language:?} has no {id}");
        }
    }
}
