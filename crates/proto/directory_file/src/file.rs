//! The directory file: one TOML text read, or several merged.

use std::collections::BTreeMap;
use std::sync::Arc;

use core_directory::{ObjectKind, ObjectPath, PrivateKey, Tenant};
use proto_placed_toml::{Document, FileError, Report};

use crate::objects;
use crate::places::Places;

/// What directory files say, with the places of everything.
#[derive(Clone, Debug, Default)]
pub struct DirectoryFile {
    /// The tenants in the order of the files, identities all zero. A certificate whose key was left out has an empty one.
    pub tenants: Vec<Tenant>,
    /// Where everything stands.
    pub places: Places,
}

/// Reads a directory file. `files` resolves a path as it is written to the file's bytes; what it says when it cannot goes
/// into the error.
///
/// # Errors
/// Everything that is wrong with syntax, keys, types, values, certificates and keys. What makes no sense in the directory as
/// a whole is left to [`core_directory::validate`].
pub fn read_toml(
    file_name: &str,
    text: &str,
    files: &mut dyn FnMut(&str) -> Result<Vec<u8>, String>,
) -> Result<DirectoryFile, Vec<FileError>> {
    let document = Arc::new(Document::parse_toml(file_name, text)?);
    let mut places = Places::default();
    places.add_document(document.clone());
    let report = Report::new(&document);
    let mut root = report.root();
    let tenants = objects::tenants(&mut root, &mut |path| files(path).map(Some), &mut places);
    root.finish();
    report.finish(DirectoryFile { tenants, places })
}

/// Reads a directory file, TOML or what `export --json` prints, for somebody who only looks and has nothing but this one file:
/// certificates, keys and roots that it names as files are left out, and so is every private key.
///
/// # Errors
/// As [`read_toml`] and [`from_json`](crate::from_json), those files aside.
pub fn look_through(file_name: &str, text: &str) -> Result<DirectoryFile, Vec<FileError>> {
    let document = if text.trim_start().starts_with('{') {
        let json = serde_json::from_str(text).map_err(|error| {
            let what = format!("this is no JSON: {error}");
            vec![FileError::whole(file_name, what, None)]
        })?;
        Document::from_json(file_name, &json)
    } else {
        Document::parse_toml(file_name, text)?
    };
    let document = Arc::new(document);
    let mut places = Places::default();
    places.add_document(document.clone());
    let report = Report::new(&document);
    let mut root = report.root();
    let mut tenants = objects::tenants(&mut root, &mut |_| Ok(None), &mut places);
    root.finish();
    for certificate in tenants.iter_mut().flat_map(|tenant| &mut tenant.certificates) {
        certificate.key = PrivateKey::new(Vec::new());
    }
    report.finish(DirectoryFile { tenants, places })
}

/// Makes one of several files.
///
/// # Errors
/// A tenant that is in two files, with both places.
pub fn merge(files: Vec<DirectoryFile>) -> Result<DirectoryFile, Vec<FileError>> {
    let mut merged = DirectoryFile::default();
    let mut errors = Vec::new();
    let mut seen: BTreeMap<String, FileError> = BTreeMap::new();
    for file in files {
        // Twice in one file is validation's to find; here only the files before this one count.
        let mut own = BTreeMap::new();
        for tenant in &file.tenants {
            let folded = tenant.name.to_lowercase();
            let Some(here) = file.places.position(&path_of(tenant)) else { continue };
            if let Some(there) = seen.get(&folded) {
                let there = FileError { path: String::new(), ..there.clone() }.to_string();
                let what = format!("the tenant is also at {}", there.trim_end_matches([':', ' ']));
                errors.push(FileError { what, hint: Some("keep each tenant in one file".to_owned()), ..here.clone() });
            }
            own.entry(folded).or_insert(here);
        }
        for (name, here) in own {
            seen.entry(name).or_insert(here);
        }
        merged.tenants.extend(file.tenants);
        merged.places.extend(file.places);
    }
    if errors.is_empty() { Ok(merged) } else { Err(errors) }
}

fn path_of(tenant: &Tenant) -> ObjectPath {
    let name = tenant.name.to_string();
    ObjectPath { tenant: name.clone(), kind: ObjectKind::Tenant, name }
}
