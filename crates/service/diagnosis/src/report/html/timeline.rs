//! The certificates in the course of time: a picture, and under it the same as a table.

use core_wording::{Language, say};
use jiff::Timestamp;

use super::markup::Markup;
use super::picture::fitted;
use crate::answer::{Diagnosis, Lane, Span};
use crate::report::timeline::{Fate, certificate, fate, title};
use crate::report::{line::columns, moment};

/// Most lanes that are drawn; the table has all.
const MAX_LANES: usize = 40;
/// The drawing's width, in its own units.
const WIDTH: f64 = 980.0;
/// Room at the left and the right end of the axis.
const MARGIN: f64 = 10.0;
/// Height of a lane: its title, its bar, and the distance to the next.
const LANE: f64 = 56.0;
/// Height of a bar.
const BAR: f64 = 22.0;
/// Least width of a bar: what lasted a moment is seen too.
const LEAST: f64 = 4.0;
/// Width of a letter of what is written into a bar, on average and a little more.
const LETTER: f64 = 7.4;
/// Marks on the axis.
const TICKS: u32 = 4;

/// Draws and lists it.
pub(super) fn timeline(page: &mut Markup, diagnosis: &Diagnosis, language: Language) {
    let lanes: Vec<&Lane> = diagnosis.timeline.iter().filter(|lane| !lane.spans.is_empty()).collect();
    let spans = || lanes.iter().flat_map(|lane| &lane.spans);
    let (Some(from), Some(to)) = (spans().map(|span| span.from).min(), spans().map(|span| span.to).max()) else {
        return;
    };
    page.element("h2", "", &say("section-timeline", &[], language)).raw("\n");
    let since = spans().filter_map(|span| span.refused_since).min();
    let drawn = lanes.get(..lanes.len().min(MAX_LANES)).unwrap_or_default();
    Drawing { page, language, axis: Axis { from, to } }.draw(drawn, since);
    table(page, &lanes, language);
}

/// Times to places.
struct Axis {
    from: Timestamp,
    to: Timestamp,
}

impl Axis {
    fn place(&self, at: Timestamp) -> f64 {
        let seconds = |at: Timestamp| at.as_second() as f64;
        let whole = (seconds(self.to) - seconds(self.from)).max(1.0);
        let part = ((seconds(at) - seconds(self.from)) / whole).clamp(0.0, 1.0);
        MARGIN + part * (WIDTH - 2.0 * MARGIN)
    }

    fn tick(&self, number: u32) -> Timestamp {
        let whole = self.to.as_second().saturating_sub(self.from.as_second());
        let second = self.from.as_second() + whole / i64::from(TICKS) * i64::from(number);
        Timestamp::from_second(second).unwrap_or(self.to)
    }
}

struct Drawing<'a> {
    page: &'a mut Markup,
    language: Language,
    axis: Axis,
}

impl Drawing<'_> {
    fn draw(mut self, lanes: &[&Lane], since: Option<Timestamp>) {
        let bottom = LANE * lanes.len() as f64 + 6.0;
        let height = bottom + 44.0;
        let (from, to) = (moment::minute(self.axis.from), moment::minute(self.axis.to));
        let description = say("timeline-description", &[("from", &from), ("to", &to)], self.language);
        let view = format!("0 0 {WIDTH} {height}");
        self.page.raw("<figure>\n");
        self.page.open("svg", &[("viewBox", &view), ("role", "img"), ("aria-labelledby", "line-title line-text")]);
        let title = say("section-timeline", &[], self.language);
        self.page.open("title", &[("id", "line-title")]).text(&title).close("title");
        self.page.open("desc", &[("id", "line-text")]).text(&description).close("desc").raw("\n");
        self.ticks(bottom);
        let mut number = 0;
        for (row, lane) in lanes.iter().enumerate() {
            self.lane(lane, LANE * row as f64, &mut number);
        }
        if let Some(since) = since {
            self.since(since, bottom);
        }
        self.page.raw("</svg>\n</figure>\n");
    }

    fn ticks(&mut self, bottom: f64) {
        for number in 0..=TICKS {
            let at = self.axis.tick(number);
            let x = Markup::number(self.axis.place(at));
            let line = [("x1", &*x), ("y1", "4"), ("x2", &*x), ("y2", &*Markup::number(bottom)), ("class", "axis")];
            self.page.open("line", &line).close("line");
            let anchor = match number {
                0 => "start",
                TICKS => "end",
                _ => "middle",
            };
            let place =
                [("x", &*x), ("y", &*Markup::number(bottom + 16.0)), ("text-anchor", anchor), ("class", "soft")];
            self.page.open("text", &place).text(&moment::minute(at)).raw("</text>\n");
        }
    }

    fn lane(&mut self, lane: &Lane, top: f64, number: &mut usize) {
        let place = [("x", &*Markup::number(MARGIN)), ("y", &*Markup::number(top + 18.0))];
        let title = fitted(&title(lane, self.language), 110, 1).concat();
        self.page.open("text", &place).text(&title).raw("</text>\n");
        for span in &lane.spans {
            *number += 1;
            self.span(span, top + 25.0, *number);
        }
    }

    fn span(&mut self, span: &Span, top: f64, number: usize) {
        let (begin, end) = (self.axis.place(span.from), self.axis.place(span.to));
        let end = end.max(begin + LEAST);
        self.page.raw("<g>").open("title", &[]);
        let text = format!("{number}. {}: {}", certificate(span, self.language), fate(span, self.language));
        self.page.text(&text).close("title");
        match span.refused_since.map(|since| self.axis.place(since)) {
            // Until then it was accepted.
            Some(since) if span.accepted > 0 && since > begin + LEAST => {
                self.bar("bar good", top, begin, since);
                self.bar("bar refused", top, since.min(end - LEAST), end);
            }
            _ => self.bar(classes(span).0, top, begin, end),
        }
        let name = format!("{number}  {}", span.certificate);
        let room = end - begin - 10.0;
        let shown = [name, number.to_string()].into_iter().find(|text| columns(text) as f64 * LETTER <= room);
        if let Some(shown) = shown {
            let (x, y) = (Markup::number(begin + 5.0), Markup::number(top + 15.5));
            self.page.open("text", &[("x", &*x), ("y", &*y), ("class", "inside")]).text(&shown).close("text");
        }
        self.page.raw("</g>\n");
    }

    fn bar(&mut self, class: &'static str, top: f64, begin: f64, end: f64) {
        let (x, y) = (Markup::number(begin), Markup::number(top));
        let (width, height) = (Markup::number((end - begin).max(LEAST)), Markup::number(BAR));
        let frame = [("x", &*x), ("y", &*y), ("width", &*width), ("height", &*height), ("rx", "3"), ("class", class)];
        self.page.open("rect", &frame).close("rect");
    }

    /// Where refusals begin.
    fn since(&mut self, since: Timestamp, bottom: f64) {
        let place = self.axis.place(since);
        let x = Markup::number(place);
        let line = [("x1", &*x), ("y1", "4"), ("x2", &*x), ("y2", &*Markup::number(bottom + 22.0)), ("class", "since")];
        self.page.open("line", &line).close("line");
        let anchor = if place > WIDTH / 2.0 { "end" } else { "start" };
        let place = [("x", &*x), ("y", &*Markup::number(bottom + 36.0)), ("text-anchor", anchor), ("class", "wrong")];
        let text = say("since", &[("at", &moment::second(since))], self.language);
        self.page.open("text", &place).text(&text).raw("</text>\n");
    }
}

/// The classes of a span's bar, and of its cell in the table.
fn classes(span: &Span) -> (&'static str, &'static str) {
    match Fate::of(span) {
        Fate::None => ("bar none", "soft"),
        Fate::Good => ("bar good", "accepted"),
        Fate::Bad => ("bar refused", "refused"),
        Fate::Both => ("bar both", "note"),
    }
}

fn table(page: &mut Markup, lanes: &[&Lane], language: Language) {
    page.raw("<table>\n<tr><th></th>");
    for id in ["picture-server", "column-certificate", "column-from", "column-to", "column-mail"] {
        page.open("th", &[("scope", "col")]).text(&say(id, &[], language)).close("th");
    }
    page.raw("</tr>\n");
    let spans = lanes.iter().flat_map(|lane| lane.spans.iter().map(move |span| (*lane, span)));
    for (number, (lane, span)) in (1_usize..).zip(spans) {
        let (_, class) = classes(span);
        page.raw("<tr>").element("td", "", &number.to_string()).element("td", "", &title(lane, language));
        page.element("td", "", &certificate(span, language));
        page.element("td", "", &moment::minute(span.from)).element("td", "", &moment::minute(span.to));
        page.element("td", class, &fate(span, language)).raw("</tr>\n");
    }
    page.raw("</table>\n");
}
