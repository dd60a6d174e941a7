//! The relay's own directory as TOML and JSON: what was read is written and reads as the same again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use proto_directory_file::{look_through, read_toml, write_toml};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    drop(look_through("directory.toml", text));
    let Ok(file) = read_toml("directory.toml", text, &mut |_| Err("no files here".to_owned())) else { return };
    let written = write_toml(&file.tenants);
    let again = read_toml("again.toml", &written, &mut |_| Err("no files here".to_owned()));
    assert_eq!(again.map(|file| file.tenants).ok(), Some(file.tenants), "{written}");
});
