//! Object kinds by the words that the store and the API use, for `#[serde(with = "service_directory::kind_word")]`.

use core_directory::ObjectKind;
use serde::{Deserialize as _, Deserializer, Serializer};

const WORDS: [(ObjectKind, &str); 5] = [
    (ObjectKind::Tenant, "tenant"),
    (ObjectKind::Domain, "domain"),
    (ObjectKind::Certificate, "certificate"),
    (ObjectKind::InboundConnector, "inbound-connector"),
    (ObjectKind::SendConnector, "send-connector"),
];

/// Writes the word of a kind.
///
/// # Errors
/// The serializer's.
pub fn serialize<S: Serializer>(kind: &ObjectKind, serializer: S) -> Result<S::Ok, S::Error> {
    let word = WORDS.iter().find(|(own, _)| own == kind).map_or("", |(_, word)| word);
    serializer.serialize_str(word)
}

/// Reads the word of a kind.
///
/// # Errors
/// A word that is none.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ObjectKind, D::Error> {
    let word = String::deserialize(deserializer)?;
    let found = WORDS.iter().find(|(_, own)| *own == word);
    found.map(|(kind, _)| *kind).ok_or_else(|| serde::de::Error::custom(format!("{word:?} is no kind of object")))
}
