//! Excerpts, differences and the breaking of lines.

use core_wording::Language;
use proptest::prelude::*;
use unicode_width::UnicodeWidthStr as _;

use super::super::excerpt::excerpt;
use super::super::{Style, html, lines};
use super::example;
use core_wording::differences;

#[test]
fn differences_are_found_where_they_are() {
    for (wanted, presented, expected) in [
        // Name against name: label by label, from the right.
        ("*.contoso.com", "mail.contoso.net", (vec!["com"], vec!["net"])),
        ("*.contoso.com", "mail.contoso.com", (vec![], vec![])),
        ("mail.contoso.com", "mx.contoso.com", (vec!["mail"], vec!["mx"])),
        ("*.contoso.com", "contoso.com", (vec!["*"], vec![])),
        ("mail.contoso.com", "a.mail.contoso.com", (vec![], vec!["a"])),
        ("Mail.Contoso.com", "mail.contoso.com", (vec![], vec![])),
        ("*.contoso.com", "ex01.corp.local", (vec!["contoso", "com"], vec!["corp", "local"])),
        // Other values: what is left between equal ends, if enough is equal.
        ("CN=mail, O=Contoso", "CN=mail, O=Contoso", (vec![], vec![])),
        ("203.0.113.7", "203.0.113.9", (vec!["7"], vec!["9"])),
        ("203.0.113.7", "198.51.100.4", (vec!["203.0.113.7"], vec!["198.51.100.4"])),
        ("*.contoso.com", "no certificate", (vec!["*.contoso.com"], vec!["no certificate"])),
        ("číslo 1", "číslo 2", (vec!["1"], vec!["2"])),
        ("aa", "aaa", (vec![], vec!["a"])),
        // Lists are not compared by position.
        ("203.0.113.7, 203.0.113.8", "203.0.113.9", (vec![], vec![])),
        ("", "", (vec![], vec![])),
    ] {
        let (left, right) = differences(wanted, presented);
        let parts = |text: &'static str, ranges: Vec<std::ops::Range<usize>>| -> Vec<&str> {
            ranges.into_iter().map(|range| text.get(range).unwrap()).collect()
        };
        assert_eq!((parts(wanted, left), parts(presented, right)), expected, "{wanted} and {presented}");
    }
}

#[test]
fn carets_stand_under_what_matters() {
    let long = format!("{} here {}", "before ".repeat(40), "after ".repeat(40));
    for (text, mark, room, expected) in [
        ("a b c", Some("b"), 20, "a b c\n  ^\n"),
        ("a b c", None, 20, "a b c\n"),
        ("a b c", Some("x"), 20, "a b c\n"),
        ("日本 b", Some("本"), 20, "日本 b\n  ^^\n"),
        ("abcdefgh", Some("de"), 4, "abcd\n   ^\nefgh\n^\n"),
        (&long, Some("here"), 12, "…ore before \n here after \n ^^^^\nafter after…\n"),
        ("", Some(""), 10, "\n"),
        ("x\u{1b}[31m", Some("\u{1b}"), 10, "x\u{fffd}[31m\n ^\n"),
    ] {
        let rows = excerpt(text, mark, room);
        let shown: String = rows
            .iter()
            .flat_map(|row| [Some(&row.text), row.carets.as_ref()])
            .flatten()
            .map(|row| format!("{row}\n"))
            .collect();
        assert_eq!(shown, expected, "{text:?} {mark:?}");
    }
}

#[test]
fn a_certificate_without_an_answer_is_not_told_as_one_that_was_accepted() {
    let check = |accepted: u64, refused: u64, style: Style, classes: [&str; 2]| {
        let mut diagnosis = example::renewed();
        let mut lane = diagnosis.timeline.swap_remove(1);
        lane.spans.iter_mut().for_each(|span| (span.accepted, span.refused) = (accepted, refused));
        diagnosis.timeline = vec![lane];
        let all = lines(&diagnosis, Language::English, 200);
        let span = all.iter().find(|line| line.text.contains("AB12CD34")).unwrap();
        assert_eq!(span.style, style, "{accepted} accepted, {refused} refused: {}", span.text);
        let page = html(&diagnosis, Language::English);
        let [bar, cell] = classes;
        for part in [format!("class=\"bar {bar}\""), format!("<td class=\"{cell}\">")] {
            assert!(page.contains(&part), "{accepted} accepted, {refused} refused: {part} is not in {page}");
        }
    };
    check(0, 0, Style::Plain, ["none", "soft"]);
    check(7, 0, Style::Good, ["good", "accepted"]);
    check(0, 7, Style::Bad, ["refused", "refused"]);
    check(7, 7, Style::Notable, ["both", "note"]);
}

#[test]
fn nothing_but_the_answer_and_commands_is_wider_than_the_terminal() {
    for width in [40, 60, 80, 100, 160] {
        for line in lines(&example::renewed(), Language::English, width).iter().skip(2) {
            assert!(line.style == Style::Typed || line.text.width() <= width, "{width}: {:?}", line.text);
        }
    }
}

proptest! {
    #[test]
    fn excerpts_lose_nothing_that_matters(text in "\\PC{0,300}", at in 0_usize..300, length in 1_usize..20, room in 24_usize..120) {
        let mark: String = text.chars().skip(at).take(length).collect();
        let rows = excerpt(&text, Some(&mark), room);
        prop_assert!(rows.len() <= 4, "{} rows", rows.len());
        for row in &rows {
            prop_assert!(row.text.width() <= room + 1, "{:?}", row.text);
        }
        let has_width = mark.width() > 0;
        prop_assert_eq!(rows.iter().any(|row| row.carets.is_some()), has_width, "{:?} in {:?}", mark, rows);
    }

    #[test]
    fn differences_are_on_borders(wanted in "\\PC{0,60}", presented in "\\PC{0,60}") {
        let (left, right) = differences(&wanted, &presented);
        for (text, ranges) in [(&wanted, left), (&presented, right)] {
            let mut at = 0;
            for range in ranges {
                prop_assert!(range.start >= at && text.get(range.clone()).is_some(), "{range:?} of {text:?}");
                at = range.end;
            }
        }
    }
}
