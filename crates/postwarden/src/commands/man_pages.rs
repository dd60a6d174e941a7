//! `man-pages`: the manual of every command, made from the same definitions as its help. For those who pack the program.

use std::fs;
use std::io;
use std::path::Path;

use clap::{Command, CommandFactory as _};
use clap_mangen::Man;

use crate::cli::{Cli, ManPagesArgs};
use crate::exit::{Exit, Failure, Outcome};

/// Where everything about the configuration file stands.
const SEE_ALSO: &str = ".SH \"SEE ALSO\"\n.BR postwarden (1),\n.BR postwarden.toml (5)\n";

/// Writes one page a command into the folder.
pub fn run(args: &ManPagesArgs) -> Outcome {
    let mut root = Cli::command().disable_help_subcommand(true);
    root.build();
    let write = || {
        fs::create_dir_all(&args.folder)?;
        write_all(&root, &args.folder)
    };
    write().map_err(|error| Failure::usage(format!("{}: {error}", args.folder.display())))?;
    Ok(Exit::Done)
}

fn write_all(command: &Command, folder: &Path) -> io::Result<()> {
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        write_all(inner, folder)?;
    }
    let page = Man::new(command.clone()).source(concat!("Postwarden ", env!("CARGO_PKG_VERSION")));
    fs::write(folder.join(page.get_filename()), render(command, &page)?)
}

fn render(command: &Command, page: &Man) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    page.render_title(&mut text)?;
    page.render_name_section(&mut text)?;
    page.render_synopsis_section(&mut text)?;
    page.render_description_section(&mut text)?;
    page.render_options_section(&mut text)?;
    if command.has_subcommands() {
        page.render_subcommands_section(&mut text)?;
    }
    let after = command.get_after_long_help().or_else(|| command.get_after_help());
    text.extend(sections(&after.map(ToString::to_string).unwrap_or_default()).into_bytes());
    text.extend(SEE_ALSO.bytes());
    Ok(text)
}

/// What help ends with, as sections: a paragraph under a line that ends in a colon is one of that name, as it stands; any
/// other is a note.
fn sections(help: &str) -> String {
    let mut text = String::new();
    let mut in_notes = false;
    for paragraph in help.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
        let headed = paragraph.split_once('\n').and_then(|(first, rest)| Some((first.strip_suffix(':')?, rest)));
        if let Some((heading, lines)) = headed {
            text += &format!(".SH \"{}\"\n.nf\n{}.fi\n", heading.to_uppercase(), escaped(lines));
        } else {
            text += if in_notes { ".PP\n" } else { ".SH NOTES\n" };
            text += &escaped(paragraph);
        }
        in_notes = headed.is_none();
    }
    text
}

/// Text that troff prints as it is: no escapes, no requests, and hyphens that can be copied as such.
fn escaped(text: &str) -> String {
    let escaped = text.replace('\\', "\\e").replace('-', "\\-");
    let lines =
        escaped.lines().map(|line| format!("{}{line}\n", if line.starts_with(['.', '\'']) { "\\&" } else { "" }));
    lines.collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn help_becomes_sections() {
        let check = |help: &str, expected: &str| assert_eq!(sections(help), expected, "{help:?}");
        check("", "");
        check("Examples:\n  a -b", ".SH \"EXAMPLES\"\n.nf\n  a \\-b\n.fi\n");
        check(
            "One.\n\nTwo:\n  x\n\nThree.\n\nFour.",
            concat!(".SH NOTES\nOne.\n", ".SH \"TWO\"\n.nf\n  x\n.fi\n", ".SH NOTES\nThree.\n.PP\nFour.\n"),
        );
        check(".x\n'y\\z", ".SH NOTES\n\\&.x\n\\&'y\\ez\n");
    }

    #[test]
    fn every_command_has_its_page() {
        let folder = tempfile::tempdir().unwrap();
        run(&ManPagesArgs { folder: folder.path().to_owned() }).unwrap();
        let check = |page: &str, words: &[&str]| {
            let text = fs::read_to_string(folder.path().join(page)).unwrap_or_else(|error| panic!("{page}: {error}"));
            for word in words {
                assert!(text.contains(word), "{page} lacks {word}: {text}");
            }
        };
        check("postwarden.1", &[".SH NAME", ".SH \"EXIT CODES\"", "postwarden\\-queue(1)", "postwarden.toml"]);
        check("postwarden-serve.1", &["\\-\\-check", ".SH \"EXAMPLES\"", ".SH NOTES\nSIGTERM"]);
        check("postwarden-queue-remove.1", &["\\-\\-yes"]);
        let hidden = folder.path().join("postwarden-man-pages.1");
        assert!(!hidden.exists(), "users have no use for it");
    }
}
