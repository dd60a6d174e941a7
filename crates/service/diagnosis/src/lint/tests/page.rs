//! The page about lint has every code with its severity, and no other; every code has its texts.

use std::collections::BTreeMap;

use core_attribution::{LINT_CODES, LintCode, Severity};
use core_wording::{Language, knows};

use crate::lint::codes::CODES;

const PAGE: &str = include_str!("../../../../../../docs/lint.md");

fn severity(code: LintCode) -> &'static str {
    match code.severity {
        Severity::Broken => "broken",
        Severity::WillBreak => "will break",
        Severity::Doubtful => "doubtful",
    }
}

#[test]
fn every_code() {
    let cells = PAGE.lines().filter(|line| line.starts_with("| `")).map(|line| line.split('|').map(str::trim));
    let rows: BTreeMap<String, String> = cells
        .map(|mut cells| (cells.nth(1).unwrap().trim_matches('`').to_owned(), cells.next().unwrap().to_owned()))
        .collect();
    let codes: BTreeMap<String, String> =
        LINT_CODES.iter().chain(CODES).map(|code| (code.name().to_owned(), severity(*code).to_owned())).collect();
    assert_eq!(codes.len(), LINT_CODES.len() + CODES.len(), "a code stands in both lists");
    assert_eq!(rows, codes);
}

#[test]
fn every_code_has_its_texts() {
    for code in LINT_CODES.iter().chain(CODES) {
        for language in Language::ALL {
            assert!(knows(code.text(), language), "{language:?} has no text for {code}");
        }
    }
}
