//! `.tar` from its beginning to its end, without going back. POSIX.1-2017, pax, "ustar Interchange Format"; GNU's long names.

use std::io::{self, Read};

use crate::name::MAX_NAME_LENGTH;
use crate::octets::{damaged, fill, skip};
use crate::unpack::Unpacking;
use crate::unreadable::Unreadable;

/// The length of a header, and what contents are padded to.
const BLOCK: usize = 512;

/// Longest extended header that is read, in octets; the rest of a longer one is passed over. It holds a path and times.
const MAX_EXTENDED: u64 = 64 * 1024;

/// A header.
struct Header {
    name: Vec<u8>,
    length: u64,
    kind: u8,
}

impl Unpacking<'_> {
    /// Reads each file of a tar archive; they are within so many layers.
    pub(crate) fn tar(&mut self, archive: &str, input: &mut dyn Read, layers: u32) {
        if let Err(error) = self.tar_members(archive, input, layers) {
            self.fault(archive, error.into());
        }
    }

    fn tar_members(&mut self, archive: &str, input: &mut dyn Read, layers: u32) -> io::Result<()> {
        // The name that an extended header gives to the member behind it.
        let mut long_name = None;
        while let Some(header) = header(input)? {
            let mut content = input.take(header.length);
            match header.kind {
                b'x' | b'L' => {
                    let mut text = Vec::new();
                    content.by_ref().take(MAX_EXTENDED).read_to_end(&mut text)?;
                    long_name = if header.kind == b'L' { Some(gnu_name(&text)) } else { pax_path(&text).or(long_name) };
                }
                b'0' | b'\0' | b'7' => {
                    let name = long_name.take().unwrap_or(header.name);
                    if !self.has_room() {
                        self.fault(archive, Unreadable::TooManyMembers(crate::MAX_MEMBERS));
                        return Ok(());
                    }
                    self.member(archive, &name, &mut content, layers);
                }
                b'1' | b'2' => {
                    let name = long_name.take().unwrap_or(header.name);
                    if self.has_room() {
                        self.member_fault(archive, &name, Unreadable::Link);
                    }
                }
                // Folders, devices, and headers for all that follows.
                _ => long_name = None,
            }
            let rest = content.limit();
            let padding = header.length.next_multiple_of(BLOCK as u64) - header.length;
            if skip(input, rest + padding)? < rest {
                return Err(cut_off());
            }
        }
        Ok(())
    }
}

/// The next header; none at the end, which is a block of zeros, or the end of the file where writers are lazy.
fn header(input: &mut dyn Read) -> io::Result<Option<Header>> {
    let mut octets = [0; BLOCK];
    let (filled, outcome) = fill(input, &mut octets);
    outcome?;
    match filled {
        0 => return Ok(None),
        BLOCK => {}
        _ => return Err(cut_off()),
    }
    if octets.iter().all(|octet| *octet == 0) {
        return Ok(None);
    }
    let field = |from: usize, to: usize| octets.get(from..to).unwrap_or_default();
    let sum = |octets: &[u8]| octets.iter().map(|octet| u64::from(*octet)).sum::<u64>();
    // The sum's own eight octets count as blanks.
    let expected = sum(field(0, 148)) + sum(field(156, BLOCK)) + 8 * u64::from(b' ');
    if number(field(148, 156)) != Some(expected) {
        return Err(damaged("a header's sum is wrong"));
    }
    let length = number(field(124, 136)).ok_or_else(|| damaged("a length is no number"))?;
    let mut name = until_zero(field(345, 500)).to_vec();
    // GNU writes times where POSIX has the beginning of the name.
    if field(257, 263) != b"ustar\0" {
        name.clear();
    }
    if !name.is_empty() {
        name.push(b'/');
    }
    name.extend_from_slice(until_zero(field(0, 100)));
    let kind = octets.get(156).copied().unwrap_or_default();
    // Links and folders have no content, whatever their length says.
    let length = if matches!(kind, b'1'..=b'6') { 0 } else { length };
    Ok(Some(Header { name, length, kind }))
}

/// A number in octal digits, or in binary where the first bit is set. At most 2^62, so that sums cannot overflow.
fn number(field: &[u8]) -> Option<u64> {
    let number = match field.split_first() {
        Some((first, rest)) if first & 0x80 != 0 => {
            let digits = std::iter::once(first & 0x7f).chain(rest.iter().copied());
            digits.into_iter().try_fold(0u64, |sum, digit| sum.checked_mul(256)?.checked_add(u64::from(digit)))?
        }
        _ => {
            let text = std::str::from_utf8(until_zero(field)).ok()?.trim();
            if text.is_empty() { 0 } else { u64::from_str_radix(text, 8).ok()? }
        }
    };
    (number < 1 << 62).then_some(number)
}

fn until_zero(field: &[u8]) -> &[u8] {
    field.split(|octet| *octet == 0).next().unwrap_or_default()
}

fn gnu_name(text: &[u8]) -> Vec<u8> {
    until_zero(text).iter().copied().take(MAX_NAME_LENGTH * 4).collect()
}

/// The path in an extended header: lines of `length key=value`. The last one counts.
fn pax_path(text: &[u8]) -> Option<Vec<u8>> {
    let mut rest = text;
    let mut path = None;
    while let Some(blank) = rest.iter().position(|octet| *octet == b' ') {
        let digits = std::str::from_utf8(rest.get(..blank)?).ok()?;
        let length = digits.parse::<usize>().ok().filter(|length| *length > blank)?;
        let line = rest.get(blank + 1..length)?;
        if let Some(value) = line.strip_prefix(b"path=") {
            path = Some(value.strip_suffix(b"\n").unwrap_or(value).to_vec());
        }
        rest = rest.get(length..)?;
    }
    path
}

fn cut_off() -> io::Error {
    damaged("the archive is cut off")
}
