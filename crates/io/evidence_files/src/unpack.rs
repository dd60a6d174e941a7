//! What a stream of octets is, told by how it begins: an archive, which is opened, or a file, which goes to the sink.

use std::io::{Cursor, Read};

use flate2::read::MultiGzDecoder;

use crate::Sink;
use crate::allowance::{Allowance, Unpacked};
use crate::name;
use crate::octets::fill;
use crate::unreadable::Unreadable;

/// Most layers around a file: an archive, in it a `.tar.gz`, which has two. What lies deeper is told, not opened.
pub const MAX_LAYERS: u32 = 3;

/// Most members of one file's archives together: a month of hourly logs in eight folders makes six thousand.
pub const MAX_MEMBERS: u32 = 20_000;

/// Longest `.zip` that is held in memory, in octets: it cannot be read from its beginning, and within another archive, or
/// from standard input, it is no file of its own. As many may be held as there are processors.
pub const MAX_HELD: usize = 32 * 1024 * 1024;

/// Octets that are read at a time.
const BLOCK_LENGTH: usize = 256 * 1024;

/// Octets by which a format is told: a header of tar.
pub(crate) const SNIFFED: usize = 512;

/// An archive's format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Gzip,
    Zip,
    Tar,
}

impl Format {
    /// The format of what begins so.
    pub(crate) fn of(head: &[u8]) -> Option<Self> {
        if head.starts_with(b"\x1f\x8b\x08") {
            Some(Self::Gzip)
        } else if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
            Some(Self::Zip)
        } else if head.get(257..262) == Some(b"ustar") {
            Some(Self::Tar)
        } else {
            None
        }
    }
}

/// The reading of one file with all its layers.
pub(crate) struct Unpacking<'a> {
    pub(crate) allowance: Allowance,
    sink: &'a mut dyn Sink,
    members: u32,
}

impl<'a> Unpacking<'a> {
    pub(crate) fn new(allowance: &Allowance, sink: &'a mut dyn Sink) -> Self {
        Self { allowance: allowance.clone(), sink, members: 0 }
    }

    /// Tells why something could not be read.
    pub(crate) fn fault(&mut self, name: &str, why: Unreadable) {
        self.sink.begin(name);
        self.sink.end(Err(why));
    }

    /// Reads a stream that is within so many layers. Recursion ends at [`MAX_LAYERS`].
    pub(crate) fn stream(&mut self, name: &str, input: &mut dyn Read, layers: u32) {
        let mut head = [0; SNIFFED];
        let (filled, outcome) = fill(input, &mut head);
        let head = head.get(..filled).unwrap_or_default();
        if let Err(error) = outcome {
            self.sink.begin(name);
            self.sink.block(head);
            return self.sink.end(Err(error.into()));
        }
        let mut whole = head.chain(input);
        match Format::of(head) {
            None => self.file(name, &mut whole),
            Some(_) if layers >= MAX_LAYERS => self.fault(name, Unreadable::Nested(MAX_LAYERS)),
            Some(Format::Gzip) => {
                // Decoders read to their own rhythm: the trait object keeps the recursion's type finite.
                let input: &mut dyn Read = &mut whole;
                let mut decoder = Unpacked::new(MultiGzDecoder::new(input), &self.allowance);
                self.stream(name, &mut decoder, layers + 1);
            }
            Some(Format::Tar) => self.tar(name, &mut whole, layers + 1),
            Some(Format::Zip) => match held(&mut whole) {
                Ok(octets) => self.zip(name, &mut Cursor::new(octets), layers + 1),
                Err(why) => self.fault(name, why),
            },
        }
    }

    /// Gives a file to the sink.
    fn file(&mut self, name: &str, input: &mut dyn Read) {
        self.sink.begin(name);
        let mut block = vec![0; BLOCK_LENGTH];
        let outcome = loop {
            let (filled, outcome) = fill(input, &mut block);
            let is_wanted = filled > 0 && self.sink.block(block.get(..filled).unwrap_or_default());
            match outcome {
                Err(error) => break Err(error.into()),
                Ok(()) if is_wanted => {}
                Ok(()) => break Ok(()),
            }
        };
        self.sink.end(outcome);
    }

    /// Reads a member of an archive.
    pub(crate) fn member(&mut self, archive: &str, member: &[u8], input: &mut dyn Read, layers: u32) {
        self.stream(&name::of_member(archive, member), input, layers);
    }

    /// Tells why a member of an archive could not be read.
    pub(crate) fn member_fault(&mut self, archive: &str, member: &[u8], why: Unreadable) {
        self.fault(&name::of_member(archive, member), why);
    }

    /// Counts a member: whether there is room for it. That there is none is told once by whoever asks.
    pub(crate) fn has_room(&mut self) -> bool {
        self.members += 1;
        self.members <= MAX_MEMBERS
    }
}

/// A stream held in memory, which must not be longer than [`MAX_HELD`].
fn held(input: &mut dyn Read) -> Result<Vec<u8>, Unreadable> {
    let mut octets = Vec::new();
    input.take(MAX_HELD as u64 + 1).read_to_end(&mut octets)?;
    if octets.len() > MAX_HELD { Err(Unreadable::TooLargeToHold(MAX_HELD)) } else { Ok(octets) }
}
