//! Markup that text cannot break out of: tags and names of attributes are constants of this program, everything else is escaped.

use std::fmt::Write as _;

use crate::evidence::harmless;

/// A page as it is written.
#[derive(Default)]
pub(super) struct Markup(String);

impl Markup {
    /// Markup of our own.
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Text of any origin.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                '\n' => self.0.push('\n'),
                c => self.0.push(harmless(c)),
            }
        }
        self
    }

    /// A tag that opens.
    pub(super) fn open(&mut self, tag: &'static str, attributes: &[(&'static str, &str)]) -> &mut Self {
        self.0.push('<');
        self.0.push_str(tag);
        for (name, value) in attributes {
            self.0.push(' ');
            self.0.push_str(name);
            self.0.push_str("=\"");
            self.text(value);
            self.0.push('"');
        }
        self.0.push('>');
        self
    }

    /// A tag that closes.
    pub(super) fn close(&mut self, tag: &'static str) -> &mut Self {
        self.0.push_str("</");
        self.0.push_str(tag);
        self.0.push('>');
        self
    }

    /// An element that holds text.
    pub(super) fn element(&mut self, tag: &'static str, class: &'static str, text: &str) -> &mut Self {
        let class = [("class", class)];
        let attributes = if class.iter().any(|(_, class)| class.is_empty()) { &[][..] } else { &class[..] };
        self.open(tag, attributes).text(text).close(tag)
    }

    /// An attribute's value made of a number, for drawing.
    pub(super) fn number(value: f64) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = write!(text, "{value:.1}");
        text
    }

    /// The page.
    pub(super) fn into_text(self) -> String {
        self.0
    }
}
