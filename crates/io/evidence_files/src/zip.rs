//! `.zip`, by its directory at the end. PKWARE's APPNOTE 6.3, sections 4.3 and 4.5.3. Read here and not by a crate, because
//! a hostile directory must not decide how much memory is taken.

use std::io::{self, Read, Seek, SeekFrom};

use flate2::Crc;
use flate2::read::DeflateDecoder;

use crate::allowance::Unpacked;
use crate::octets::{damaged, exactly, u16_at, u32_at, u64_at};
use crate::unpack::Unpacking;
use crate::unreadable::Unreadable;

/// Longest directory of an archive, in octets: it is held in memory, and has some hundred octets a member.
pub const MAX_DIRECTORY_LENGTH: u64 = 8 * 1024 * 1024;

/// The record at the end, and the longest comment behind it.
const END_LENGTH: u64 = 22;
const MAX_COMMENT_LENGTH: u64 = 65_535;

const END: &[u8] = b"PK\x05\x06";
const END_64: &[u8] = b"PK\x06\x06";
const LOCATOR_64: &[u8] = b"PK\x06\x07";
const LOCATOR_64_LENGTH: u64 = 20;
const END_64_LENGTH: usize = 56;
const ENTRY: &[u8] = b"PK\x01\x02";
const ENTRY_LENGTH: usize = 46;
const LOCAL: &[u8] = b"PK\x03\x04";
const LOCAL_LENGTH: usize = 30;

/// Stands for a number that is in the extra field.
const IN_EXTRA_FIELD: u64 = 0xffff_ffff;

/// What can be sought in.
pub(crate) trait Archive: Read + Seek {}

impl<T: Read + Seek> Archive for T {}

/// A member as the directory has it.
struct Entry<'a> {
    name: &'a [u8],
    is_encrypted: bool,
    method: u16,
    crc: u32,
    packed: u64,
    length: u64,
    /// Where its local header begins, before what stands in front of the archive is added.
    at: u64,
}

/// The directory, where it begins, and how far the archive's beginning is from the file's.
struct Directory {
    octets: Vec<u8>,
    at: u64,
    shift: u64,
}

impl Unpacking<'_> {
    /// Reads each file of a zip archive; they are within so many layers.
    pub(crate) fn zip(&mut self, archive: &str, input: &mut dyn Archive, layers: u32) {
        let directory = match directory(input) {
            Ok(directory) => directory,
            Err(error) => return self.fault(archive, error.into()),
        };
        if directory.octets.is_empty() {
            return self.fault(archive, Unreadable::EmptyArchive);
        }
        let mut rest = directory.octets.as_slice();
        let mut taken = 0_u64;
        while !rest.is_empty() {
            let Some((entry, behind)) = entry(rest) else {
                return self.fault(archive, Unreadable::Damaged("the directory is damaged".to_owned()));
            };
            rest = behind;
            // A small bomb has the same octets for thousands of members; each costs time even where its beginning is enough.
            taken = taken.saturating_add(LOCAL_LENGTH as u64).saturating_add(entry.packed);
            if taken > directory.at {
                return self.fault(archive, Unreadable::TooMuch);
            }
            if entry.name.ends_with(b"/") {
                continue;
            }
            if !self.has_room() {
                return self.fault(archive, Unreadable::TooManyMembers(crate::MAX_MEMBERS));
            }
            if let Err(why) = self.zip_member(archive, &entry, directory.shift, input, layers) {
                self.member_fault(archive, entry.name, why);
            }
        }
    }

    fn zip_member(
        &mut self,
        archive: &str,
        entry: &Entry<'_>,
        shift: u64,
        input: &mut dyn Archive,
        layers: u32,
    ) -> Result<(), Unreadable> {
        if entry.is_encrypted {
            return Err(Unreadable::Encrypted);
        }
        if !matches!(entry.method, STORED | DEFLATED) {
            return Err(Unreadable::Method(entry.method));
        }
        let at = entry.at.checked_add(shift).ok_or_else(|| damaged("a place is beyond the file"))?;
        input.seek(SeekFrom::Start(at))?;
        let local: [u8; LOCAL_LENGTH] = exactly(&mut *input)?;
        if !local.starts_with(LOCAL) {
            return Err(damaged("a member is not where the directory says").into());
        }
        let names = i64::from(u16_at(&local, 26)) + i64::from(u16_at(&local, 28));
        input.seek(SeekFrom::Current(names))?;
        let packed = input.take(entry.packed);
        let decoded: Box<dyn Read + '_> =
            if entry.method == STORED { Box::new(packed) } else { Box::new(DeflateDecoder::new(packed)) };
        let unpacked = Unpacked::new(decoded, &self.allowance);
        let mut checked = Checked { reader: unpacked, crc: Crc::new(), length: 0, expected: (entry.crc, entry.length) };
        self.member(archive, entry.name, &mut checked, layers);
        Ok(())
    }
}

/// Not compressed.
const STORED: u16 = 0;
/// Deflate.
const DEFLATED: u16 = 8;

/// Finds the directory and reads it.
fn directory(input: &mut dyn Archive) -> io::Result<Directory> {
    let length = input.seek(SeekFrom::End(0))?;
    let tail_at = length.saturating_sub(END_LENGTH + MAX_COMMENT_LENGTH);
    input.seek(SeekFrom::Start(tail_at))?;
    let mut tail = Vec::new();
    input.take(END_LENGTH + MAX_COMMENT_LENGTH).read_to_end(&mut tail)?;
    let end_at = end_record(&tail).ok_or_else(|| damaged("the end of the archive is missing"))?;
    let end = tail.get(end_at..).unwrap_or_default();
    let mut size = u64::from(u32_at(end, 12));
    let mut at = u64::from(u32_at(end, 16));
    let mut end_at = tail_at + end_at as u64;
    if size == IN_EXTRA_FIELD || at == IN_EXTRA_FIELD {
        (size, at, end_at) = end_64(input, end_at)?;
    }
    if size > MAX_DIRECTORY_LENGTH {
        return Err(damaged("the directory is longer than is read"));
    }
    let real_at = end_at.checked_sub(size).ok_or_else(|| damaged("the directory is longer than the file"))?;
    let shift = real_at.checked_sub(at).ok_or_else(|| damaged("the directory is not where it should be"))?;
    input.seek(SeekFrom::Start(real_at))?;
    let mut octets = vec![0; usize::try_from(size).map_err(io::Error::other)?];
    input.read_exact(&mut octets)?;
    Ok(Directory { octets, at: real_at, shift })
}

/// The last record of the end whose comment ends with the file, or, where something was added, the last at all.
fn end_record(tail: &[u8]) -> Option<usize> {
    let fits = |at: usize| {
        let rest = tail.get(at..).unwrap_or_default();
        rest.len() == usize::from(u16_at(rest, 20)) + END_LENGTH as usize
    };
    let is_record =
        |at: &usize| tail.get(*at..).is_some_and(|rest| rest.starts_with(END) && rest.len() >= END_LENGTH as usize);
    let mut records = (0..tail.len()).rev().filter(is_record);
    let last = records.clone().next();
    records.find(|at| fits(*at)).or(last)
}

/// Size and place of the directory, and the place of the end, in archives beyond 4 GB.
fn end_64(input: &mut dyn Archive, end_at: u64) -> io::Result<(u64, u64, u64)> {
    let locator_at = end_at.checked_sub(LOCATOR_64_LENGTH).ok_or_else(|| damaged("the end is cut off"))?;
    input.seek(SeekFrom::Start(locator_at))?;
    let locator: [u8; LOCATOR_64_LENGTH as usize] = exactly(&mut *input)?;
    let at = u64_at(&locator, 8);
    input.seek(SeekFrom::Start(at))?;
    let end: [u8; END_64_LENGTH] = exactly(&mut *input)?;
    if !locator.starts_with(LOCATOR_64) || !end.starts_with(END_64) {
        return Err(damaged("the end of a large archive is missing"));
    }
    Ok((u64_at(&end, 40), u64_at(&end, 48), at))
}

/// The first entry of the directory, and what is behind it.
fn entry(octets: &[u8]) -> Option<(Entry<'_>, &[u8])> {
    let fixed = octets.get(..ENTRY_LENGTH).filter(|fixed| fixed.starts_with(ENTRY))?;
    let name_end = ENTRY_LENGTH + usize::from(u16_at(fixed, 28));
    let extra_end = name_end + usize::from(u16_at(fixed, 30));
    let end = extra_end + usize::from(u16_at(fixed, 32));
    let mut entry = Entry {
        name: octets.get(ENTRY_LENGTH..name_end)?,
        is_encrypted: u16_at(fixed, 8) & 1 != 0,
        method: u16_at(fixed, 10),
        crc: u32_at(fixed, 16),
        packed: u64::from(u32_at(fixed, 20)),
        length: u64::from(u32_at(fixed, 24)),
        at: u64::from(u32_at(fixed, 42)),
    };
    widen(&mut entry, octets.get(name_end..extra_end)?);
    Some((entry, octets.get(end..)?))
}

/// Takes the numbers that are too large for their fields from the extra field: those that are, in this order.
fn widen(entry: &mut Entry<'_>, extra: &[u8]) {
    let mut rest = extra;
    while rest.len() >= 4 {
        let length = usize::from(u16_at(rest, 2));
        let Some(data) = rest.get(4..4 + length) else { return };
        if u16_at(rest, 0) == 1 {
            let mut at = 0;
            for number in [&mut entry.length, &mut entry.packed, &mut entry.at] {
                if *number == IN_EXTRA_FIELD && data.len() >= at + 8 {
                    *number = u64_at(data, at);
                    at += 8;
                }
            }
        }
        rest = rest.get(4 + length..).unwrap_or_default();
    }
}

/// A member whose length and sum must be what the directory says.
struct Checked<R> {
    reader: R,
    crc: Crc,
    length: u64,
    expected: (u32, u64),
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.crc.update(buffer.get(..read).unwrap_or_default());
        self.length = self.length.saturating_add(read as u64);
        if read == 0 && !buffer.is_empty() && (self.crc.sum(), self.length) != self.expected {
            return Err(damaged("what came out is not what went in"));
        }
        Ok(read)
    }
}
