//! What a reply of Exchange Online or of a Postwarden relay to outgoing mail means for attribution: its class, by status and
//! fixed words, never by prose in a language. A reply is classified by what stands in it, wherever it was quoted.
//!
//! Sources: Microsoft's articles *Fix NDR error 5.7.64* (KB 4051495), KB 3169958, *Non-delivery reports in Exchange Online*,
//! *Mail sent to the wrong Office 365 region*, and replies seen in real logs.

use std::borrow::Cow;
use std::net::IpAddr;

use jiff::Timestamp;

/// The class of a reply. Everything but [`RefusalClass::Other`] is about who may relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefusalClass {
    /// `550 5.7.64 TenantAttribution; Relay Access Denied`: no connector matched, and no tenant has the recipient.
    TenantAttribution,
    /// `550 5.7.64 Relay Access Denied ATTR36`: a connector matched, but neither certificate nor sender is in an accepted domain.
    Attr36,
    /// `451 4.4.62 Mail sent to the wrong Office 365 region. ATTR35`.
    WrongRegion,
    /// `550 5.7.51 TenantInboundAttribution`: a Partner connector's restriction is not met.
    PartnerRestriction,
    /// `550 5.7.68 TenantInboundAttribution; Direct Send not allowed`.
    DirectSend,
    /// `454 4.7.0 Failed to establish appropriate TLS channel: Access Denied`.
    TlsRequired,
    /// `550 5.7.711 Access denied, bad inbound connector`: the connector is blocked.
    BlockedConnector,
    /// `550 5.7.750 … unregistered domains`.
    UnregisteredDomain,
    /// `5.7.705`, `5.7.708`, `5.7.703`, `5.7.23x`: a limit or a block of the tenant.
    TenantLimit,
    /// `454 4.7.5 The certificate specified in TlsCertificateName …`, which the sending server says itself. Other certificates
    /// that do not pass, such as the far side's, have the same status.
    LocalCertificateMissing,
    /// `550 5.4.1 Recipient address rejected`: the recipient is unknown in an accepted domain.
    UnknownRecipient,
    /// `5.4.14 ATTR34`, `5.4.6`: a loop.
    Loop,
    /// `5.7.606` to `5.7.649`, `5.7.511`, `4.7.500` to `4.7.899`: the address's reputation, or throttling.
    Reputation,
    /// `5.7.54`, `Unable to relay`: a server on premises refuses to relay.
    OnPremisesRelay,
    /// `4.4.x`, `421`, `4.2.1`: no session came about, or it broke.
    Connection,
    /// Anything else.
    Other,
}

/// A reply taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteReply {
    /// Three digits.
    pub code: u16,
    /// The enhanced status code (RFC 3463), its last part as large as it comes: `5.7.750`.
    pub status: Option<[u16; 3]>,
    /// The class.
    pub class: RefusalClass,
    /// The text from the code on, blanks made one, without what programs wrapped around it.
    pub text: String,
    /// What stands in the brackets at the end: the servers that answered.
    pub servers: Vec<String>,
    /// The time in the last bracket of newer replies, UTC.
    pub at: Option<Timestamp>,
    /// The session at the far side: 16 hexadecimal digits of newer replies, or the reference of a Postwarden relay.
    pub reference: Option<String>,
}

/// The address in the greeting of an EHLO reply, `… Hello [192.0.2.1]`: what the far side sees the connection come from. The
/// only place in a Send log that shows the address after translation.
#[must_use]
pub fn hello_address(reply: &str) -> Option<IpAddr> {
    let (_, rest) = reply.split_once(" Hello [")?;
    let (address, _) = rest.split_once(']')?;
    address.trim().parse().ok()
}

impl RefusalClass {
    /// Whether the far side could not, or would not, say whose mail it is: the 5.7.64 family and what is mistaken for it.
    #[must_use]
    pub fn is_attribution(self) -> bool {
        matches!(self, Self::TenantAttribution | Self::Attr36 | Self::WrongRegion)
    }

    fn of(code: u16, status: Option<[u16; 3]>, text: &str) -> Self {
        let has = |word: &str| has(text, word);
        match status {
            _ if has("tlscertificatename") => Self::LocalCertificateMissing,
            Some([5, 7, 64]) if has("attr36") => Self::Attr36,
            Some([5, 7, 64]) => Self::TenantAttribution,
            Some([4, 4, 62]) => Self::WrongRegion,
            _ if has("attr35") => Self::WrongRegion,
            Some([5, 7, 51]) => Self::PartnerRestriction,
            Some([5, 7, 68]) => Self::DirectSend,
            Some([4, 7, 0]) if has("tls channel") => Self::TlsRequired,
            Some([5, 7, 711]) => Self::BlockedConnector,
            Some([5, 7, 750]) => Self::UnregisteredDomain,
            Some([5, 7, 703 | 705 | 708 | 232 | 233 | 236]) => Self::TenantLimit,
            Some([5, 4, 1]) => Self::UnknownRecipient,
            Some([5, 4, 6 | 14]) => Self::Loop,
            Some([5, 7, 511 | 606..=649] | [4, 7, 500..=899]) => Self::Reputation,
            Some([5, 7, 54]) => Self::OnPremisesRelay,
            _ if has("unable to relay") => Self::OnPremisesRelay,
            Some([4, 4, _] | [4, 2, 1]) => Self::Connection,
            _ if code == 421 => Self::Connection,
            _ => Self::Other,
        }
    }
}

impl RemoteReply {
    /// Longest text that is looked at, in octets: RFC 5321 allows 512 to a line, and programs add what they wrap around it.
    pub const MAX_LENGTH: usize = 8 * 1024;

    /// Takes the innermost reply out of a text: `450 4.7.0 Proxy session setup failed … responded with: "454 4.7.0 …"` is the
    /// 454. `None` where no three digits of a reply stand.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        let text = with_single_blanks(bounded(text));
        if let Some(head) = Head::find(&text) {
            return Some(Self::of(&head));
        }
        let completed = completed(&text)?;
        Head::parse(&completed).map(|head| Self::of(&head))
    }

    fn of(head: &Head<'_>) -> Self {
        let Head { code, status, class, text } = *head;
        let (servers, at, reference) = tail(text);
        Self { code, status, class, text: text.to_owned(), servers, at, reference }
    }

    /// The class of the reply that [`Self::find`] would take out of this text, for those who need no more of it.
    #[must_use]
    pub fn class_of(text: &str) -> Option<RefusalClass> {
        let text = with_single_blanks(bounded(text));
        let class = |text: &str| Head::parse(text).map(|head| head.class);
        Head::find(&text).map(|head| head.class).or_else(|| class(&completed(&text)?))
    }
}

/// A text that begins with the enhanced status, as .NET's SmtpClient shows replies, with the code of its class before it: `450` or
/// `550`.
fn completed(text: &str) -> Option<String> {
    let code = match enhanced_status(text)? {
        [4, ..] => "450",
        [5, ..] => "550",
        _ => return None,
    };
    Some(format!("{code} {text}"))
}

/// What a reply is, by its code, its status and its words.
struct Head<'a> {
    code: u16,
    status: Option<[u16; 3]>,
    class: RefusalClass,
    text: &'a str,
}

impl<'a> Head<'a> {
    fn find(text: &'a str) -> Option<Self> {
        Self::parse(innermost(text)).or_else(|| Self::parse(text))
    }

    fn parse(text: &'a str) -> Option<Self> {
        let (start, code) = first_code(text)?;
        let text = text.get(start..)?;
        let status = text.get(4..).and_then(enhanced_status);
        Some(Self { code, status, class: RefusalClass::of(code, status, text), text })
    }
}

fn bounded(text: &str) -> &str {
    text.get(..text.floor_char_boundary(RemoteReply::MAX_LENGTH)).unwrap_or_default()
}

/// The words of a text with one blank between them, which is how replies mostly stand there.
fn with_single_blanks(text: &str) -> Cow<'_, str> {
    let is_printable = text.bytes().all(|octet| matches!(octet, b' '..=b'~'));
    let is_so = is_printable && text.split(' ').all(|word| !word.is_empty());
    if is_so { Cow::Borrowed(text) } else { Cow::Owned(text.split_whitespace().collect::<Vec<_>>().join(" ")) }
}

/// Whether a word, given in lower case, stands in a text in any case.
fn has(text: &str, word: &str) -> bool {
    let Some(first) = word.bytes().next() else { return true };
    let is_here = |at: usize| text.as_bytes().get(at..at + word.len());
    memchr::memchr2_iter(first, first.to_ascii_uppercase(), text.as_bytes())
        .any(|at| is_here(at).is_some_and(|here| here.eq_ignore_ascii_case(word.as_bytes())))
}

/// What stands before a quoted reply, and the sign that ends the quotation.
const QUOTATIONS: [(&str, char); 3] =
    [("returned '", '\''), ("failed on Frontend with '", '\''), ("responded with: \"", '"')];

/// What follows a quotation in double quotes, for the quoted text may hold such quotes itself.
const BEHIND_QUOTATION: [&str; 2] = ["\" Attempted", "\", Attempted"];

/// What stands before a reply that is the reason of the one before it: Exchange Online's ` -> `, and what a queue gave up for.
const REASONS: [&str; 2] = [" -> ", "QUEUE.Expired;"];

/// The deepest reply: programs quote the reply of the hop behind them in single or double quotes, or put it behind their own.
/// A reason that is no reply (`message expired`) is not taken.
fn innermost(text: &str) -> &str {
    let mut inner = text;
    for (mark, end) in QUOTATIONS {
        if let Some((_, quoted)) = inner.split_once(mark) {
            let behind = BEHIND_QUOTATION.iter().find_map(|behind| quoted.find(behind)).filter(|_| end == '"');
            let end = behind.or_else(|| quoted.rfind(end)).unwrap_or(quoted.len());
            inner = quoted.get(..end).filter(|quoted| begins_with_reply(quoted)).unwrap_or(inner);
        }
    }
    for mark in REASONS {
        if let Some((_, reason)) = inner.rsplit_once(mark).filter(|(_, reason)| begins_with_reply(reason)) {
            inner = reason.trim_start();
        }
    }
    inner
}

fn begins_with_reply(text: &str) -> bool {
    first_code(text.trim_start()).is_some_and(|(at, _)| at == 0)
}

/// The first three digits that begin a reply: alone, or followed by a blank or a hyphen and an enhanced status code or text.
fn first_code(text: &str) -> Option<(usize, u16)> {
    let octets = text.as_bytes();
    let starts = (0..octets.len()).filter(|&at| at == 0 || !octets.get(at - 1).is_some_and(u8::is_ascii_alphanumeric));
    let mut codes = starts.filter_map(|at| {
        let digits = text.get(at..at + 3).filter(|digits| digits.bytes().all(|octet| octet.is_ascii_digit()))?;
        let code = digits.parse::<u16>().ok().filter(|code| (200..600).contains(code))?;
        matches!(octets.get(at + 3), Some(b' ' | b'-') | None).then_some((at, code))
    });
    let first = codes.clone().find(|(at, _)| text.get(at + 4..).and_then(enhanced_status).is_some());
    first.or_else(|| codes.next().filter(|(at, _)| *at == 0))
}

fn enhanced_status(text: &str) -> Option<[u16; 3]> {
    // `5.999.999` is the longest; what a word has beyond is not looked at, or a text of nothing but codes would take long.
    const LONGEST: usize = 12;
    let word = text.get(..text.floor_char_boundary(LONGEST))?.split([' ', ';', ',', ':']).next()?;
    let mut parts = word.trim_end_matches('.').split('.').map(|part| part.parse::<u16>().ok());
    let status = [parts.next()??, parts.next()??, parts.next()??];
    (parts.next().is_none() && matches!(status[0], 2 | 4 | 5) && status.iter().all(|part| *part < 1000))
        .then_some(status)
}

/// Most servers at the end of a reply: front end, hub and mailbox.
const MAX_SERVERS: usize = 3;

/// The brackets at the end: up to three server names, or one bracket with server, time and session.
fn tail(text: &str) -> (Vec<String>, Option<Timestamp>, Option<String>) {
    let (mut servers, mut at, mut reference) = (Vec::new(), None, None);
    let mut rest = text.trim_end_matches(['#', '\'', '"', ' ', '.']);
    while let Some((before, bracket)) = rest.strip_suffix(']').and_then(|rest| rest.rsplit_once('[')) {
        if servers.len() == MAX_SERVERS {
            break;
        }
        let mut words = bracket.split(' ');
        let is_server = |name: &&str| name.contains('.') && name.parse::<IpAddr>().is_err();
        let Some(server) = words.next().filter(|name| is_server(name) || words.clone().next().is_some()) else {
            break;
        };
        servers.insert(0, server.to_owned());
        at = at.or_else(|| words.next().and_then(|time| time.parse().ok()));
        reference = reference.or_else(|| words.next().map(str::to_owned));
        rest = before.trim_end();
    }
    (servers, at, reference)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn classifies_replies() {
        let check = |text: &str, code: u16, class: RefusalClass| {
            let reply = RemoteReply::find(text);
            assert_eq!(reply.as_ref().map(|reply| (reply.code, reply.class)), Some((code, class)), "{text}: {reply:?}");
        };
        check(
            "550 5.7.64 TenantAttribution; Relay Access Denied [AM5.prod.example]",
            550,
            RefusalClass::TenantAttribution,
        );
        check(
            "550 5.7.64 Relay Access Denied ATTR36. For more details see x [A.B.COM] [C.D.COM]",
            550,
            RefusalClass::Attr36,
        );
        check(
            "mx.example #550 5.7.64 TenantAttribution; Relay Access Denied [a.b] ##",
            550,
            RefusalClass::TenantAttribution,
        );
        check(
            "Remote Server returned '550 5.7.64 TenantAttribution; Relay Access Denied'",
            550,
            RefusalClass::TenantAttribution,
        );
        // As .NET's SmtpClient shows it.
        check("5.7.64 TenantAttribution; Relay Access Denied [a.example]", 550, RefusalClass::TenantAttribution);
        check("4.4.62 Mail sent to the wrong Office 365 region. ATTR35", 450, RefusalClass::WrongRegion);
        check("451 4.4.62 Mail sent to the wrong Office 365 region. ATTR35", 451, RefusalClass::WrongRegion);
        check("550 5.7.711 Access denied, bad inbound connector. AS(2204)", 550, RefusalClass::BlockedConnector);
        check("550 5.7.750 Service unavailable. Client blocked", 550, RefusalClass::UnregisteredDomain);
        check("454 4.7.0 Failed to establish appropriate TLS channel: Access Denied", 454, RefusalClass::TlsRequired);
        check(
            "450 4.7.0 Proxy session setup failed on Frontend with '451 4.4.0 Primary target IP address responded with: \
             \"454 4.7.5 The certificate specified in TlsCertificateName of the SendConnector could not be found.\" Attempted \
             failover to alternate host, but that did not succeed. The last endpoint attempted was 192.0.2.1:25'",
            454,
            RefusalClass::LocalCertificateMissing,
        );
        check(
            "451 4.4.0 Primary target IP address responded with: \"421 4.2.1 Unable to connect.\" Attempted failover to alternate \
             host, but that did not succeed. Either there are no alternate hosts, or deliver failed to all alternate hosts.",
            421,
            RefusalClass::Connection,
        );
        check(
            "441 4.4.1 Error encountered while communicating with primary target IP address: \"Failed to connect. Winsock error \
             code: 10060, Win32 error code: 10060.\" Attempted failover to alternate host, but that did not succeed.",
            441,
            RefusalClass::Connection,
        );
        check(
            "451 4.4.397 Error communicating with target host. -> 421 4.4.2 Connection dropped due to TimedOut",
            421,
            RefusalClass::Connection,
        );
        check(
            "550 5.4.300 Message expired -> 550 5.7.64 TenantAttribution; Relay Access Denied [A.example.com 2026-11-20T08:00:00.000Z \
             08DD3FA5DBC8F401]",
            550,
            RefusalClass::TenantAttribution,
        );
        check(
            "550 4.4.7 QUEUE.Expired;454 4.7.5 The certificate specified in TlsCertificateName of the SendConnector \
               could not be found.",
            454,
            RefusalClass::LocalCertificateMissing,
        );
        check("550 4.4.7 QUEUE.Expired; message expired", 550, RefusalClass::Connection);
        check("454 4.7.5 Certificate validation failure", 454, RefusalClass::Other);
        check("451-4.7.23 Deferred - unable to verify 451 4.7.23 example.com", 451, RefusalClass::Other);
        check("501 5.1.4 Recipient address reserved by RFC 2606", 501, RefusalClass::Other);
        check(
            "450 4.7.0 Proxy session setup failed on Frontend with '451 4.4.0 Primary target IP address responded with: \"451 4.4.0 \
             Security status InvalidToken.\" Attempted failover to alternate host, but that did not succeed. The last endpoint \
             attempted was 2001:db8::1:25'",
            451,
            RefusalClass::Connection,
        );
        check(
            "550 5.7.64 TenantAttribution; Relay Access Denied [a.example] returned 'sender's question' -> nothing",
            550,
            RefusalClass::TenantAttribution,
        );
        check("250 2.1.5 Recipient OK", 250, RefusalClass::Other);
        check("421 4.4.1 Connection timed out.", 421, RefusalClass::Connection);
    }

    #[test]
    fn takes_the_innermost_reply() {
        let check = |text: &str, expected: &str| {
            assert_eq!(RemoteReply::find(text).map(|reply| reply.text).as_deref(), Some(expected), "{text}");
        };
        check(
            "451 4.4.0 Primary target IP address responded with: \"454 4.7.0 Temporary authentication failure.\" Attempted to alternate \
             host, but that did not succeed.",
            "454 4.7.0 Temporary authentication failure.",
        );
        check(
            "Remote Server returned '550 5.1.1 no such user; can't find it'",
            "550 5.1.1 no such user; can't find it",
        );
        check("550 5.4.300 Message expired -> 451 4.7.0 x", "451 4.7.0 x");
        check("550 4.4.7 QUEUE.Expired; message expired", "550 4.4.7 QUEUE.Expired; message expired");
    }

    #[test]
    fn takes_the_tail_apart() {
        let reply = RemoteReply::find(
            "550 5.7.51 TenantInboundAttribution; set [CH3.namprd21.prod.outlook.com 2025-01-29T19:07:30.476Z 08DD3FA5DBC8F401]",
        )
        .unwrap();
        assert_eq!(reply.servers, ["CH3.namprd21.prod.outlook.com"]);
        assert_eq!(reply.at, "2025-01-29T19:07:30.476Z".parse().ok());
        assert_eq!(reply.reference.as_deref(), Some("08DD3FA5DBC8F401"));
        let banned = RemoteReply::find("550 5.7.606 Access denied, banned sending IP [203.0.113.7]").unwrap();
        assert!(banned.servers.is_empty(), "an address is no server");
    }

    #[test]
    fn tells_the_address_that_the_far_side_sees() {
        assert_eq!(hello_address("250  mx.example Hello [203.0.113.7] SIZE 157286400"), "203.0.113.7".parse().ok());
        assert_eq!(hello_address("250-mx Hello [10.**.**.31]"), None);
        assert_eq!(hello_address("250 mx.example"), None);
    }
}
