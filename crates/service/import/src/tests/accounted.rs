//! Every property of a dump, and every setting and entry of Postfix's, is in the account once.

use std::collections::BTreeMap;

use proto_exchange::dump::read_untyped;
use proto_postfix::{settings, table};

use super::{files, import, tests};

type Places = BTreeMap<(String, u64, String), usize>;

/// What the account has.
fn accounted(files: &[(String, Vec<u8>)]) -> Places {
    let mut places = Places::new();
    for entry in import(files, None).accounting {
        let is_missing = matches!(&entry.outcome, crate::Outcome::NotShown { .. });
        let place = (entry.file.to_string(), entry.line, entry.property.to_string());
        // What a dump does not show has no place of its own.
        if !is_missing || places.contains_key(&place) {
            *places.entry(place).or_default() += 1;
        } else {
            places.insert(place, 1);
        }
    }
    places
}

#[test]
fn every_property_is_accounted_for_once() {
    for folder in ["evidence/config", "import/format-list", "import/csv", "import/two-organisations"] {
        let files = files(&tests().join(folder));
        let found = accounted(&files);
        let mut count = 0;
        for (name, octets) in &files {
            for object in read_untyped(octets).other {
                for property in &object.bag.properties {
                    let place = (name.clone(), property.line, property.name.to_string());
                    assert!(found.contains_key(&place), "{place:?} is not accounted for");
                    count += 1;
                }
            }
        }
        assert!(count > 20, "{folder}: {count} properties are too few to be all");
    }
}

#[test]
fn every_setting_and_entry_is_accounted_for_once() {
    let files = files(&tests().join("import/postfix"));
    let found = accounted(&files);
    for (name, octets) in &files {
        let text = String::from_utf8(octets.clone()).unwrap();
        let expected: Vec<(u64, String)> = if name == "main.cf" {
            settings(&text).0.into_iter().map(|setting| (setting.line, setting.name)).collect()
        } else {
            table(&text).0.into_iter().map(|entry| (entry.line, entry.key)).collect()
        };
        for (line, own) in expected {
            let place = (name.clone(), line, own);
            assert_eq!(found.get(&place), Some(&1), "{place:?}");
        }
    }
}
