//! What the tree promises and a reader cannot be asked to check: layers, manifests, licences, the shape of the sources,
//! links. Each check takes plain data and gives complaints; only this module collects that data. It changes nothing.

use std::fmt;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::cargo;

mod dependencies;
mod layers;
mod licences;
mod links;
mod manifest;
mod map;
mod sources;
mod words;
mod workspace;

use workspace::Workspace;

/// One thing to put right.
#[derive(Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The file, with its line where there is one.
    pub place: String,
    /// What is wrong and what to do about it.
    pub text: String,
}

impl Complaint {
    fn new(place: impl Into<String>, text: impl Into<String>) -> Self {
        Complaint { place: place.into(), text: text.into() }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.text)
    }
}

/// What the checks found.
#[derive(Debug, Default)]
pub struct Findings {
    /// What fails the check.
    pub complaints: Vec<Complaint>,
    /// What is only worth a look.
    pub notes: Vec<Complaint>,
}

/// A text file of the tree: its path from the root, with `/`, and its content.
struct File {
    path: String,
    text: String,
}

/// The task `tidy`: prints what it finds. True if there is nothing to complain of.
///
/// # Errors
/// The tree cannot be read, or Cargo or Git fails.
pub fn run() -> Result<bool, String> {
    let start = Instant::now();
    let findings = check()?;
    print(&findings);
    let verdict = if findings.complaints.is_empty() { "tidy" } else { "not tidy" };
    println!("{verdict} ({:.1} s)", start.elapsed().as_secs_f64());
    Ok(findings.complaints.is_empty())
}

/// Prints notes first, so that what fails stands last.
pub fn print(findings: &Findings) {
    for note in &findings.notes {
        println!("note: {note}");
    }
    for complaint in &findings.complaints {
        println!("{complaint}");
    }
}

/// Runs every check over the workspace around the current folder.
///
/// # Errors
/// The tree cannot be read, or Cargo or Git fails.
pub fn check() -> Result<Findings, String> {
    let metadata = cargo::metadata()?;
    let workspace = Workspace::read(&metadata)?;
    let files = read_files(&metadata.root)?;
    let mut findings = Findings::default();
    let complaints = &mut findings.complaints;
    complaints.extend(layers::check(&workspace));
    complaints.extend(dependencies::check(&workspace, &files));
    complaints.extend(manifest::check(&workspace, &files));
    complaints.extend(map::check(&workspace, &files));
    complaints.extend(licences::check(&files, &dependency_tree()?));
    complaints.extend(words::check(&files));
    complaints.extend(links::check(&files, |path| metadata.root.join(path).exists()));
    for file in files.iter().filter(|file| file.path.ends_with(".rs")) {
        sources::check(file, &mut findings);
    }
    findings.complaints.sort_by(|a, b| a.place.cmp(&b.place));
    Ok(findings)
}

/// Every file that Git knows or would add, if it is text. Files not yet added count too, so that one learns of a fault
/// before the commit.
fn read_files(root: &Path) -> Result<Vec<File>, String> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .map_err(|e| format!("git cannot be started: {e}"))?;
    if !output.status.success() {
        return Err(format!("`git ls-files` failed: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    let listed = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut files = Vec::new();
    for path in listed.split('\0').filter(|path| !path.is_empty()) {
        // A file may be listed and gone, or hold no text: neither is for us.
        if let Ok(text) = std::fs::read_to_string(root.join(path)) {
            files.push(File { path: path.to_owned(), text });
        }
    }
    Ok(files)
}

/// What is really built, on any platform, tests included: a line each of `name vVERSION`, a tab and the licence.
/// `cargo metadata` would list crates too that no feature asks for.
fn dependency_tree() -> Result<String, String> {
    cargo::answer(&[
        "tree",
        "--quiet",
        "--workspace",
        "--target",
        "all",
        "--edges",
        "normal,build,dev",
        "--prefix",
        "none",
        "--format",
        "{p}\t{l}",
    ])
}

/// The file of exactly this path.
fn find<'a>(files: &'a [File], path: &str) -> Option<&'a File> {
    files.iter().find(|file| file.path == path)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    #[test]
    fn the_tree_is_tidy() {
        let findings = super::check().expect("the tree can be read");
        let complaints: Vec<_> = findings.complaints.iter().map(ToString::to_string).collect();
        assert!(complaints.is_empty(), "the tree is not tidy:\n{}", complaints.join("\n"));
    }
}
