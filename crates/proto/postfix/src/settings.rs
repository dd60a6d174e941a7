//! `postconf -n`, or main.cf: `name = value`, continued by lines that begin with a blank (postconf(5)).

use crate::stamp::Stamp;

/// A setting with its line, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// Its value, lines joined by a blank.
    pub value: String,
    /// The line where it begins.
    pub line: u64,
}

/// Most settings that are kept: Postfix knows some nine hundred.
const MAX_SETTINGS: usize = 5_000;

/// Longest value that is kept, in octets.
const MAX_VALUE: usize = 16 * 1024;

/// Settings that hardly anything but Postfix has: the marks of its file.
const MARKS: [&str; 14] = [
    "relayhost",
    "mynetworks",
    "mydestination",
    "myhostname",
    "myorigin",
    "smtp_tls_security_level",
    "smtp_tls_cert_file",
    "smtp_tls_chain_files",
    "smtp_tls_loglevel",
    "smtpd_tls_cert_file",
    "inet_interfaces",
    "alias_maps",
    "queue_directory",
    "compatibility_level",
];

/// Whether a text is such a list: two of the marks among its settings, and hardly a line that is none.
#[must_use]
pub fn looks_like_settings(text: &str) -> bool {
    let is_own = |line: &&str| !line.trim().is_empty() && !line.starts_with([' ', '\t', '#']);
    let lines: Vec<&str> = text.lines().filter(is_own).take(400).collect();
    let names: Vec<&str> = lines.iter().filter_map(|line| setting(line)).map(|(name, _)| name).collect();
    let marks = MARKS.iter().filter(|mark| names.contains(mark)).count();
    let is_sole = names.iter().any(|name| *name == "relayhost" || name.starts_with("smtp_tls_"));
    (marks >= 2 || marks >= 1 && is_sole) && names.len() * 10 >= lines.len() * 7
}

/// Reads the settings; and the lines that are none, by number.
#[must_use]
pub fn settings(text: &str) -> (Vec<Setting>, Vec<u64>) {
    let mut settings: Vec<Setting> = Vec::new();
    let mut others = Vec::new();
    let mut is_open = false;
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        if line.starts_with([' ', '\t']) {
            if let Some(last) = settings.last_mut().filter(|last| is_open && last.value.len() + line.len() <= MAX_VALUE)
            {
                if !last.value.is_empty() {
                    last.value.push(' ');
                }
                last.value.push_str(line.trim());
            }
            continue;
        }
        is_open = false;
        match setting(line) {
            Some((name, value)) if settings.len() < MAX_SETTINGS => {
                is_open = true;
                settings.push(Setting { name: name.to_owned(), value: value.to_owned(), line: number });
            }
            Some(_) => {}
            None => others.push(number),
        }
    }
    (settings, others)
}

fn setting(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once('=')?;
    let name = name.trim_end();
    let is_name = !name.is_empty()
        && name.bytes().all(|octet| octet.is_ascii_lowercase() || octet.is_ascii_digit() || octet == b'_');
    (is_name && Stamp::take(line).is_none()).then_some((name, value.trim()))
}
