//! Names as they are shown. A name in an archive may hold anything, so it is made harmless and short; it is never used to
//! open anything.

use std::path::Path;

/// Longest name that is shown, in characters: as long as a path may be on most systems' command lines. More is cut off.
pub const MAX_NAME_LENGTH: usize = 1024;

/// A path as it is shown.
pub(crate) fn of_path(path: &Path) -> String {
    harmless(&path.display().to_string())
}

/// The name of an archive's member.
pub(crate) fn of_member(archive: &str, member: &[u8]) -> String {
    harmless(&format!("{archive}/{}", String::from_utf8_lossy(member)))
}

/// Without control characters and signs that turn the direction of writing, and of bounded length.
fn harmless(name: &str) -> String {
    let sign = |c: char| match c {
        c if c.is_control() => '\u{fffd}',
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => '\u{fffd}',
        c => c,
    };
    let mut signs = name.chars().map(sign);
    let mut shown: String = signs.by_ref().take(MAX_NAME_LENGTH).collect();
    if signs.next().is_some() {
        shown.push('…');
    }
    shown
}
