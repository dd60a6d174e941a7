//! Which messages of the queue are meant: what an administrator types, in a form that every engine can look for.

use core_directory::{Domain, SendConnectorId, TenantId};
use jiff::Timestamp;

use crate::message::MessageId;

/// Which messages to list, count or change. What is `None` does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueueFilter {
    /// Only this tenant's.
    pub tenant: Option<TenantId>,
    /// Only those this send connector routes.
    pub connector: Option<SendConnectorId>,
    /// Only those held, or only those not.
    pub held: Option<bool>,
    /// Only those with a pending recipient there.
    pub destination: Option<DestinationFilter>,
    /// Only those of this sender.
    pub sender: Option<SenderFilter>,
    /// Only those whose last reply, or that of a pending recipient, is like this.
    pub last_reply: Option<ReplyFilter>,
    /// Only those that were accepted under this reference, whatever the case of its letters.
    pub reference: Option<String>,
    /// Only those accepted before.
    pub accepted_before: Option<Timestamp>,
    /// Only those accepted then or later.
    pub accepted_since: Option<Timestamp>,
    /// Most messages; [`MAX_QUEUE_PAGE`](crate::MAX_QUEUE_PAGE) at the most.
    pub limit: usize,
    /// Only those with a higher id: the last of the page before.
    pub after: Option<MessageId>,
}

/// The domain of a pending recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DestinationFilter {
    /// This one.
    Exactly(String),
    /// Those strictly below it, at any depth.
    Below(String),
}

/// A sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SenderFilter {
    /// The null one.
    Null,
    /// This address, without regard to ASCII case.
    Address(String),
    /// Every address of this domain.
    Domain(String),
}

/// What a reply is like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplyFilter {
    /// It begins with this code: `451`.
    Code(String),
    /// Its enhanced status code is this or begins with it: `4.7.1`, `4.7.`.
    Status(String),
    /// It holds this text, without regard to ASCII case.
    Text(String),
}

impl DestinationFilter {
    /// Reads `d` or `*.d`. `None` if that is no domain.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix("*.") {
            Some(domain) => Domain::parse(domain).ok().map(|domain| Self::Below(domain.as_str().to_owned())),
            None => Domain::parse(text).ok().map(|domain| Self::Exactly(domain.as_str().to_owned())),
        }
    }
}

impl SenderFilter {
    /// Reads an address, a domain, or the null sender as `<>`. `None` if it is none of them.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bare = text.strip_prefix('<').and_then(|text| text.strip_suffix('>')).unwrap_or(text);
        match bare.rsplit_once('@') {
            _ if bare.is_empty() => Some(Self::Null),
            Some((local, domain)) if !domain.is_empty() => Some(match local {
                "" => Self::Domain(Domain::parse(domain).ok()?.as_str().to_owned()),
                _ => Self::Address(bare.to_owned()),
            }),
            Some(_) => None,
            None => Domain::parse(bare).ok().map(|domain| Self::Domain(domain.as_str().to_owned())),
        }
    }
}

impl ReplyFilter {
    /// Reads a code (`451`), an enhanced status code or the beginning of one (`4.7.1`, `4.7.`, `4.7`), or else a text. `None`
    /// if it is empty.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits = |part: &str| part.bytes().all(|octet| octet.is_ascii_digit());
        let parts: Vec<&str> = text.split('.').collect();
        Some(match &parts[..] {
            [""] => return None,
            [code] if code.len() == 3 && digits(code) => Self::Code(text.to_owned()),
            ["2" | "4" | "5", subject] if digits(subject) => Self::Status(match *subject {
                "" => text.to_owned(),
                _ => format!("{text}."),
            }),
            ["2" | "4" | "5", subject, detail] if !subject.is_empty() && digits(subject) && digits(detail) => {
                Self::Status(text.to_owned())
            }
            _ => Self::Text(text.to_owned()),
        })
    }
}

/// The domain of an address as filters compare it: A-labels in lower case where it is a domain name, otherwise what stands
/// behind the last `@` in lower case; empty for an address without one.
#[must_use]
pub fn domain_of(address: &str) -> String {
    let text = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    Domain::parse(text).map_or_else(|_| text.to_ascii_lowercase(), |domain| domain.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type() {
        let destination = |text: &str| match DestinationFilter::parse(text) {
            Some(DestinationFilter::Exactly(domain)) => format!("={domain}"),
            Some(DestinationFilter::Below(domain)) => format!("<{domain}"),
            None => "none".to_owned(),
        };
        for (text, wanted) in [
            ("Example.COM", "=example.com"),
            ("*.example.com", "<example.com"),
            ("žofie.example", "=xn--ofie-kbb.example"),
            ("", "none"),
            ("*", "none"),
            ("a@example.com", "none"),
        ] {
            assert_eq!(destination(text), wanted, "{text:?}");
        }
        let sender = |text: &str| match SenderFilter::parse(text) {
            Some(SenderFilter::Null) => "null".to_owned(),
            Some(SenderFilter::Address(address)) => format!("address {address}"),
            Some(SenderFilter::Domain(domain)) => format!("domain {domain}"),
            None => "none".to_owned(),
        };
        for (text, wanted) in [
            ("<>", "null"),
            ("", "null"),
            ("a@Contoso.com", "address a@Contoso.com"),
            ("<a@contoso.com>", "address a@contoso.com"),
            ("Contoso.com", "domain contoso.com"),
            ("@contoso.com", "domain contoso.com"),
            ("a@", "none"),
            ("a b", "none"),
        ] {
            assert_eq!(sender(text), wanted, "{text:?}");
        }
    }

    #[test]
    fn replies_people_type() {
        let check = |text: &str, wanted: Option<ReplyFilter>| assert_eq!(ReplyFilter::parse(text), wanted, "{text:?}");
        check(" ", None);
        check("451", Some(ReplyFilter::Code("451".to_owned())));
        check("4.7", Some(ReplyFilter::Status("4.7.".to_owned())));
        check("4.7.", Some(ReplyFilter::Status("4.7.".to_owned())));
        check("5.7.606", Some(ReplyFilter::Status("5.7.606".to_owned())));
        for text in ["greylisted", "4512", "45", "10.0.0.1", "4..1", "192.0.2", "try 451"] {
            check(text, Some(ReplyFilter::Text(text.to_owned())));
        }
    }

    #[test]
    fn domains_of_addresses() {
        for (address, wanted) in [
            ("bob@Example.COM", "example.com"),
            ("\"a@b\"@example.com", "example.com"),
            ("bob@žofie.example", "xn--ofie-kbb.example"),
            ("bob@[192.0.2.1]", "[192.0.2.1]"),
            ("postmaster", ""),
        ] {
            assert_eq!(domain_of(address), wanted, "{address:?}");
        }
    }
}
