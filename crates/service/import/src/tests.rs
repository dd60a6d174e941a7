//! Whole imports, file by file: what comes out, that it can be applied as it is, and that every property is accounted for.
//! To change what is expected on purpose: `UPDATE_IMPORT=1 cargo test -p service-import`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::disallowed_methods, reason = "fixtures lie in files")]

mod accounted;
mod hostile;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use core_directory::{Standing, validate};
use proto_directory_file::{DirectoryFile, read_toml};

use super::*;

/// What is expected of a case lies beside its files.
const EXPECTED: [&str; 2] = ["expected.toml", "accounting.json"];

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests")
}

/// The files of a folder in their order, without what is expected.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<(String, Vec<u8>)> = entries
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), path))
        .filter(|(name, _)| !EXPECTED.contains(&&**name) && name != "expected.json")
        .map(|(name, path)| (name, std::fs::read(path).unwrap()))
        .collect();
    files.sort();
    files
}

fn import(files: &[(String, Vec<u8>)], tenant: Option<&str>) -> Imported {
    let mut import = Import::new(tenant);
    files.iter().for_each(|(name, octets)| import.file(name, octets));
    import.finish()
}

/// Reads what was made as `apply` would, and has it validated.
fn applied(directory: &str) -> DirectoryFile {
    let file = read_toml("expected.toml", directory, &mut |path| Err(format!("{path} was to be opened")));
    let file = file.unwrap_or_else(|errors| panic!("{errors:#?}\n{directory}"));
    let faults = validate(&file.tenants, Standing::Operator);
    assert_eq!(faults, [], "{directory}");
    file
}

/// Compares a text with a file, or writes it there.
fn compare(path: &Path, text: &str) {
    if std::env::var_os("UPDATE_IMPORT").is_some() {
        return std::fs::write(path, text).unwrap();
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(text, expected, "{}", path.display());
}

#[test]
fn files_become_a_directory_and_an_account() {
    let check = |case: &str, from: &str, tenant: Option<&str>, tenants: &[&str]| {
        let imported = import(&files(&tests().join(from)), tenant);
        assert_eq!(imported.unread, [], "{case}");
        let folder = tests().join("import").join(case);
        compare(&folder.join("expected.toml"), &imported.directory);
        let accounting = serde_json::to_string_pretty(&imported.accounting).unwrap();
        compare(&folder.join("accounting.json"), &format!("{accounting}\n"));
        let found: BTreeSet<String> =
            applied(&imported.directory).tenants.iter().map(|tenant| tenant.name.to_string()).collect();
        assert_eq!(found, tenants.iter().map(|name| (*name).to_owned()).collect(), "{case}");
        let domains = applied(&imported.directory).tenants.into_iter().flat_map(|tenant| tenant.domains);
        assert!(domains.into_iter().all(|domain| !domain.verified()), "{case}: a domain comes out verified");
    };
    check("exchange", "evidence/config", None, &["contosoexample"]);
    check("format-list", "import/format-list", None, &["contoso"]);
    check("csv", "import/csv", Some("contoso"), &["contoso"]);
    check("two-organisations", "import/two-organisations", None, &["contoso", "fabrikam", "imported"]);
    check("postfix", "import/postfix", Some("contoso"), &["contoso"]);
}

#[test]
fn what_is_no_configuration_is_not_read() {
    let check = |name: &str, text: &str, part: &str| {
        let imported = import(&[(name.to_owned(), text.as_bytes().to_vec())], None);
        assert!(imported.is_empty() && !imported.is_whole(), "{name}: {imported:#?}");
        let [unread] = &imported.unread[..] else { panic!("{name}: {:?}", imported.unread) };
        assert!(unread.why.contains(part), "{name}: {}", unread.why);
    };
    check("letter.txt", "Dear all,\nthis is a letter: read it.\n", "no dump");
    check("mail.log", "Mar  3 08:14:50 gw postfix/qmgr[7]: 4ABC: from=<anna@contoso.com>, size=900\n", "no dump");
    check("empty", "", "no dump");
    let mut import = Import::new(None);
    import.file("huge", &vec![b' '; MAX_INPUT + 1]);
    assert!(import.finish().unread[0].why.contains("MiB"));
}

#[test]
fn tables_are_told_by_what_is_in_them() {
    let check = |name: &str, text: &str, object: &str, made: [usize; 2]| {
        let imported = import(&[(name.to_owned(), text.as_bytes().to_vec())], None);
        assert_eq!(imported.unread, [], "{name}");
        assert_eq!(imported.accounting.first().map(|entry| &*entry.object), Some(object), "{name}");
        let counts = imported.counts;
        assert_eq!([counts.inbound_connectors, counts.send_connectors], made, "{name}:\n{}", imported.directory);
        applied(&imported.directory);
    };
    check("a", &format!("{} mail.contoso.com\n", ["AB"; 32].join(":")), "relay_clientcerts", [1, 0]);
    check("b", "contoso.com smtp:[mail.contoso.com]\n* relay:[hub.example.net]:2525\n", "transport_maps", [0, 2]);
    check("c", "[mail.contoso.com] encrypt\n", "TLS policies", [0, 0]);
}
