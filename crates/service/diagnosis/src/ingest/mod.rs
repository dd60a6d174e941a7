//! Octets to evidence: what a file is, and who reads it. Recognised by content, never by name. Whatever comes, this is total
//! and bounded: what is not understood is noted in the file's [`Source`], and reading goes on.

mod address;
mod certificate;
mod connectivity_log;
mod directory;
mod dump;
mod event_log;
mod foreign;
mod letter;
mod log_object;
#[cfg(test)]
mod log_tests;
mod message_trace;
mod mixed;
mod mta_log;
mod protocol_log;
mod queue;
mod status_lines;
#[cfg(test)]
mod tests;
mod tracking_log;
mod whole;
mod wizard;

use encoding_rs::{CoderResult, Decoder, Encoding};
use jiff::Timestamp;
use proto_exchange::dump::utf_16;
use proto_postfix::looks_like_settings;

use crate::evidence::{Evidence, EvidenceKind, Source, SourceId};

/// How much of a file is looked at to say what it is, in octets.
const HEAD_LENGTH: usize = 64 * 1024;

/// How much decoded text is handed on at a time, in octets.
const DECODED_LENGTH: usize = 64 * 1024;

/// The byte order mark of UTF-8.
const UTF_8_MARK: &[u8] = b"\xef\xbb\xbf";

/// What a file showed, as it is filled.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The file.
    pub(crate) source: Source,
    /// Its facts.
    pub(crate) evidence: Evidence,
}

/// Reads one kind. Octets come in blocks of any size, in an encoding that contains ASCII: UTF-16 is decoded before.
pub(crate) trait Intake: Send {
    /// Takes a block.
    fn feed(&mut self, block: &[u8], found: &mut Found);
    /// The file has ended.
    fn finish(self: Box<Self>, found: &mut Found);
}

/// A kind: how its beginning looks, and who reads it.
struct Kind {
    kind: EvidenceKind,
    looks_so: fn(&str) -> bool,
    intake: fn() -> Box<dyn Intake>,
}

/// A kind that is no text.
struct BinaryKind {
    kind: EvidenceKind,
    looks_so: fn(&[u8]) -> bool,
    intake: fn() -> Box<dyn Intake>,
}

/// The kinds, the most certain to be recognised first: a file is the first one's that it looks like. What holds several, such
/// as a pasted text, comes last.
const KINDS: &[Kind] = &[
    Kind { kind: EvidenceKind::Directory, looks_so: directory::is_directory, intake: directory::intake },
    Kind { kind: EvidenceKind::WizardLog, looks_so: wizard::is_log, intake: wizard::log },
    Kind { kind: EvidenceKind::WizardRecord, looks_so: wizard::is_record, intake: wizard::record },
    Kind {
        kind: EvidenceKind::TrackingLog,
        looks_so: tracking_log::looks_so,
        intake: tracking_log::TrackingLog::boxed,
    },
    Kind {
        kind: EvidenceKind::ConnectivityLog,
        looks_so: connectivity_log::looks_so,
        intake: connectivity_log::ConnectivityLog::boxed,
    },
    Kind {
        kind: EvidenceKind::MessageTrace,
        looks_so: message_trace::looks_so,
        intake: message_trace::MessageTrace::boxed,
    },
    Kind { kind: EvidenceKind::EventLog, looks_so: event_log::looks_like_xml, intake: event_log::XmlLog::boxed },
    Kind { kind: EvidenceKind::EventLog, looks_so: event_log::looks_like_table, intake: event_log::TableLog::boxed },
    Kind { kind: EvidenceKind::EventLog, looks_so: event_log::looks_like_text, intake: event_log::TextLog::boxed },
    Kind { kind: EvidenceKind::SendLog, looks_so: protocol_log::is_send_log, intake: protocol_log::intake },
    Kind { kind: EvidenceKind::ReceiveLog, looks_so: protocol_log::is_receive_log, intake: protocol_log::intake },
    Kind { kind: EvidenceKind::Certificate, looks_so: certificate::is_pem, intake: certificate::intake },
    Kind { kind: EvidenceKind::Dump, looks_so: proto_exchange::dump::looks_so, intake: dump::boxed },
    Kind { kind: EvidenceKind::PostfixLog, looks_so: mta_log::looks_like_postfix, intake: mta_log::boxed },
    Kind { kind: EvidenceKind::EximLog, looks_so: mta_log::looks_like_exim, intake: mta_log::boxed },
    Kind { kind: EvidenceKind::SendmailLog, looks_so: mta_log::looks_like_sendmail, intake: mta_log::boxed },
    Kind { kind: EvidenceKind::PostfixSettings, looks_so: looks_like_settings, intake: mta_log::settings },
    // Letters quote anything, logs and dumps among it: they stand behind every other kind.
    Kind { kind: EvidenceKind::Bounce, looks_so: letter::looks_like_bounce, intake: letter::boxed },
    Kind { kind: EvidenceKind::Headers, looks_so: letter::looks_like_headers, intake: letter::boxed },
    Kind { kind: EvidenceKind::Queue, looks_so: status_lines::looks_so, intake: status_lines::boxed },
];

/// The kinds that are no text, asked before the others.
const BINARY_KINDS: &[BinaryKind] =
    &[BinaryKind { kind: EvidenceKind::Certificate, looks_so: certificate::is_der, intake: certificate::intake }];

/// Reads one file.
pub struct Reader {
    found: Found,
    since: Option<Timestamp>,
    state: State,
}

/// How far the reading of a file is.
enum State {
    /// Its beginning is being gathered.
    Head(Vec<u8>),
    /// Its kind reads it, decoded where it is not in an encoding that contains ASCII.
    Body(Box<dyn Intake>, Option<Decoder>),
    /// Nothing reads it.
    PassedOver,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("source", &self.found.source).finish_non_exhaustive()
    }
}

impl Reader {
    /// Begins a file. Whoever reads several gives each its own number.
    #[must_use]
    pub fn new(id: SourceId, name: &str) -> Self {
        let found = Found { source: Source::new(id, name), evidence: Evidence::default() };
        Self { found, since: None, state: State::Head(Vec::new()) }
    }

    /// The same, passing over what happened before a time. What has no time is kept.
    #[must_use]
    pub fn since(mut self, since: Timestamp) -> Self {
        // Attempts are passed over as they come, everything else when the file has ended.
        self.found.evidence.attempts.pass_over_before(since);
        self.since = Some(since);
        self
    }

    /// Takes the next octets of the file.
    pub fn feed(&mut self, block: &[u8]) {
        match &mut self.state {
            State::Head(head) => {
                head.extend_from_slice(block);
                if head.len() >= HEAD_LENGTH {
                    self.begin(false);
                }
            }
            State::Body(intake, decoder) => pass(intake.as_mut(), decoder.as_mut(), block, &mut self.found),
            State::PassedOver => {}
        }
    }

    /// Whether the rest of the file is of use. It is not where no kind took the file.
    #[must_use]
    pub fn wants_more(&self) -> bool {
        !matches!(self.state, State::PassedOver)
    }

    /// Notes why the file, or the rest of it, could not be had. What was read before that counts.
    pub fn cut_short(&mut self, code: &'static str, arguments: Vec<(&'static str, String)>) {
        self.found.source.problem(None, code, arguments);
        if matches!(&self.state, State::Head(head) if head.is_empty()) {
            self.state = State::PassedOver;
        }
    }

    /// The file has ended: what it showed.
    #[must_use]
    pub fn finish(mut self) -> Evidence {
        if matches!(self.state, State::Head(_)) {
            self.begin(true);
        }
        if let State::Body(mut intake, decoder) = self.state {
            if let Some(mut decoder) = decoder {
                decode(&mut decoder, &[], true, |text| intake.feed(text, &mut self.found));
            }
            intake.finish(&mut self.found);
        }
        if let Some(since) = self.since {
            self.found.evidence.pass_over_before(since);
        }
        self.found.evidence.sources.push(self.found.source);
        self.found.evidence
    }

    /// Says what the file is by its beginning, or by the whole of it, and gives that to its reader.
    fn begin(&mut self, is_whole: bool) {
        let State::Head(head) = std::mem::replace(&mut self.state, State::PassedOver) else { return };
        if let Some(kind) = BINARY_KINDS.iter().find(|kind| (kind.looks_so)(&head)) {
            self.read_as(kind.kind, (kind.intake)(), None, &head);
            return;
        }
        let encoding = utf_16(&head);
        let head = if encoding.is_none() { head.strip_prefix(UTF_8_MARK).unwrap_or(&head) } else { &head };
        let text = match encoding {
            Some(encoding) => encoding.decode(head).0,
            None => String::from_utf8_lossy(head),
        };
        let kind = KINDS.iter().find(|kind| (kind.looks_so)(&text));
        let pieces = if is_whole { mixed::pieces(&text, kind.map(|kind| kind.kind)) } else { Vec::new() };
        match kind {
            _ if !pieces.is_empty() => mixed::read(&text, pieces, &mut self.found),
            Some(kind) => {
                let decoder = encoding.map(Encoding::new_decoder_with_bom_removal);
                self.read_as(kind.kind, (kind.intake)(), decoder, head);
            }
            None => self.found.source.problem(None, foreign::why(head, &text, encoding.is_some()), Vec::new()),
        }
    }

    fn read_as(&mut self, kind: EvidenceKind, mut intake: Box<dyn Intake>, mut decoder: Option<Decoder>, head: &[u8]) {
        self.found.source.is(kind);
        pass(intake.as_mut(), decoder.as_mut(), head, &mut self.found);
        self.state = State::Body(intake, decoder);
    }
}

/// Hands octets on, decoded where they need it.
fn pass(intake: &mut dyn Intake, decoder: Option<&mut Decoder>, block: &[u8], found: &mut Found) {
    match decoder {
        Some(decoder) => decode(decoder, block, false, |text| intake.feed(text, found)),
        None => intake.feed(block, found),
    }
}

/// Decodes a block, a piece at a time, so that a large one needs little memory.
fn decode(decoder: &mut Decoder, block: &[u8], last: bool, mut take: impl FnMut(&[u8])) {
    let mut text = vec![0; DECODED_LENGTH];
    let mut rest = block;
    loop {
        let (result, read, written, _) = decoder.decode_to_utf8(rest, &mut text, last);
        take(text.get(..written).unwrap_or_default());
        rest = rest.get(read..).unwrap_or_default();
        if result == CoderResult::InputEmpty {
            return;
        }
    }
}
