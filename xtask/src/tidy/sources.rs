//! The shape of a source file: it opens with what it is for, stays short, and holds nothing unfinished.

use super::{Complaint, File, Findings};

/// More lines of code than this, tests not counted, are two things in one file.
const MOST_LINES: usize = 800;
/// From here on a file is worth a look.
const MANY_LINES: usize = 400;

/// What must not be left in a source, and what to do instead. In two halves, for this file is checked too.
const UNFINISHED: &[(&str, &str)] = &[
    (concat!("todo", "!("), "finish it, or leave it out"),
    (concat!("unimplemented", "!("), "finish it, or return an error"),
    (concat!("dbg", "!("), "take it out"),
    (concat!("#[igno", "re"), "mend the test; one that takes long belongs in a module named `long`"),
];

/// Names under which everything is put that nobody thought about.
const VAGUE_NAMES: &[&str] = &["common", "helper", "helpers", "misc", "util", "utils"];

/// Code that waits has no place in the pure layers.
const ASYNC: &[&str] = &["async fn ", "async move ", "async {", ".await"];
const PURE_FOLDERS: &[&str] = &["crates/core/", "crates/proto/"];

/// Checks one Rust file.
pub fn check(file: &File, findings: &mut Findings) {
    let complaints = &mut findings.complaints;
    if !opens_with_docs(&file.text) {
        let text = "does not open with `//!`: say what the module is for and what it must not do";
        complaints.push(Complaint::new(&file.path, text));
    }
    if let Some(name) = vague_name(&file.path) {
        let text = format!("`{name}` says nothing: name the module after the noun it holds");
        complaints.push(Complaint::new(&file.path, text));
    }
    for (index, line) in file.text.lines().enumerate() {
        complaints.extend(
            check_line(&file.path, line).map(|text| Complaint::new(format!("{}:{}", file.path, index + 1), text)),
        );
    }
    let lines = if is_test(&file.path) { 0 } else { code_lines(&file.text) };
    if lines > MOST_LINES {
        let text = format!("has {lines} lines of code (at most {MOST_LINES}): split it by noun");
        complaints.push(Complaint::new(&file.path, text));
    } else if lines > MANY_LINES {
        findings.notes.push(Complaint::new(&file.path, format!("has {lines} lines of code; is it still one noun?")));
    }
}

fn check_line(path: &str, line: &str) -> Option<String> {
    if let Some((word, remedy)) = UNFINISHED.iter().find(|(word, _)| line.contains(word)) {
        return Some(format!("holds `{word}`: {remedy}"));
    }
    let pure = PURE_FOLDERS.iter().any(|folder| path.starts_with(folder));
    let comment = line.trim_start().starts_with("//");
    let waits = ASYNC.iter().find(|word| pure && !comment && line.contains(**word))?;
    Some(format!("holds `{}`: core and proto do not wait; do it in crates/io or crates/service", waits.trim()))
}

/// Whether the first thing in the file, attributes of the crate aside, is `//!`.
fn opens_with_docs(text: &str) -> bool {
    let mut in_attribute = false;
    for line in text.lines().map(str::trim) {
        if in_attribute || line.starts_with("#![") {
            in_attribute = !line.ends_with(']');
        } else if !line.is_empty() {
            return line.starts_with("//!") && line.len() > "//!".len();
        }
    }
    false
}

/// The module's own name, or a folder's on the way to it, if it is a vague one.
fn vague_name(path: &str) -> Option<&str> {
    let path = path.strip_suffix(".rs").unwrap_or(path);
    path.split('/').find(|name| VAGUE_NAMES.contains(name))
}

/// Whether the whole file is test code, by its place.
fn is_test(path: &str) -> bool {
    let folders = |name: &str| matches!(name, "tests" | "benches" | "tests.rs");
    path.split('/').any(folders)
}

/// The lines before the test module at the file's end.
fn code_lines(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    let opens_tests =
        |pair: &[&str]| pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod ") && pair[1].ends_with('{');
    lines.windows(2).position(opens_tests).unwrap_or(lines.len())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    const DOCS: &str = "//! What it is for.\n";

    /// Expects one complaint with these words, or none for an empty text.
    fn check_file(path: &str, text: &str, expected: &str) {
        let mut findings = Findings::default();
        check(&File { path: path.to_owned(), text: text.to_owned() }, &mut findings);
        match &findings.complaints[..] {
            [] => assert!(expected.is_empty(), "{path}: no complaint, expected {expected}: {text}"),
            [one] => assert!(!expected.is_empty() && one.text.contains(expected), "{path}: {one}, expected {expected}"),
            many => panic!("{path}: {many:?}"),
        }
    }

    #[test]
    fn a_module_opens_with_its_purpose() {
        check_file("crates/core/a/src/lib.rs", DOCS, "");
        check_file("crates/core/a/src/lib.rs", "\n#![allow(dead_code)]\n#![allow(\n    x,\n)]\n\n//! For what.\n", "");
        check_file("crates/core/a/src/lib.rs", "use x;\n//! Late.\n", "//!");
        check_file("crates/core/a/src/lib.rs", "// A comment.\n", "//!");
        check_file("crates/core/a/src/lib.rs", "//!\n", "//!");
        check_file("crates/core/a/src/lib.rs", "", "//!");
    }

    #[test]
    fn nothing_unfinished_is_left() {
        for (word, _) in UNFINISHED {
            check_file("crates/io/a/src/lib.rs", &format!("{DOCS}fn f() {{ {word}) }}\n"), word);
        }
        check_file("crates/io/a/src/lib.rs", &format!("{DOCS}// To do one day: nothing.\n"), "");
    }

    #[test]
    fn the_pure_layers_do_not_wait() {
        let text = format!("{DOCS}async fn f() {{}}\n");
        check_file("crates/core/a/src/lib.rs", &text, "async fn");
        check_file("crates/proto/a/src/lib.rs", &format!("{DOCS}    x.await;\n"), ".await");
        check_file("crates/proto/a/src/lib.rs", &format!("{DOCS}// Nothing here does `x.await`.\n"), "");
        check_file("crates/io/a/src/lib.rs", &text, "");
    }

    #[test]
    fn modules_have_names_that_say_something() {
        check_file("crates/io/a/src/utils.rs", DOCS, "utils");
        check_file("crates/io/a/src/common/name.rs", DOCS, "common");
        check_file("crates/io/a/src/commonplace.rs", DOCS, "");
    }

    #[test]
    fn files_stay_short_tests_aside() {
        let code = |lines: usize| DOCS.to_owned() + &"fn f() {}\n".repeat(lines - 1);
        check_file("crates/io/a/src/lib.rs", &code(MOST_LINES), "");
        check_file("crates/io/a/src/lib.rs", &code(MOST_LINES + 1), "lines of code");
        check_file("crates/io/a/src/x/tests.rs", &code(MOST_LINES + 1), "");
        let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", "    fn t() {}\n".repeat(MOST_LINES));
        check_file("crates/io/a/src/lib.rs", &(code(MANY_LINES) + &tests), "");
    }

    #[test]
    fn a_long_file_is_noted() {
        let text = DOCS.to_owned() + &"fn f() {}\n".repeat(MANY_LINES);
        let mut findings = Findings::default();
        check(&File { path: "a.rs".to_owned(), text }, &mut findings);
        assert_eq!((findings.complaints.len(), findings.notes.len()), (0, 1));
    }
}
