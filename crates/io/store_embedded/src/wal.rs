//! The write-ahead log as it lies on the disk, looked at before SQLite does. SQLite takes it up to the first frame that
//! does not check, and drops the rest without a word. Behind a crash that is right: the rest is a commit that nobody was
//! told of. Behind a damaged disk it is mail that was accepted.
//!
//! Format: <https://www.sqlite.org/fileformat2.html#the_write_ahead_log>.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use io_store::StoreError;

use crate::files::LOG;

/// Octets of the log's header, and of a frame's.
const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// The last bit of the mark says whether checksums are over big-endian words.
const MARK: u32 = 0x377f_0682;

/// The largest page that SQLite has.
const MAX_PAGE: u32 = 65_536;

/// Commits that are found behind the first bad frame when the log is damaged. The last commit before a crash may be torn
/// in any way, its last frame written and one before it not. It began after the one before it was durable.
const TORN: u64 = 1;

/// Refuses a database whose log has lost what was committed.
pub fn check(database: &Path) -> Result<(), StoreError> {
    let path = log_of(database);
    let place = path.display().to_string();
    match read(&path) {
        Ok(None) => Ok(()),
        Ok(Some(Break { octets, commits })) => Err(StoreError::Corrupt {
            reason: format!(
                "it cannot be read on from octet {octets}, and {commits} commits stand behind: look at the disk, keep a \
                 copy, and restore a backup, or give up what was committed behind there with \
                 `truncate --size={octets} {place}`"
            ),
            place,
        }),
        Err(error) => Err(StoreError::Unavailable { place, reason: error.to_string() }),
    }
}

fn log_of(database: &Path) -> PathBuf {
    let mut name = OsString::from(database);
    name.push(LOG);
    PathBuf::from(name)
}

/// Where a log breaks off though it goes on.
#[derive(Debug, PartialEq, Eq)]
struct Break {
    /// Octets that can be read.
    octets: u64,
    /// Commits behind.
    commits: u64,
}

fn read(path: &Path) -> io::Result<Option<Break>> {
    match File::open(path) {
        Ok(file) => broken(BufReader::new(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether the log lost what was committed. One whose header does not check has nothing in it: it is written anew, before
/// its first frame, whenever the log begins again.
fn broken(mut log: impl Read) -> io::Result<Option<Break>> {
    let mut header = [0; HEADER];
    if !filled(&mut log, &mut header)? {
        return Ok(None);
    }
    let Some(mut chain) = Chain::begin(&header) else { return Ok(None) };
    let mut frame = vec![0; FRAME_HEADER + chain.page];
    let (mut octets, mut commits, mut whole) = (HEADER as u64, 0, true);
    while filled(&mut log, &mut frame)? {
        if !chain.is_of_this_log(&frame) {
            whole = false;
            continue;
        }
        whole = whole && chain.follows(&frame);
        if whole {
            octets += frame.len() as u64;
        } else if word(&frame, 4, true) != 0 {
            commits += 1;
        }
    }
    Ok((commits > TORN).then_some(Break { octets, commits }))
}

/// Reads as much as there is room for; false if the end came before.
fn filled(log: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match log.read_exact(buffer) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        result => result.map(|()| true),
    }
}

/// The checksum that goes on from frame to frame.
struct Chain {
    page: usize,
    salts: [u8; 8],
    big_endian: bool,
    sums: (u32, u32),
}

impl Chain {
    fn begin(header: &[u8; HEADER]) -> Option<Self> {
        let mark = word(header, 0, true);
        let page = word(header, 8, true);
        if mark & !1 != MARK || !page.is_power_of_two() || page > MAX_PAGE {
            return None;
        }
        let salts = header.get(16..24)?.try_into().ok()?;
        let mut chain = Self { page: usize::try_from(page).ok()?, salts, big_endian: mark & 1 == 1, sums: (0, 0) };
        chain.sums = chain.summed(header.get(..24)?);
        (chain.sums == (word(header, 24, true), word(header, 28, true))).then_some(chain)
    }

    /// Whether the frame was written since the log last began; older ones stay behind until they are overwritten.
    fn is_of_this_log(&self, frame: &[u8]) -> bool {
        frame.get(8..16) == Some(&self.salts)
    }

    /// Whether the frame is whole and follows the one before. If so the chain goes on behind it.
    fn follows(&mut self, frame: &[u8]) -> bool {
        let before = self.sums;
        self.sums = self.summed(frame.get(..8).unwrap_or_default());
        self.sums = self.summed(frame.get(FRAME_HEADER..).unwrap_or_default());
        let follows = self.sums == (word(frame, 16, true), word(frame, 20, true));
        if !follows {
            self.sums = before;
        }
        follows
    }

    fn summed(&self, octets: &[u8]) -> (u32, u32) {
        octets.chunks_exact(8).fold(self.sums, |(first, second), pair| {
            let first = first.wrapping_add(word(pair, 0, self.big_endian)).wrapping_add(second);
            let second = second.wrapping_add(word(pair, 4, self.big_endian)).wrapping_add(first);
            (first, second)
        })
    }
}

/// Four octets as a number; what is not there is zero.
fn word(octets: &[u8], at: usize, big_endian: bool) -> u32 {
    let four = octets.get(at..at + 4).and_then(|four| four.try_into().ok()).unwrap_or_default();
    if big_endian { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use rusqlite::Connection;
    use tempfile::TempDir;

    use super::*;

    const PAGE: usize = 4096;
    const FRAME: usize = FRAME_HEADER + PAGE;

    /// A log with so many commits, as SQLite writes it.
    fn log(commits: usize) -> Vec<u8> {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("x.db");
        let connection = Connection::open(&file).unwrap();
        connection.pragma_update(None, "page_size", 4096).unwrap();
        connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(())).unwrap();
        connection.execute_batch("CREATE TABLE t (x)").unwrap();
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
        for number in 0..i64::try_from(commits).unwrap() {
            connection.execute("INSERT INTO t VALUES (?1)", [number]).unwrap();
        }
        std::fs::read(log_of(&file)).unwrap_or_default()
    }

    fn check(what: &str, log: &[u8], expected: Option<(usize, u64)>) {
        let expected = expected.map(|(frames, commits)| Break { octets: (HEADER + frames * FRAME) as u64, commits });
        assert_eq!(broken(log).unwrap(), expected, "{what}");
    }

    #[test]
    fn damage_is_told_from_a_crash() {
        let whole = log(6);
        let frames = (whole.len() - HEADER) / FRAME;
        assert_eq!((frames, (whole.len() - HEADER) % FRAME), (6, 0), "one frame a commit");
        let hurt = |frame: usize| {
            let mut log = whole.clone();
            *log.get_mut(HEADER + frame * FRAME + 100).unwrap() ^= 1;
            log
        };
        check("none", &[], None);
        check("whole", &whole, None);
        check("cut short", &whole[..HEADER + 3 * FRAME + 7], None);
        check("the last one torn", &hurt(5), None);
        check("the last but one", &hurt(4), Some((4, 2)));
        check("the first", &hurt(0), Some((0, 6)));
        check(
            "zeroes in the middle",
            &[&whole[..HEADER + FRAME], &[0; FRAME], &whole[HEADER + 2 * FRAME..]].concat(),
            Some((1, 4)),
        );
        let mut foreign = whole.clone();
        *foreign.get_mut(20).unwrap() ^= 1;
        check("a header that does not check", &foreign, None);
        check("no log", &[7; 10_000], None);
    }
}
