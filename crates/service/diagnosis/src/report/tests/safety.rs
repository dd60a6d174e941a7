//! Whatever a log, a dump or a file's name holds: no terminal is driven, no tag is opened, no attribute is left.

use std::collections::BTreeSet;

use core_wording::Language;
use proptest::prelude::*;

use super::super::{html, lines};
use super::example;
use crate::Diagnosis;
use crate::answer::Message;

/// The example with a text in every place where text of others can stand.
fn poisoned(text: &str) -> Diagnosis {
    let own = || text.to_owned();
    let message = || Message { code: "any", arguments: Default::default(), text: own() };
    let mut diagnosis = example::renewed();
    for cause in &mut diagnosis.causes {
        cause.statement = message();
        cause.question = Some(message());
        if let Some(comparison) = &mut cause.comparison {
            (comparison.field, comparison.wanted, comparison.presented) = (own(), own(), format!("{text}x"));
        }
        for line in &mut cause.proof {
            (line.file, line.text, line.note, line.mark) = (own(), format!("a{text}b"), Some(message()), Some(own()));
        }
        for repair in &mut cause.repair {
            (repair.what, repair.commands) = (message(), vec![own()]);
        }
    }
    for ruled_out in &mut diagnosis.ruled_out {
        ruled_out.reason = message();
        ruled_out.proof.iter_mut().for_each(|line| line.file = own());
    }
    for missing in diagnosis.missing.iter_mut().chain(&mut diagnosis.next) {
        (missing.what, missing.commands) = (message(), vec![own()]);
    }
    diagnosis.unread.iter_mut().for_each(|unread| (unread.file, unread.reason) = (own(), message()));
    diagnosis.remarks = vec![message()];
    for refusal in &mut diagnosis.refusals {
        refusal.reply = own();
        (refusal.servers, refusal.connectors, refusal.senders) =
            (vec![own()], vec![own(), format!("{text}2")], vec![own()]);
    }
    for lane in &mut diagnosis.timeline {
        (lane.server, lane.connector) = (own(), own());
        lane.spans.iter_mut().for_each(|span| (span.certificate, span.thumbprint) = (own(), own()));
    }
    diagnosis.read.iter_mut().for_each(|file| file.file = own());
    diagnosis
}

/// The kinds of tags in a page: names with their attributes, without the attributes' values.
fn tags(page: &str) -> BTreeSet<String> {
    let mut tags = BTreeSet::new();
    let mut tag: Option<String> = None;
    let mut in_value = false;
    for c in page.chars() {
        match (c, &mut tag) {
            ('<', None) => tag = Some(String::new()),
            ('>', Some(_)) if !in_value => tags.extend(tag.take()),
            ('"', Some(_)) => in_value = !in_value,
            (c, Some(tag)) if !in_value => tag.push(c),
            _ => {}
        }
    }
    tags
}

fn check(text: &str) -> Result<(), TestCaseError> {
    let diagnosis = poisoned(text);
    for language in Language::ALL {
        for line in lines(&diagnosis, language, 80) {
            let harmful = line.text.chars().find(|c| c.is_control() || ('\u{202a}'..='\u{202e}').contains(c));
            prop_assert_eq!(harmful, None, "in {:?}", line.text);
        }
        let (page, plain) = (html(&diagnosis, language), html(&poisoned("plain"), language));
        let (page, plain) = (tags(&page), tags(&plain));
        let foreign: Vec<&String> = page.difference(&plain).collect();
        prop_assert!(foreign.is_empty(), "{text:?} makes {foreign:?}");
    }
    Ok(())
}

#[test]
fn known_tricks_change_nothing() {
    for text in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onload='x",
        "</style><b>",
        "<!-- -->",
        "&lt;b&gt;",
        "]]>",
        "\u{1b}]0;title\u{7}",
        "\u{1b}[2J",
        "\r\nX",
        "\u{9b}31m",
        "\u{202e}gpj.exe",
        "</title>",
    ] {
        check(text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_opens_a_tag_or_drives_a_terminal(text in "[<>\"'&/=a-z!\\-\u{1b}\u{9b}\r\n\t \u{202e}\u{65e5}]{1,60}") {
        check(&text)?;
    }

    #[test]
    fn nor_does_any_text(text in ".{1,80}") {
        check(&text)?;
    }
}
