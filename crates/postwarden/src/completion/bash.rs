//! bash. It cuts the line into words at `=` and `:` too, keeps quotes in them, and takes what it is given as it stands; so the
//! line is split here by the shell's rules, and what is offered is quoted as the word was begun.

use std::ffi::OsString;
use std::io::{Error, Write};
use std::path::Path;

use clap::Command;
use clap_complete::engine::complete;
use clap_complete::env::EnvCompleter;

/// The variable with the line up to the cursor.
const LINE: &str = "POSTWARDEN_COMPLETE_LINE";

/// The variable with what bash takes for the last word, and replaces.
const WORD: &str = "POSTWARDEN_COMPLETE_WORD";

/// `while read` in place of `mapfile`, which bash 3.2 does not have. Nothing that is offered goes through the shell's expansions.
const SCRIPT: &str = r#"_postwarden() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        COMPREPLY+=("$line")
    done < <(@VARIABLE@=bash @LINE@="${COMP_LINE:0:COMP_POINT}" @WORD@="$2" @PROGRAM@ -- "$1" 2>/dev/null)
    if [[ ${#COMPREPLY[@]} -eq 1 && "${COMPREPLY[0]}" == *[/=] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -o bashdefault -o default -F _postwarden @NAME@
"#;

/// Completion for bash.
pub struct Bash;

impl EnvCompleter for Bash {
    fn name(&self) -> &'static str {
        "bash"
    }

    fn is(&self, name: &str) -> bool {
        name == "bash"
    }

    fn write_registration(
        &self,
        var: &str,
        _name: &str,
        bin: &str,
        completer: &str,
        buf: &mut dyn Write,
    ) -> Result<(), Error> {
        let parts =
            [("@VARIABLE@", var), ("@LINE@", LINE), ("@WORD@", WORD), ("@PROGRAM@", completer), ("@NAME@", bin)];
        let script = parts.iter().fold(SCRIPT.to_owned(), |script, (part, text)| script.replace(part, text));
        buf.write_all(script.as_bytes())
    }

    fn write_complete(
        &self,
        cmd: &mut Command,
        _args: Vec<OsString>,
        current_dir: Option<&Path>,
        buf: &mut dyn Write,
    ) -> Result<(), Error> {
        let words = split(&std::env::var(LINE).unwrap_or_default());
        let Some(last) = words.last() else { return Ok(()) };
        let replaced = std::env::var(WORD).unwrap_or_default();
        let index = words.len() - 1;
        let texts = words.iter().map(|word| OsString::from(&word.text)).collect();
        for candidate in complete(cmd, texts, index, current_dir)? {
            if let Some(offered) = last.offer(&candidate.get_value().to_string_lossy(), &replaced) {
                writeln!(buf, "{offered}")?;
            }
        }
        Ok(())
    }
}

/// The words of the line, where bash asks.
pub fn words() -> Option<Vec<String>> {
    let line = std::env::var(LINE).ok()?;
    Some(split(&line).into_iter().map(|word| word.text).collect())
}

/// A word of the line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Word {
    /// As it was typed.
    raw: String,
    /// What it means.
    text: String,
    /// The quote that is open at its end.
    open: Option<char>,
}

impl Word {
    fn push(&mut self, typed: char, means: Option<char>) {
        self.raw.push(typed);
        self.text.extend(means);
    }

    /// What stands for a candidate in place of the end of this word that bash replaces. None: it does not begin like it.
    fn offer(&self, candidate: &str, replaced: &str) -> Option<String> {
        let kept = self.raw.strip_suffix(replaced).unwrap_or_default();
        let kept = split(&format!("x {kept}")).pop().map(|word| word.text).unwrap_or_default();
        let rest = candidate.strip_prefix(&kept)?;
        Some(match self.open {
            Some('\'') => rest.replace('\'', r"'\''"),
            Some(_) => escaped(rest, |c| "\\\"$`".contains(c)),
            None => escaped(rest, |c| !(c.is_alphanumeric() || "-_./:@%+=,".contains(c))),
        })
    }
}

fn escaped(text: &str, special: impl Fn(char) -> bool) -> String {
    text.chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c])).collect()
}

/// Splits a line as the shell does. The last word is that at the cursor, empty behind a space.
fn split(line: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut word = Word::default();
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match (word.open, letter) {
            (None, ' ' | '\t') if word.raw.is_empty() => {}
            (None, ' ' | '\t') => words.push(std::mem::take(&mut word)),
            (None, '\'' | '"') => {
                word.push(letter, None);
                word.open = Some(letter);
            }
            (Some(open), letter) if open == letter => {
                word.push(letter, None);
                word.open = None;
            }
            (None | Some('"'), '\\') => {
                word.push(letter, None);
                if let Some(next) = letters.next() {
                    word.push(next, Some(next));
                }
            }
            _ => word.push(letter, Some(letter)),
        }
    }
    words.push(word);
    words
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn lines_are_split_as_the_shell_does() {
        let check = |line: &str, expected: &[&str]| {
            let words: Vec<String> = split(line).into_iter().map(|word| word.text).collect();
            assert_eq!(words, expected, "{line:?}");
        };
        check("", &[""]);
        check("postwarden ", &["postwarden", ""]);
        check("postwarden  tenant\tshow con", &["postwarden", "tenant", "show", "con"]);
        check("a 'Inbound from' b", &["a", "Inbound from", "b"]);
        check("a \"Inbound f", &["a", "Inbound f"]);
        check(r"a Inbound\ f", &["a", "Inbound f"]);
        check(r#"a "x\"y" 'x\y'"#, &["a", "x\"y", r"x\y"]);
        check("a --tenant='con", &["a", "--tenant=con"]);
        check(r"a \", &["a", ""]);
    }

    #[test]
    fn what_is_offered_is_quoted_as_the_word_was_begun() {
        let check = |line: &str, replaced: &str, candidate: &str, expected: Option<&str>| {
            let word = split(line).pop().unwrap();
            assert_eq!(word.offer(candidate, replaced).as_deref(), expected, "{line:?} {candidate:?}");
        };
        check("p con", "con", "contoso", Some("contoso"));
        check("p ", "", "contoso", Some("contoso"));
        check("p Inb", "Inb", "Inbound from HQ", Some(r"Inbound\ from\ HQ"));
        check(r"p Inbound\ f", r"Inbound\ f", "Inbound from HQ", Some(r"Inbound\ from\ HQ"));
        check("p \"Inbound f", "Inbound f", "Inbound from HQ", Some("Inbound from HQ"));
        check("p 'Inb", "Inb", "Bob's", Some(r"Bob'\''s"));
        check("p \"a", "a", "a$b\"c", Some(r#"a\$b\"c"#));
        check("p --tenant=con", "con", "--tenant=contoso", Some("contoso"));
        check("p --tenant=\"con", "con", "--tenant=contoso gmbh", Some("contoso gmbh"));
        check("p mx:2", "2", "mx:25", Some("25"));
        check("p --tenant=x", "x", "other", None);
    }
}
