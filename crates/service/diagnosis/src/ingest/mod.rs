//! Octets to evidence: what a file is, and who reads it. Recognised by content, never by name. Whatever comes, this is total
//! and bounded: what is not understood is noted in the file's [`Source`], and reading goes on.

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_16BE, UTF_16LE};

use crate::evidence::{Evidence, EvidenceKind, Source, SourceId};

/// How much of a file is looked at to say what it is, in octets.
const HEAD_LENGTH: usize = 64 * 1024;

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

/// The kinds, the most certain to be recognised first.
const KINDS: &[Kind] = &[];

/// Reads one file.
pub struct Reader {
    found: Found,
    head: Vec<u8>,
    decoder: Option<Decoder>,
    intake: Option<Box<dyn Intake>>,
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
        Self { found, head: Vec::new(), decoder: None, intake: None }
    }

    /// Takes the next octets of the file.
    pub fn feed(&mut self, block: &[u8]) {
        if self.intake.is_some() {
            self.pass(block, false);
            return;
        }
        self.head.extend_from_slice(block);
        if self.head.len() >= HEAD_LENGTH {
            self.begin();
        }
    }

    /// The file has ended: what it showed.
    #[must_use]
    pub fn finish(mut self) -> Evidence {
        if self.intake.is_none() {
            self.begin();
        }
        self.pass(&[], true);
        let Self { mut found, intake, .. } = self;
        if let Some(intake) = intake {
            intake.finish(&mut found);
        }
        found.evidence.sources.push(found.source);
        found.evidence
    }

    fn begin(&mut self) {
        let head = std::mem::take(&mut self.head);
        self.decoder = encoding(&head).map(Encoding::new_decoder_with_bom_removal);
        let text = match encoding(&head) {
            Some(encoding) => encoding.decode(&head).0.into_owned(),
            None => String::from_utf8_lossy(&head).into_owned(),
        };
        match KINDS.iter().find(|kind| (kind.looks_so)(&text)) {
            Some(kind) => {
                self.found.source.is(kind.kind);
                self.intake = Some((kind.intake)());
                self.pass(&head, false);
            }
            None => self.found.source.problem(None, "problem-not-recognised", Vec::new()),
        }
    }

    /// Hands octets on, decoded.
    fn pass(&mut self, block: &[u8], last: bool) {
        let Some(intake) = self.intake.as_mut() else { return };
        let Some(decoder) = self.decoder.as_mut() else {
            intake.feed(block, &mut self.found);
            return;
        };
        let mut text =
            String::with_capacity(decoder.max_utf8_buffer_length(block.len()).unwrap_or(block.len() * 3 + 16));
        let (result, _, _) = decoder.decode_to_string(block, &mut text, last);
        debug_assert_eq!(result, CoderResult::InputEmpty);
        intake.feed(text.as_bytes(), &mut self.found);
    }
}

/// UTF-16 by its byte order mark, or, without one, by zeros in every other place.
fn encoding(head: &[u8]) -> Option<&'static Encoding> {
    match head {
        [0xff, 0xfe, ..] => Some(UTF_16LE),
        [0xfe, 0xff, ..] => Some(UTF_16BE),
        _ => {
            let sample = head.get(..head.len().min(512)).unwrap_or_default();
            let zeros = |rest: usize| sample.iter().skip(rest).step_by(2).filter(|octet| **octet == 0).count();
            let half = sample.len() / 2;
            if half < 4 {
                None
            } else if zeros(1) * 10 > half * 8 && zeros(0) * 10 < half {
                Some(UTF_16LE)
            } else if zeros(0) * 10 > half * 8 && zeros(1) * 10 < half {
                Some(UTF_16BE)
            } else {
                None
            }
        }
    }
}
