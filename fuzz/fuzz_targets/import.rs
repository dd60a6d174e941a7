//! Whole imports: whatever the files hold, what comes out is a directory file without faults.

#![no_main]

use core_directory::{Standing, validate};
use libfuzzer_sys::fuzz_target;
use proto_directory_file::read_toml;
use service_import::Import;

fuzz_target!(|data: &[u8]| {
    let mut import = Import::new(None);
    for (at, file) in data.split(|octet| *octet == 0).take(4).enumerate() {
        import.file(&format!("file-{at}"), file);
    }
    let imported = import.finish();
    let file = read_toml("imported.toml", &imported.directory, &mut |path| Err(path.to_owned()));
    let file = file.unwrap_or_else(|errors| panic!("{errors:?}\n{}", imported.directory));
    assert_eq!(validate(&file.tenants, Standing::Operator), [], "{}", imported.directory);
});
