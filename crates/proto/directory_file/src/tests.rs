//! Good files and what they mean, bad files and the exact text of their errors, and that everything written is read back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bad_files;
mod good_files;
mod page;
mod round_trips;
mod sample;

use core_directory::{Standing, Tenant, validate};

use super::*;
use sample::Pair;

/// The files that the tests' directory files name.
fn files(path: &str) -> Result<Vec<u8>, String> {
    let pair = Pair::get(0);
    match path {
        "hq.pem" => Ok(pair.certificate.clone().into_bytes()),
        "hq.key" => Ok(pair.key.clone().into_bytes()),
        "other.key" => Ok(Pair::get(1).key.clone().into_bytes()),
        "roots.pem" => Ok(format!("{}{}", pair.certificate, Pair::get(1).certificate).into_bytes()),
        "empty.pem" => Ok(Vec::new()),
        "notes.txt" => Ok(b"nothing to see".to_vec()),
        "broken.pem" => Ok(b"-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n".to_vec()),
        _ => Err("no such file".to_owned()),
    }
}

fn read(text: &str) -> Result<DirectoryFile, Vec<FileError>> {
    read_toml("d.toml", text, &mut files)
}

/// What is wrong with a file: when it is read, else when it is validated.
fn errors_of(text: &str) -> Vec<String> {
    let errors = match read(text) {
        Ok(file) => validate(&file.tenants, Standing::Tenant).iter().map(|fault| file.places.locate(fault)).collect(),
        Err(errors) => errors,
    };
    errors.iter().map(ToString::to_string).collect()
}

fn one(text: &str) -> Tenant {
    let mut tenants = read(text).unwrap_or_else(|errors| panic!("{text}: {errors:#?}")).tenants;
    assert_eq!(tenants.len(), 1, "{text}");
    tenants.remove(0)
}
