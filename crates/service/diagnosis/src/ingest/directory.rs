//! Directory files of Postwarden and what `export` prints: the whole of what a relay knows. A file with an error is not used at
//! all, as the relay would not use it; certificates that it names as files are not at hand here and do not matter.

use proto_directory_file::{FileError, Location, look_through};

use super::whole::Whole;
use super::{Found, Intake};
use crate::evidence::{FieldPlace, Observed, RelayDirectory};

/// How a private key in a file begins.
const KEY_MARK: &str = "PRIVATE KEY-----";

/// Whether a text is a directory: tables that nothing else has, in TOML, or their keys in JSON.
pub(super) fn is_directory(text: &str) -> bool {
    let trimmed = text.trim_start();
    if trimmed.starts_with('{') {
        let has = |key: &str| trimmed.contains(&format!("\"{key}\""));
        return has("tenant") && (has("inbound_connector") || has("send_connector") || has("reject_direct_send"));
    }
    let mut tenants = 0;
    let mut marks = 0;
    for line in text.lines().map(str::trim) {
        tenants += usize::from(line.starts_with("[[tenant]]"));
        let is_child = line.starts_with("[[tenant.");
        marks +=
            usize::from(is_child || line.strip_prefix("name").is_some_and(|rest| rest.trim_start().starts_with('=')));
    }
    tenants > 0 && marks > 0
}

/// Who reads it.
pub(super) fn intake() -> Box<dyn Intake> {
    Whole::boxed(take)
}

fn take(octets: &[u8], found: &mut Found) {
    let Ok(text) = str::from_utf8(octets) else {
        found.source.problem(None, "problem-directory", vec![("detail", "the file is not UTF-8 text".to_owned())]);
        return;
    };
    if let Some((line, _)) = (1_u64..).zip(text.lines()).find(|(_, line)| line.contains(KEY_MARK)) {
        found.source.problem(Some(line), "problem-private-key", Vec::new());
    }
    let directory = match look_through("", text.trim_start_matches('\u{feff}')) {
        Ok(directory) => directory,
        Err(errors) => {
            errors.into_iter().for_each(|error| problem(error, found));
            return;
        }
    };
    let place = |(tenant, connector, field, line): (&str, &str, core_directory::Field, usize)| FieldPlace {
        tenant: tenant.into(),
        connector: connector.into(),
        key: field.key().into(),
        line: u64::try_from(line).unwrap_or(1),
    };
    let places = directory.places.inbound_connector_lines().map(place).collect();
    found.source.records += directory.tenants.len() as u64;
    let object = RelayDirectory { tenants: directory.tenants, places };
    found.evidence.configuration.relay_directories.push(Observed { object, source: found.source.id });
}

fn problem(error: FileError, found: &mut Found) {
    let line = match error.location {
        Location::Line { line, .. } => u64::try_from(line).ok(),
        Location::Pointer(_) | Location::Whole => None,
    };
    let detail = FileError { location: Location::Whole, ..error }.to_string();
    found.source.problem(line, "problem-directory", vec![("detail", detail)]);
}

#[cfg(test)]
mod tests;
