//! Words that no file of the tree may hold: paths of the machines on which it was written.

use super::{Complaint, File};

/// Written in two halves, for this file is checked too.
const WORDS: &[&str] = &[concat!("/wo", "rk/"), concat!("far", "m-")];

/// Looks at every line of every text file.
pub fn check(files: &[File]) -> Vec<Complaint> {
    let lines =
        files.iter().flat_map(|file| file.text.lines().enumerate().map(move |(index, line)| (file, index, line)));
    lines.filter_map(|(file, index, line)| check_line(file, index, line)).collect()
}

fn check_line(file: &File, index: usize, line: &str) -> Option<Complaint> {
    let word = WORDS.iter().find(|word| line.contains(**word))?;
    let text = format!("holds `{word}`, a place on one machine: say it without");
    Some(Complaint::new(format!("{}:{}", file.path, index + 1), text))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn places_of_one_machine_are_found_with_their_line() {
        let file = |text: String| [File { path: "a.md".to_owned(), text }];
        for word in WORDS {
            let complaints = check(&file(format!("first\nsee {word}x\n")));
            assert_eq!(complaints.len(), 1, "{word}");
            assert_eq!(complaints[0].place, "a.md:2", "{word}");
        }
        assert_eq!(check(&file("a frame/work of network/traffic\n".to_owned())), []);
    }
}
