//! The peers and tools of other makers that tests talk to, and the Debian packages they come in. Installs what is missing
//! where it may, and says which otherwise; never removes or configures anything.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The programs that tests call, each with its package.
const TOOLS: &[(&str, &str)] = &[
    ("haproxy", "haproxy"),
    ("msmtp", "msmtp"),
    ("node", "nodejs"),
    ("npm", "npm"),
    ("openssl", "openssl"),
    ("postfix", "postfix"),
    ("smtp-sink", "postfix"),
    ("smtp-source", "postfix"),
    ("python3", "python3"),
    ("sqlite3", "sqlite3"),
    ("strace", "strace"),
    ("swaks", "swaks"),
];

/// Folders of programs that an ordinary user's PATH leaves out on Debian.
const SYSTEM_FOLDERS: &[&str] = &["/usr/local/sbin", "/usr/sbin", "/sbin"];

/// The answer that keeps the postfix package from writing a configuration and starting a mail server: tests need only
/// its tools, and a developer's machine shall not begin to listen on port 25.
const ANSWERS: &str = "postfix postfix/main_mailer_type select No configuration\n";

/// Sees to it that the programs are there. The returned text says what was done.
///
/// # Errors
/// Some are still missing; the text says which packages to install.
pub fn provide() -> Result<String, String> {
    let missing = missing_packages(|program| find(program).is_some());
    if missing.is_empty() {
        return Ok("all there".to_owned());
    }
    let wanted = missing.join(" ");
    if !may_install() {
        return Err(format!("install these packages for all tests to run: {wanted}"));
    }
    install(&missing).map_err(|problem| format!("{problem}; install these packages for all tests to run: {wanted}"))?;
    match missing_packages(|program| find(program).is_some()) {
        left if left.is_empty() => Ok(format!("installed {wanted}")),
        left => Err(format!("installed, but their programs are not found: {}", left.join(" "))),
    }
}

/// The packages to which a program belongs that is not present, each once.
fn missing_packages(present: impl Fn(&str) -> bool) -> Vec<&'static str> {
    let mut packages: Vec<_> =
        TOOLS.iter().filter(|(program, _)| !present(program)).map(|(_, package)| *package).collect();
    packages.dedup();
    packages
}

fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let system = SYSTEM_FOLDERS.iter().map(PathBuf::from);
    std::env::split_paths(&path).chain(system).map(|folder| folder.join(program)).find(|file| file.is_file())
}

fn may_install() -> bool {
    is_root() && find("apt-get").is_some()
}

/// Whether this is root, who alone may install.
pub fn is_root() -> bool {
    let user = Command::new("id").arg("-u").stderr(Stdio::null()).output();
    user.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn install(packages: &[&str]) -> Result<(), String> {
    if packages.contains(&"postfix") {
        preset_answers();
    }
    apt_get(&["update", "-q"])?;
    // `--no-remove`: another mail server that is installed stays; the tests that need Postfix's tools are skipped.
    let mut arguments = vec!["install", "-q", "-y", "--no-install-recommends", "--no-remove"];
    arguments.extend(packages);
    apt_get(&arguments)
}

fn apt_get(arguments: &[&str]) -> Result<(), String> {
    let output = Command::new("apt-get")
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .output()
        .map_err(|e| format!("apt-get cannot be started: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let reason = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it does not say why");
    Err(format!("`apt-get {}` failed: {reason}", arguments.join(" ")))
}

/// Best effort: without debconf the package asks nothing.
fn preset_answers() {
    if !Path::new("/usr/bin/debconf-set-selections").is_file() {
        return;
    }
    let child = Command::new("/usr/bin/debconf-set-selections").stdin(Stdio::piped()).spawn();
    if let Ok(mut child) = child {
        if let Some(mut input) = child.stdin.take() {
            let _ = input.write_all(ANSWERS.as_bytes());
        }
        let _ = child.wait();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn each_missing_package_is_named_once() {
        let check = |present: &[&str], expected: &[&str]| {
            assert_eq!(missing_packages(|program| present.contains(&program)), expected, "with {present:?} present");
        };
        let others = ["haproxy", "msmtp", "node", "npm", "openssl", "python3", "sqlite3", "strace", "swaks"];
        let with = |more: &[&'static str]| [&others[..], more].concat();
        check(&with(&["postfix", "smtp-sink", "smtp-source"]), &[]);
        check(&others, &["postfix"]);
        check(&with(&["smtp-sink"]), &["postfix"]);
        let all = ["haproxy", "msmtp", "nodejs", "npm", "openssl", "postfix", "python3", "sqlite3", "strace", "swaks"];
        check(&[], &all);
    }
}
