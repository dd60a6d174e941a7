//! Tables as postmap(1) and cidr_table(5) read them: a key, blanks, a value; continued by lines that begin with a blank.

/// An entry of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableEntry {
    /// What is looked up, as it is written.
    pub key: String,
    /// What is found; empty where the line has a key alone.
    pub value: String,
    /// The line where it begins, from 1.
    pub line: u64,
}

/// Most entries that are read of one table; what is beyond is told by [`table`].
pub const MAX_ENTRIES: usize = 100_000;

/// Longest entry, in octets; the rest of a longer one is passed over.
const MAX_LENGTH: usize = 16 * 1024;

/// Reads a table. The second value is how many entries are beyond [`MAX_ENTRIES`].
#[must_use]
pub fn table(text: &str) -> (Vec<TableEntry>, usize) {
    let (mut entries, mut beyond) = (Vec::new(), 0);
    for (line, text) in logical_lines(text) {
        if entries.len() == MAX_ENTRIES {
            beyond += 1;
        } else {
            entries.push(entry(&text, line));
        }
    }
    (entries, beyond)
}

/// Lines joined with those that continue them, without empty ones and remarks.
fn logical_lines(text: &str) -> Vec<(u64, String)> {
    let mut lines: Vec<(u64, String)> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let content = line.trim_end();
        if content.trim_start().is_empty() || content.trim_start().starts_with('#') {
            continue;
        }
        match lines.last_mut() {
            Some((_, last)) if line.starts_with([' ', '\t']) => {
                if last.len().saturating_add(content.len()) <= MAX_LENGTH {
                    last.push(' ');
                    last.push_str(content.trim_start());
                }
            }
            _ => {
                let end = content.floor_char_boundary(MAX_LENGTH);
                lines.push((number, content.get(..end).unwrap_or_default().trim_start().to_owned()));
            }
        }
    }
    lines
}

/// A key may stand in quotes, with blanks in it.
fn entry(text: &str, line: u64) -> TableEntry {
    if let Some((key, value)) = text.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
        return TableEntry { key: key.to_owned(), value: value.trim().to_owned(), line };
    }
    let (key, value) = text.split_once([' ', '\t']).unwrap_or((text, ""));
    TableEntry { key: key.to_owned(), value: value.trim().to_owned(), line }
}
