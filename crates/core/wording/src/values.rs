//! Values that stand for "nothing", and facts by their names: the few fixed phrases among what answers hold.

use crate::Language;
use crate::catalog::Catalog;

/// Phrases among presented, wanted and assumed values, with the ids of their texts. Everything else is a value.
pub(crate) const PHRASES: [(&str, &str); 14] = [
    ("no certificate", "value-no-certificate"),
    ("no TLS", "value-no-tls"),
    ("no name", "value-no-name"),
    ("no domain", "value-no-domain"),
    ("unknown", "value-unknown"),
    ("not verified", "value-not-verified"),
    ("not an accepted domain", "value-not-accepted"),
    ("server authentication only", "value-server-only"),
    ("<>", "value-null-sender"),
    ("any other", "value-any-other"),
    ("none that a connector names", "value-no-named-certificate"),
    ("matches nothing presented", "value-matches-nothing"),
    ("matches, in an accepted domain", "value-matches-owned"),
    ("matches, in no accepted domain", "value-matches-unowned"),
];

/// Facts that may be missing, with the ids of their texts.
pub(crate) const FACTS: [(&str, &str); 14] = [
    ("remote_ip", "fact-remote-ip"),
    ("tls", "fact-tls"),
    ("certificate", "fact-certificate"),
    ("mail_from", "fact-mail-from"),
    ("rcpt_to", "fact-rcpt-to"),
    ("a connector not shown that matches the certificate", "fact-unseen-by-certificate"),
    ("a connector not shown that matches the address", "fact-unseen-by-address"),
    ("reading bare-domain", "fact-reading-bare-domain"),
    ("reading several-labels", "fact-reading-several-labels"),
    ("reading presented-wildcard", "fact-reading-presented-wildcard"),
    ("reading owned-through-subdomain", "fact-reading-owned-through-subdomain"),
    ("reading tie-to-sender", "fact-reading-tie-to-sender"),
    ("reading server-use", "fact-reading-server-use"),
    ("reading recipient-fallback", "fact-reading-recipient-fallback"),
];

/// A value as people read it.
pub(crate) fn value(text: &str, language: Language) -> String {
    match PHRASES.iter().find(|(phrase, _)| *phrase == text) {
        Some((_, id)) => Catalog::get(language).plain(id),
        None => text.to_owned(),
    }
}

/// Whether a value is one of the fixed phrases.
pub(crate) fn is_phrase(text: &str) -> bool {
    text.is_empty() || PHRASES.iter().any(|(phrase, _)| *phrase == text)
}

/// A fact that may be missing, by its name in answers.
pub(crate) fn fact(name: &str, language: Language) -> String {
    let catalog = Catalog::get(language);
    if let Some((_, id)) = FACTS.iter().find(|(own, _)| *own == name) {
        return catalog.plain(id);
    }
    if let Some(domain) = name.strip_prefix("accepted domain ") {
        return catalog.text("fact-accepted-domain", &[("domain", domain)]);
    }
    match name.strip_prefix("connector ").and_then(|rest| rest.rsplit_once(": ")) {
        Some((connector, field)) => {
            catalog.text("fact-field", &[("connector", connector.trim_matches('"')), ("field", field)])
        }
        None => name.to_owned(),
    }
}

/// `fact = value` in words.
pub(crate) fn assumption(text: &str, language: Language) -> String {
    let Some((name, assumed)) = text.split_once(" = ") else { return text.to_owned() };
    let (name, assumed) = (fact(name, language), value(assumed, language));
    let assumed = match assumed.as_str() {
        "true" => Catalog::get(language).plain("value-yes"),
        "false" => Catalog::get(language).plain("value-no"),
        _ => assumed,
    };
    Catalog::get(language).text("assumption", &[("fact", &name), ("value", &assumed)])
}
