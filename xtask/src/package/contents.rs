//! What the packages contain: where each file comes from, and where it goes in either. Nothing is written here.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Build, at};

/// A file of the packages.
pub struct File {
    /// What is in it.
    pub octets: Vec<u8>,
    /// Whether it can be run.
    pub executable: bool,
    /// Its place in the Debian package, from the root. None: it is not there.
    pub debian: Option<String>,
    /// Its place in the tarball.
    pub tarball: Option<String>,
}

/// Files of the tree that have one name in the packages: source, Debian's place, the tarball's.
const PLAIN: [(&str, &str, &str); 9] = [
    ("packaging/postwarden.service", "usr/lib/systemd/system/postwarden.service", "postwarden.service"),
    ("packaging/postwarden.toml", "etc/postwarden/postwarden.toml", "postwarden.toml"),
    ("packaging/postwarden.toml.5", "usr/share/man/man5/postwarden.toml.5", "man/man5/postwarden.toml.5"),
    ("packaging/debian/copyright", "usr/share/doc/postwarden/copyright", ""),
    ("CHANGELOG.md", "usr/share/doc/postwarden/CHANGELOG.md", "CHANGELOG.md"),
    ("README.md", "usr/share/doc/postwarden/README.md", "README.md"),
    ("SECURITY.md", "usr/share/doc/postwarden/SECURITY.md", "SECURITY.md"),
    ("LICENSE-APACHE", "usr/share/doc/postwarden/LICENSE-APACHE", "LICENSE-APACHE"),
    ("LICENSE-MIT", "usr/share/doc/postwarden/LICENSE-MIT", "LICENSE-MIT"),
];

/// The same for what was generated.
const GENERATED: [(&str, &str, &str); 4] = [
    ("completions.bash", "usr/share/bash-completion/completions/postwarden", "completions/postwarden.bash"),
    ("completions.zsh", "usr/share/zsh/vendor-completions/_postwarden", "completions/_postwarden"),
    ("completions.fish", "usr/share/fish/vendor_completions.d/postwarden.fish", "completions/postwarden.fish"),
    ("THIRD-PARTY-NOTICES", "usr/share/doc/postwarden/THIRD-PARTY-NOTICES", "THIRD-PARTY-NOTICES"),
];

/// Reads all of them.
///
/// # Errors
/// One is missing.
pub fn read(build: &Build) -> Result<Vec<File>, String> {
    let mut files = vec![File {
        octets: octets(&build.binary)?,
        executable: true,
        debian: Some("usr/bin/postwarden".to_owned()),
        tarball: Some("postwarden".to_owned()),
    }];
    for (folder, list) in [(&build.root, &PLAIN[..]), (&build.generated, &GENERATED[..])] {
        for (source, debian, tarball) in list {
            files.push(file(&folder.join(source), debian, tarball)?);
        }
    }
    for path in files_in(&build.generated.join("man"), "1")? {
        let name = name(&path);
        files.push(file(&path, &format!("usr/share/man/man1/{name}"), &format!("man/man1/{name}"))?);
    }
    for path in files_in(&build.root.join("docs"), "md")? {
        let name = name(&path);
        files.push(file(&path, &format!("usr/share/doc/postwarden/docs/{name}"), &format!("docs/{name}"))?);
    }
    files.sort_by(|a, b| (&a.debian, &a.tarball).cmp(&(&b.debian, &b.tarball)));
    Ok(files)
}

/// The files of a folder that end so.
fn files_in(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| at(folder, &error))? {
        let path = entry.map_err(|error| at(folder, &error))?.path();
        if path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
    Ok(files)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// An empty place is none.
fn file(source: &Path, debian: &str, tarball: &str) -> Result<File, String> {
    let place = |place: &str| (!place.is_empty()).then(|| place.to_owned());
    Ok(File { octets: octets(source)?, executable: false, debian: place(debian), tarball: place(tarball) })
}

fn octets(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| at(path, &error))
}
