//! Addresses in logs: whose domain they are in.

use core_attribution::{Fact, Sender};
use core_directory::Domain;

/// MAIL FROM as a log has it: `<>` is the null sender, nothing is unknown.
pub(crate) fn sender(text: &str) -> Fact<Sender> {
    match text.trim().trim_start_matches('<').trim_end_matches('>') {
        "" if text.trim().is_empty() => Fact::Unknown,
        path => reverse_path(path),
    }
}

/// The same of a path that is known to be told, without its brackets: an empty one is the null sender.
pub(crate) fn reverse_path(path: &str) -> Fact<Sender> {
    match path.rsplit_once('@') {
        None if path.is_empty() => Fact::Known(Sender::Null),
        Some((_, domain)) if domain.starts_with('[') && domain.ends_with(']') => Fact::Known(Sender::NoDomain),
        // A masked copy has what is no domain, or no address at all: then nothing is known.
        Some(_) => domain_of(path).map_or(Fact::Unknown, |domain| Fact::Known(Sender::Domain(domain))),
        None => Fact::Unknown,
    }
}

/// The domain of an address, if it has one that is valid.
pub(crate) fn domain_of(address: &str) -> Option<Domain> {
    let (_, domain) = address.trim().trim_end_matches('>').rsplit_once('@')?;
    Domain::parse(domain.trim_end_matches('.')).ok()
}

/// A text of a log, none if it is empty.
pub(crate) fn told(text: &str) -> Option<Box<str>> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_senders() {
        let check = |text: &str, expected: Fact<Sender>| assert_eq!(sender(text), expected, "{text:?}");
        let domain =
            |name: &str| Domain::parse(name).map_or(Fact::Unknown, |domain| Fact::Known(Sender::Domain(domain)));
        check("<>", Fact::Known(Sender::Null));
        check("", Fact::Unknown);
        check("a@Contoso.com", domain("contoso.com"));
        check("<a@contoso.com>", domain("contoso.com"));
        check("\"a@b\"@contoso.com", domain("contoso.com"));
        check("a@[192.0.2.1]", Fact::Known(Sender::NoDomain));
        check("user@****", Fact::Unknown);
        check("nobody", Fact::Unknown);
    }
}
