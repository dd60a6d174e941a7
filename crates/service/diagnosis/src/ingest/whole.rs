//! Kinds that can be understood only as a whole: the text is kept until the file ends, up to a limit.

use super::{Found, Intake};

/// Longest text of such a kind, in octets. A dump of ten thousand connectors has about ten million; as many files are in
/// memory at once as there are processors.
pub(crate) const MAX_WHOLE_LENGTH: usize = 16 * 1024 * 1024;

/// Keeps a file, and gives it to its reader when it has ended. A longer one is not read at all, since a list that was cut
/// off could be taken for a whole one.
pub(crate) struct Whole {
    octets: Vec<u8>,
    is_too_long: bool,
    read: fn(&[u8], &mut Found),
}

impl Whole {
    /// An intake that gives the whole file to a function.
    pub(crate) fn boxed(read: fn(&[u8], &mut Found)) -> Box<dyn Intake> {
        Box::new(Self { octets: Vec::new(), is_too_long: false, read })
    }
}

impl Intake for Whole {
    fn feed(&mut self, block: &[u8], _found: &mut Found) {
        if self.is_too_long || self.octets.len().saturating_add(block.len()) > MAX_WHOLE_LENGTH {
            self.is_too_long = true;
            self.octets = Vec::new();
        } else {
            self.octets.extend_from_slice(block);
        }
    }

    fn finish(self: Box<Self>, found: &mut Found) {
        if self.is_too_long {
            let limit = (MAX_WHOLE_LENGTH / (1024 * 1024)).to_string();
            found.source.problem(None, "problem-too-long", vec![("limit", limit)]);
        } else {
            (self.read)(&self.octets, found);
        }
    }
}
