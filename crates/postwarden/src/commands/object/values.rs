//! What was typed as the object's fields: files are read, and what is written wrongly is told before the server is asked.

use std::path::{Path, PathBuf};

use core_directory::{Field, ObjectKind};
use proto_certificate::pem;
use proto_directory_file::{FileError, Location, from_json};
use serde_json::{Map, Value as Json, json};

use crate::bounded;
use crate::cli::kind::{Kind, Value, dashed};
use crate::cli::object::{NO_LIMIT, Typed, TypedValue};
use crate::exit::{Exit, Failure};

/// The fields that were typed by their keys, ready to be sent.
///
/// # Errors
/// A file that cannot be read, or a value that no object of this kind can have, each with its flag.
pub fn read(kind: &Kind, name: &str, typed: &[Typed]) -> Result<Map<String, Json>, Failure> {
    let mut fields = Map::new();
    for Typed { flag, value } in typed {
        let json = match value {
            TypedValue::Switch(on) => json!(on),
            TypedValue::Text(text) => of_text(flag.value, text),
            TypedValue::List(texts) => json!(texts),
            TypedValue::Files(files) => of_files(flag.field, flag.value, files)?,
        };
        fields.insert(flag.field.key().to_owned(), json);
    }
    if kind.object == ObjectKind::Certificate {
        add_key(&mut fields, typed);
    }
    check(kind, name, &fields)?;
    Ok(fields)
}

fn of_text(value: Value, text: &str) -> Json {
    match value {
        Value::Number | Value::Size if text == NO_LIMIT => Json::Null,
        Value::Number | Value::Size => text.parse::<u64>().map_or_else(|_| json!(text), |number| json!(number)),
        _ => json!(text),
    }
}

fn of_files(field: Field, value: Value, files: &[PathBuf]) -> Result<Json, Failure> {
    let wrong = |file: &Path, what: String| Failure::usage(format!("--{} {}: {what}", dashed(field), file.display()));
    let read = |file: &PathBuf| -> Result<String, Failure> {
        let octets = bounded::read(file, pem::MAX_FILE_LENGTH).map_err(|error| wrong(file, error.to_string()))?;
        let text = match value {
            // Read and written again: DER is taken too, and a key that is in the same file stays out of it.
            Value::KeyFile => pem::read_key(&octets).map(|key| pem::write_key(&key)),
            _ => pem::read_certificates(&octets).map(|chain| pem::write_certificates(&chain)),
        };
        text.map_err(|error| wrong(file, error.to_string()))
    };
    if value == Value::RootFiles {
        return files.iter().map(read).collect::<Result<Vec<_>, _>>().map(Json::from);
    }
    let file = files.first().ok_or_else(|| Failure::usage(format!("--{}: name a file", dashed(field))))?;
    read(file).map(Json::from)
}

/// A key that lies in the certificate's file is taken from there, unless another was named.
fn add_key(fields: &mut Map<String, Json>, typed: &[Typed]) {
    if fields.contains_key(Field::Key.key()) {
        return;
    }
    let file = typed.iter().find(|typed| typed.flag.field == Field::Certificate).map(|typed| &typed.value);
    let Some(TypedValue::Files(files)) = file else { return };
    let octets = files.first().and_then(|file| bounded::read(file, pem::MAX_FILE_LENGTH).ok());
    if let Some(key) = octets.and_then(|octets| pem::read_key(&octets).ok()) {
        fields.insert(Field::Key.key().to_owned(), json!(pem::write_key(&key)));
    }
}

/// Has the directory file's own reader look at the fields, as if the object had these and no others.
fn check(kind: &Kind, name: &str, fields: &Map<String, Json>) -> Result<(), Failure> {
    let mut object = fields.clone();
    object.insert(Field::Name.key().to_owned(), json!(name));
    // A certificate cannot be read without itself; the server looks whether a new key fits.
    if kind.object == ObjectKind::Certificate && !fields.contains_key(Field::Certificate.key()) {
        return Ok(());
    }
    let tenant = if kind.is_in_tenant() { json!({ "name": "-", kind.key: [object] }) } else { Json::Object(object) };
    let Err(errors) = from_json(&json!({ "tenant": [tenant] })) else { return Ok(()) };
    let errors = errors.iter().map(located).collect();
    Err(Failure { exit: Exit::Usage, errors, hint: Some("nothing was changed; put it right and repeat".to_owned()) })
}

/// An error of the reader, by the flag whose value it is about.
fn located(error: &FileError) -> String {
    let key = match &error.location {
        Location::Pointer(pointer) => pointer.split('/').rev().find_map(Field::from_key),
        _ => None,
    };
    let hint = error.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
    match key {
        Some(Field::Name) => format!("NAME: {}{hint}", error.what),
        Some(field) => format!("--{}: {}{hint}", dashed(field), error.what),
        None => format!("{}{hint}", error.what),
    }
}
