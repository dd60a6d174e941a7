//! Asks on a terminal to paste.

use std::io::{self, BufRead, Write as _};

use crate::exit::Failure;

/// Most octets that are taken: nobody pastes more, and a file that was sent here by mistake ends.
const MAX_LENGTH: usize = 16 * 1024 * 1024;

/// Longest line that a terminal passes on, in octets; of a longer one it drops the rest without a word (termios(3), canonical
/// mode).
const TERMINAL_LINE: usize = 4095;

const END: &str = if cfg!(windows) { "Ctrl-Z and Enter" } else { "Ctrl-D" };

/// Asks, and takes what is pasted up to its end, which is the end of input or a line with a dot.
pub fn ask() -> Result<Vec<u8>, Failure> {
    let mut stderr = io::stderr();
    let asked = writeln!(
        stderr,
        "Paste a bounce, a reply, lines of a log or the output of a Get-cmdlet. Several may follow each other.\n\
         End with {END}, or with a line that has a single dot."
    );
    asked.and_then(|()| stderr.flush()).map_err(|error| Failure::usage(format!("standard error: {error}")))?;
    let text = take(io::stdin().lock()).map_err(|error| Failure::usage(format!("standard input: {error}")))?;
    if text.len() > MAX_LENGTH {
        return Err(Failure::usage(format!("more was pasted than {} MB", MAX_LENGTH / (1024 * 1024)))
            .hint("save it as a file, and name that"));
    }
    if text.split(|octet| *octet == b'\n').any(|line| line.len() >= TERMINAL_LINE) {
        return Err(Failure::usage(format!(
            "a line is so long that the terminal cut it off at {TERMINAL_LINE} octets"
        ))
        .hint("save the text as a file, and name that"));
    }
    Ok(text)
}

/// Takes lines up to the one with a dot; a little more than the limit where there is more.
fn take(input: impl BufRead) -> io::Result<Vec<u8>> {
    let mut input = input.take(MAX_LENGTH as u64 + 1);
    let mut text = Vec::new();
    loop {
        let from = text.len();
        if input.read_until(b'\n', &mut text)? == 0 {
            return Ok(text);
        }
        if matches!(text.get(from..), Some(b".\n" | b".\r\n" | b".")) {
            text.truncate(from);
            return Ok(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::take;

    #[test]
    fn a_line_with_a_dot_ends_it() {
        let check = |typed: &str, expected: &str| {
            let taken = take(typed.as_bytes()).ok().map(|text| String::from_utf8_lossy(&text).into_owned());
            assert_eq!(taken.as_deref(), Some(expected), "{typed:?}");
        };
        check("", "");
        check("550 5.7.64", "550 5.7.64");
        check("a\nb\n.\nc\n", "a\nb\n");
        check("a\r\n.\r\nc", "a\r\n");
        check("a\n.", "a\n");
        check("a\n..\n. \n.b\n", "a\n..\n. \n.b\n");
        check(".\n", "");
    }
}
