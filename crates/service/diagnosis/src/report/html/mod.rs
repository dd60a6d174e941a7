//! The answer as one HTML page to send to a colleague: no script, no reference to anything outside, light and dark, fit to print.

mod markup;
mod picture;
mod sections;
mod timeline;

use core_wording::{Language, say};

use self::markup::Markup;
use super::headline;
use super::line::Style;
use crate::answer::Diagnosis;

/// How the page looks; part of the page.
const STYLE: &str = include_str!("style.css");

/// Nothing may be loaded or run, whatever gets into the page.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// The whole answer as a page. The diagnosis is [worded](Diagnosis::worded) before.
#[must_use]
pub fn html(diagnosis: &Diagnosis, language: Language) -> String {
    let mut page = Markup::default();
    let title = say("page-title", &[], language);
    page.raw("<!DOCTYPE html>\n").open("html", &[("lang", language.tag())]).raw("\n<head>\n<meta charset=\"utf-8\">\n");
    page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.open("meta", &[("http-equiv", "Content-Security-Policy"), ("content", POLICY)]).raw("\n");
    page.raw("<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"robots\" content=\"noindex\">\n");
    page.element("title", "", &title).raw("\n<style>\n").raw(STYLE).raw("</style>\n</head>\n<body>\n<main>\n");
    page.element("h1", "", &title).raw("\n");
    answer(&mut page, diagnosis, language);
    picture::picture(&mut page, diagnosis, language);
    sections::sections(&mut page, diagnosis, language);
    page.raw("<footer>").element("p", "", &say("page-evidence", &[], language));
    page.element("p", "", &say("page-private", &[], language)).raw("</footer>\n</main>\n</body>\n</html>\n");
    page.into_text()
}

/// The two lines, as a card.
fn answer(page: &mut Markup, diagnosis: &Diagnosis, language: Language) {
    let lines = headline::headline(diagnosis, language);
    let class = match lines.first() {
        Some((Style::Bad, _)) => "answer bad",
        Some((Style::Notable, _)) => "answer notable",
        _ => "answer",
    };
    page.open("div", &[("class", class), ("role", "status")]);
    for (_, text) in &lines {
        page.element("p", "", text);
    }
    page.raw("</div>\n");
}
