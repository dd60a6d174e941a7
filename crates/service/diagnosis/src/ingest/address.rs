//! Addresses in logs: whose domain they are in.

use core_attribution::{Fact, Sender};
use core_directory::Domain;

/// MAIL FROM as a log has it: `<>` is the null sender, nothing is unknown.
pub(crate) fn sender(text: &str) -> Fact<Sender> {
    let text = text.trim();
    if text == "<>" {
        return Fact::Known(Sender::Null);
    }
    let Some((_, domain)) = text.trim_start_matches('<').trim_end_matches('>').rsplit_once('@') else {
        return Fact::Unknown;
    };
    if domain.starts_with('[') && domain.ends_with(']') {
        return Fact::Known(Sender::NoDomain);
    }
    // A masked copy has what is no domain: then nothing is known.
    Domain::parse(domain).map_or(Fact::Unknown, |domain| Fact::Known(Sender::Domain(domain)))
}

/// The domain of an address, if it has one that is valid.
pub(crate) fn domain_of(address: &str) -> Option<Domain> {
    let (_, domain) = address.trim().trim_end_matches('>').rsplit_once('@')?;
    Domain::parse(domain).ok()
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
