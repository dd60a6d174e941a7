//! Reads one file, or all that is in it where it is an archive.

use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::sync::atomic::AtomicU64;

use crate::Sink;
use crate::allowance::{Allowance, Input};
use crate::find::{EvidenceFile, Place};
use crate::octets::fill;
use crate::unpack::{Format, SNIFFED, Unpacking};
use crate::unreadable::Unreadable;

impl EvidenceFile {
    /// Reads it in blocks, whatever its length. `progress` counts the file's own octets as they are read. Faults are the
    /// sink's to tell: none of them ends the reading of what else there is.
    pub fn read(&self, progress: &AtomicU64, sink: &mut dyn Sink) {
        let allowance = Allowance::default();
        let mut unpacking = Unpacking::new(&allowance, sink);
        let outcome = match &self.place {
            Place::StandardInput => {
                unpacking.stream(&self.name, &mut Input::new(io::stdin().lock(), &allowance, progress), 0);
                Ok(())
            }
            Place::Text(text) => {
                unpacking.stream(&self.name, &mut Input::new(text.as_slice(), &allowance, progress), 0);
                Ok(())
            }
            Place::Pipe(path) => File::open(path).map_err(Unreadable::from).map(|pipe| {
                unpacking.stream(&self.name, &mut Input::new(pipe, &allowance, progress), 0);
            }),
            Place::File(path) => {
                let opened = File::open(path).map_err(|error| Unreadable::System(error.to_string()));
                opened.and_then(|file| self.read_file(file, &allowance, progress, &mut unpacking))
            }
            Place::Nowhere(why) => Err(why.clone()),
        };
        if let Err(why) = outcome {
            unpacking.fault(&self.name, why);
        }
    }

    /// Of a file that is being written we take what was there when we came, so that we do not follow it for ever.
    fn read_file(
        &self,
        mut file: File,
        allowance: &Allowance,
        progress: &AtomicU64,
        unpacking: &mut Unpacking<'_>,
    ) -> Result<(), Unreadable> {
        let system = |error: io::Error| Unreadable::System(error.to_string());
        let mut head = [0; SNIFFED];
        let length = file.metadata().map_err(system)?.len();
        let (filled, outcome) = fill(&mut file, &mut head);
        outcome.map_err(system)?;
        file.seek(SeekFrom::Start(0)).map_err(system)?;
        if Format::of(head.get(..filled).unwrap_or_default()) == Some(Format::Zip) {
            unpacking.zip(&self.name, &mut Input::new(file, allowance, progress), 1);
        } else {
            let whole = Whole { reader: file.take(length) };
            unpacking.stream(&self.name, &mut Input::new(whole, allowance, progress), 0);
        }
        Ok(())
    }
}

/// A file that must not end before its length.
struct Whole {
    reader: io::Take<File>,
}

impl Read for Whole {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        if read == 0 && !buffer.is_empty() && self.reader.limit() > 0 {
            return Err(io::Error::other(Shrunk));
        }
        Ok(read)
    }
}

/// The file became shorter while it was read.
#[derive(Debug)]
pub(crate) struct Shrunk;

impl std::fmt::Display for Shrunk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the file became shorter while it was read")
    }
}

impl std::error::Error for Shrunk {}
