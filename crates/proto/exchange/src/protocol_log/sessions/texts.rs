//! The texts of a session that goes on: kept one behind the other, bounded each, and fewer again when a part was told.

use std::borrow::Cow;

use super::super::session::{LogLine, Reply, Session, ShownCertificate, Text};
use super::MAX_KEPT;

impl Session {
    /// Keeps a text, cut to [`MAX_KEPT`] octets.
    pub(super) fn keep(&mut self, octets: &[u8]) -> Text {
        self.keep_whole(&kept(octets))
    }

    /// Keeps a text that is bounded already.
    pub(super) fn keep_whole(&mut self, text: &str) -> Text {
        self.octets += text.len();
        append(&mut self.texts, text)
    }

    /// Keeps a line, and gives the place of a slice of it; none where the line was cut, or is not sound, so that the slice may
    /// stand elsewhere in what is kept.
    pub(super) fn keep_with_slice(&mut self, line: &[u8], slice: &[u8]) -> (Text, Option<Text>) {
        let text = self.keep(line);
        let is_as_it_was = self.text(text).as_bytes() == line;
        let before = slice.as_ptr().addr().checked_sub(line.as_ptr().addr());
        let found = before.filter(|before| is_as_it_was && before + slice.len() <= line.len());
        (text, found.map(|before| place(text.start as usize + before, slice.len())))
    }

    /// The session as it goes on when its transactions were told: with the texts that are not of those.
    pub(super) fn without_transactions(&self, overhead: usize) -> Self {
        let mut rest = Self {
            transactions: Vec::new(),
            recipients: Vec::new(),
            texts: String::new(),
            octets: overhead,
            ..self.clone()
        };
        let opening =
            [&mut rest.connector_id, &mut rest.session_id, &mut rest.local_endpoint, &mut rest.remote_endpoint];
        let lines = rest.own_certificate.iter_mut().chain(&mut rest.peer_certificate).map(line_of);
        let lines = lines.chain(&mut rest.no_client_certificate).map(|line| &mut line.text);
        let with_words = [&mut rest.ended, &mut rest.tls.failed, &mut rest.failed_to_connect];
        let with_words = with_words.into_iter().flatten().flat_map(|(words, line)| [words, &mut line.text]);
        let refusals = [rest.tls.refused.as_mut(), rest.refused.as_mut().map(|(_, reply)| reply)];
        let refusals = refusals.into_iter().flatten().map(|reply| &mut **reply);
        let replies = rest.banner.iter_mut().chain(rest.greetings.iter_mut().map(|greeting| &mut greeting.reply));
        let replies = replies.chain(refusals).flat_map(texts_of);
        let texts = opening.into_iter().chain(&mut rest.helo).chain(lines).chain(with_words).chain(replies);
        for text in texts {
            *text = append(&mut rest.texts, self.text(*text));
        }
        rest.octets += rest.texts.len();
        rest
    }
}

fn append(texts: &mut String, text: &str) -> Text {
    let start = texts.len();
    texts.push_str(text);
    place(start, text.len())
}

/// A place among texts. What would be behind 4 GiB, which no session comes to, is empty.
fn place(start: usize, length: usize) -> Text {
    let end = u32::try_from(start + length).ok();
    end.map(|end| Text { start: start as u32, end }).unwrap_or_default()
}

fn line_of(shown: &mut ShownCertificate) -> &mut LogLine {
    &mut shown.line
}

fn texts_of(reply: &mut Reply) -> [&mut Text; 2] {
    [&mut reply.text, &mut reply.line.text]
}

/// A text as it is kept.
pub(super) fn kept(octets: &[u8]) -> Cow<'_, str> {
    let octets = octets.get(..MAX_KEPT).map_or(octets, whole_characters);
    // Nearly everything is sound, which this sees faster than the lossy reading.
    std::str::from_utf8(octets).map_or_else(|_| String::from_utf8_lossy(octets), Cow::Borrowed)
}

/// What was cut, without the character that the cut went through.
fn whole_characters(cut: &[u8]) -> &[u8] {
    let last = cut.utf8_chunks().last().map_or(0, |last| last.invalid().len());
    cut.get(..cut.len() - last).unwrap_or(cut)
}
