//! What both forms of the timeline need: the facts of a span in words.

use core_wording::{Language, say, say_counted};

use super::line::Style;
use super::moment;
use crate::answer::{Lane, Span};

/// Digits of a thumbprint that are shown: enough to tell certificates apart, as certificate windows do.
const THUMBPRINT_DIGITS: usize = 8;

/// Whose lane it is.
pub(super) fn title(lane: &Lane, language: Language) -> String {
    match lane.connector.is_empty() {
        true => lane.server.clone(),
        false => say("timeline-lane", &[("server", &lane.server), ("connector", &lane.connector)], language),
    }
}

/// The certificate with the beginning of its thumbprint, or that none was sent.
pub(super) fn certificate(span: &Span, language: Language) -> String {
    if span.certificate.is_empty() {
        return say("value-no-certificate", &[], language);
    }
    let thumbprint: String = span.thumbprint.chars().take(THUMBPRINT_DIGITS).collect();
    match thumbprint.is_empty() {
        true => span.certificate.clone(),
        false => format!("{} ({thumbprint}…)", span.certificate),
    }
}

/// What became of the mail: `412 accepted; 57 refused, the first 2026-01-05 09:30`.
pub(super) fn fate(span: &Span, language: Language) -> String {
    let mut parts = Vec::new();
    if span.accepted > 0 {
        parts.push(say_counted("timeline-accepted", span.accepted, language));
    }
    if span.refused > 0 {
        let refused = say_counted("timeline-refused", span.refused, language);
        parts.push(match span.refused_since {
            Some(since) => {
                say("timeline-refused-since", &[("refused", &refused), ("since", &moment::minute(since))], language)
            }
            None => refused,
        });
    }
    if parts.is_empty() { say("timeline-no-answer", &[], language) } else { parts.join("; ") }
}

/// What became of a span's mail, by which it is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// No answer is told.
    None,
    /// All of it was accepted.
    Good,
    /// All of it was refused.
    Bad,
    /// Some was accepted, some refused.
    Both,
}

impl Fate {
    pub(super) fn of(span: &Span) -> Self {
        match (span.accepted, span.refused) {
            (0, 0) => Self::None,
            (_, 0) => Self::Good,
            (0, _) => Self::Bad,
            _ => Self::Both,
        }
    }

    /// How its line looks on a terminal.
    pub(super) fn style(self) -> Style {
        match self {
            Self::None => Style::Plain,
            Self::Good => Style::Good,
            Self::Bad => Style::Bad,
            Self::Both => Style::Notable,
        }
    }
}
