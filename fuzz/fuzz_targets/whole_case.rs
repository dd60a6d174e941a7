//! A whole case: files in, the answer out in every form and language, masked and not. Nothing that could drive a terminal
//! or a browser gets into it.

#![no_main]

use core_wording::Language;
use fuzz::case;
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use service_diagnosis::report::{html, lines, lint_lines};
use service_diagnosis::{Diagnosis, diagnose, lint, redact};

/// The time at which the cases are judged: 24 November 2026.
const NOW: i64 = 1_795_500_000;

/// Longest page and text, in octets. Evidence of some kilobytes makes less than a tenth of it.
const MAX_LENGTH: usize = 8 * 1024 * 1024;

fuzz_target!(|data: &[u8]| {
    let evidence = case(data);
    let now = Timestamp::from_second(NOW).unwrap_or_default();
    let found = lint(&evidence, now);
    for language in Language::ALL {
        let told = lint_lines(&found.clone().worded(language), language, 80);
        told.iter().for_each(|line| check_line(&line.text));
    }
    let answer = diagnose(&evidence, now);
    for answer in [redact(answer.clone()), answer] {
        Language::ALL.into_iter().for_each(|language| show(answer.clone().worded(language), language));
    }
});

fn show(answer: Diagnosis, language: Language) {
    let page = html(&answer, language);
    assert!(page.len() <= MAX_LENGTH, "a page of {} octets", page.len());
    assert!(!page.contains("<script") && page.ends_with("</html>\n"), "{page}");
    let told = lines(&answer, language, 80);
    told.iter().for_each(|line| check_line(&line.text));
    assert!(told.iter().map(|line| line.text.len()).sum::<usize>() <= MAX_LENGTH, "{} lines", told.len());
    assert!(serde_json::to_string(&answer).is_ok(), "the answer is no JSON");
}

fn check_line(line: &str) {
    assert!(!line.chars().any(char::is_control), "control characters: {line:?}");
}
