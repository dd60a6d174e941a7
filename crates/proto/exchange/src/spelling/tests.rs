//! Words and texts there and back, and tables without contradictions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use core_directory::Field;

use super::*;
use crate::dump::ObjectKind;

#[test]
fn scopes_are_read_as_dumps_have_them_and_written_so() {
    let check = |text: &str, expected: Option<&str>| {
        let read = scope(text).ok();
        assert_eq!(read.as_ref().map(scope_text).as_deref(), expected, "{text}");
        if let Some(read) = read {
            assert_eq!(scope(&scope_text(&read)), Ok(read), "{text} written and read");
        }
    };
    check("smtp:*;1", Some("smtp:*;1"));
    check("*", Some("smtp:*;1"));
    check("Contoso.com", Some("smtp:contoso.com;1"));
    check("SMTP:*.contoso.com;1", Some("smtp:*.contoso.com;1"));
    check("smtp:*contoso.com;1", None);
    check("", None);
}

#[test]
fn levels_of_tls_are_what_the_properties_say_together() {
    let check = |require: bool, ignore: bool, level: Option<&str>, expected: Option<TlsLevel>| {
        assert_eq!(send_tls(require, ignore, level), expected, "{require} {ignore} {level:?}");
    };
    check(false, false, None, Some(TlsLevel::Opportunistic));
    check(true, false, None, Some(TlsLevel::EncryptionOnly));
    check(true, false, Some("domainvalidation"), Some(TlsLevel::DomainValidation));
    check(false, true, None, Some(TlsLevel::None));
    check(true, false, Some("Other"), None);
    assert_eq!(tls_settings(None), Some(TlsLevel::Opportunistic));
    assert_eq!(tls_settings(Some("EncryptionOnly")), Some(TlsLevel::EncryptionOnly));
    for (level, word) in TLS_LEVELS {
        assert_eq!((tls_settings_text(level), tls_settings(Some(word))), (Some(word), Some(level)));
    }
}

#[test]
fn no_property_is_told_twice_and_fields_are_found_by_name() {
    for kind in ObjectKind::ALL {
        let names: Vec<String> = properties::names(*kind).map(str::to_ascii_lowercase).collect();
        let mut once = names.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), names.len(), "{kind:?} has a property twice: {names:?}");
    }
    let check = |kind: ObjectKind, name: &str, expected: Option<About>| {
        assert_eq!(about(kind, name), expected, "{kind:?} {name}");
    };
    check(ObjectKind::InboundConnector, "senderipaddresses", Some(About::Field(Field::SenderIpAddresses)));
    check(ObjectKind::InboundConnector, "EFSkipIPs@odata.type", Some(About::Bookkeeping));
    check(ObjectKind::InboundConnector, "Invented", None);
    check(ObjectKind::SendConnector, "Guid", Some(About::Bookkeeping));
    check(ObjectKind::ExchangeCertificate, "RawData", Some(About::Certificate));
    let mut tls = property(ObjectKind::SendConnector, About::Field(Field::Tls));
    assert_eq!(tls.next(), Some("TlsAuthLevel"));
}
