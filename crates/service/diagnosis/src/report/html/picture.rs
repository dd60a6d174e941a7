//! The way of the mail as a picture: server, connector, what was presented, what the far side wants, and where the way is broken.

use core_wording::{Language, say};

use super::markup::Markup;
use crate::answer::{Cause, Diagnosis};
use crate::report::headline::telling_refusal;
use crate::report::line::{columns, shown, sign_columns};
use crate::report::timeline::certificate;

/// The drawing's size, in its own units.
const WIDTH: f64 = 980.0;
const HEIGHT: f64 = 188.0;
/// A box: size, and the distance to the next.
const BOX: (f64, f64) = (212.0, 112.0);
const GAP: f64 = 42.0;
const TOP: f64 = 22.0;
/// Columns of text that fit into a box at the size of its letters.
const COLUMNS: usize = 25;
/// Rows of text in a box.
const ROWS: usize = 4;
/// Columns of the reply beneath.
const REPLY_COLUMNS: usize = 120;

/// What a box says.
struct Station {
    title: String,
    text: String,
    is_wrong: bool,
}

/// Draws it. Without any refusal there is no way to draw; broken it is shown only where two values were compared.
pub(super) fn picture(page: &mut Markup, diagnosis: &Diagnosis, language: Language) {
    let Some(refusal) = telling_refusal(diagnosis) else { return };
    let is_compared = diagnosis.causes.first().is_some_and(|cause| cause.comparison.is_some());
    let stations = stations(diagnosis, language);
    let [server, connector, presented, wanted] = &stations;
    let arguments = [
        ("server", &*server.text),
        ("connector", &*connector.text),
        ("presented", &*presented.text),
        ("wanted", &*wanted.text),
        ("reply", &*refusal.reply),
    ];
    let description = say("picture-description", &arguments, language);
    page.element("h2", "", &say("section-picture", &[], language)).raw("\n<figure>\n");
    let view = format!("0 0 {WIDTH} {HEIGHT}");
    page.open("svg", &[("viewBox", &view), ("role", "img"), ("aria-labelledby", "way-title way-text")]);
    page.open("title", &[("id", "way-title")]).text(&say("section-picture", &[], language)).close("title");
    page.open("desc", &[("id", "way-text")]).text(&description).close("desc").raw("\n");
    let mut left = 4.0;
    for (number, station) in stations.iter().enumerate() {
        if number > 0 {
            way(page, left, number == 3 && is_compared, language);
        }
        draw(page, station, left);
        left += BOX.0 + GAP;
    }
    let reply = format!("{}: {}", say("picture-reply", &[], language), refusal.reply);
    let reply = fitted(&reply, REPLY_COLUMNS, 1);
    page.open("text", &[("x", "4"), ("y", "170"), ("class", "wrong")]).text(&reply.concat()).raw("</text>\n");
    page.raw("</svg>\n</figure>\n");
}

fn stations(diagnosis: &Diagnosis, language: Language) -> [Station; 4] {
    let cause = diagnosis.causes.first();
    let collected = |list: fn(&crate::answer::RefusalSeen) -> &Vec<String>| {
        let mut all: Vec<&str> = diagnosis.refusals.iter().flat_map(list).map(String::as_str).collect();
        all.sort_unstable();
        all.dedup();
        first_of(&all, language)
    };
    let station = |id: &str, text: String| Station { title: say(id, &[], language), text, is_wrong: false };
    let mut presented = station("picture-presented", presented(diagnosis, cause, language));
    let mut wanted = station("picture-wanted", wanted(cause, language));
    if cause.is_some_and(|cause| cause.comparison.is_some()) {
        presented.is_wrong = true;
        wanted.is_wrong = true;
    }
    let server = station("picture-server", collected(|refusal| &refusal.servers));
    let connector = station("picture-connector", collected(|refusal| &refusal.connectors));
    [server, connector, presented, wanted]
}

/// The first of several, and how many more; or that none is shown.
fn first_of(all: &[&str], language: Language) -> String {
    match all {
        [] => say("picture-unknown", &[], language),
        [only] => (*only).to_owned(),
        [first, rest @ ..] => {
            format!("{first} {}", say("picture-more", &[("count", &rest.len().to_string())], language))
        }
    }
}

fn presented(diagnosis: &Diagnosis, cause: Option<&Cause>, language: Language) -> String {
    if let Some(comparison) = cause.and_then(|cause| cause.comparison.as_ref()) {
        return comparison.presented.clone();
    }
    let spans = diagnosis.timeline.iter().flat_map(|lane| &lane.spans);
    match spans.filter(|span| span.refused > 0).max_by_key(|span| span.to) {
        Some(span) => certificate(span, language),
        None => say("picture-unknown", &[], language),
    }
}

fn wanted(cause: Option<&Cause>, language: Language) -> String {
    match cause.and_then(|cause| cause.comparison.as_ref()) {
        Some(comparison) => format!("{} = {}", comparison.field, comparison.wanted),
        None => say("picture-unknown", &[], language),
    }
}

fn draw(page: &mut Markup, station: &Station, left: f64) {
    let (x, y) = (Markup::number(left), Markup::number(TOP));
    let (width, height) = (Markup::number(BOX.0), Markup::number(BOX.1));
    let class = if station.is_wrong { "box wrong" } else { "box" };
    let frame = [("x", &*x), ("y", &*y), ("width", &*width), ("height", &*height), ("rx", "8"), ("class", class)];
    page.open("rect", &frame).close("rect");
    let inside = Markup::number(left + 12.0);
    let text_at = |row: usize| Markup::number(TOP + 24.0 + 19.0 * row as f64);
    page.open("text", &[("x", &*inside), ("y", &text_at(0)), ("class", "soft")]).text(&station.title).close("text");
    for (row, text) in fitted(&station.text, COLUMNS, ROWS).iter().enumerate() {
        page.open("text", &[("x", &*inside), ("y", &text_at(row + 1))]).text(text).close("text");
    }
    page.open("title", &[]).text(&station.text).close("title").raw("\n");
}

/// The way that leads to the box at `left`; the broken one has a cross.
fn way(page: &mut Markup, left: f64, is_broken: bool, language: Language) {
    let middle = TOP + BOX.1 / 2.0;
    let (begin, end) = (left - GAP + 3.0, left - 9.0);
    let class = if is_broken { "way cut" } else { "way" };
    let (from, to, y) = (Markup::number(begin), Markup::number(end), Markup::number(middle));
    page.open("line", &[("x1", &*from), ("y1", &*y), ("x2", &*to), ("y2", &*y), ("class", class)]).close("line");
    if !is_broken {
        let tip = format!("{end:.1},{:.1} {:.1},{middle:.1} {end:.1},{:.1}", middle - 6.0, end + 8.0, middle + 6.0);
        page.open("polygon", &[("points", &*tip), ("class", "tip")]).close("polygon").raw("\n");
        return;
    }
    let center = left - GAP / 2.0;
    let cross = format!("M{:.1} {:.1}l16 16m0 -16l-16 16", center - 8.0, middle - 8.0);
    page.open("path", &[("d", &*cross), ("class", "cross")]);
    page.open("title", &[]).text(&say("picture-broken", &[], language)).raw("</title></path>\n");
}

/// Text in rows of so many columns, broken behind spaces and dots where there are some; what does not fit ends in an ellipsis.
pub(super) fn fitted(text: &str, width: usize, most: usize) -> Vec<String> {
    let mut rows = vec![String::new()];
    for piece in shown(text).split_inclusive([' ', '.', ',', '@', '=']) {
        let room = |rows: &[String]| width.saturating_sub(rows.last().map_or(0, |row| columns(row.as_str())));
        if columns(piece.trim_end()) > room(&rows) && columns(piece.trim_end()) <= width {
            rows.push(String::new());
        }
        for c in piece.chars() {
            if sign_columns(c) > room(&rows) {
                rows.push(String::new());
            }
            if let Some(row) = rows.last_mut() {
                row.push(c);
            }
        }
    }
    rows.retain(|row| !row.trim().is_empty());
    if rows.len() > most {
        rows.truncate(most);
        if let Some(last) = rows.last_mut() {
            while columns(last) + 1 > width && last.pop().is_some() {}
            last.push('…');
        }
    }
    rows
}
