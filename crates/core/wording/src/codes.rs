//! Single codes: reasons, rules, faults of a certificate chain.

use core_attribution::{Direction, EditKind, Reason, RuleId};

use crate::Language;
use crate::catalog::Catalog;

/// For each code of an enum the id of its text; a code without one does not compile.
macro_rules! ids {
    ($(#[$doc:meta])* $function:ident, $list:ident, $code:ident { $($variant:ident => $id:literal,)* }) => {
        $(#[$doc])*
        pub(crate) fn $function(code: $code) -> &'static str {
            match code { $($code::$variant => $id,)* }
        }

        #[cfg(test)]
        pub(crate) const $list: &[$code] = &[$($code::$variant),*];
    };
}

ids! {
    /// How a field and what was presented relate.
    reason_id, REASONS, Reason {
        Decided => "reason-decided",
        CameLater => "reason-came-later",
        Ambiguous => "reason-ambiguous",
        OutOfBounds => "reason-out-of-bounds",
        Disabled => "reason-disabled",
        WrongType => "reason-wrong-type",
        NoCertificate => "reason-no-certificate",
        NameDiffers => "reason-name-differs",
        CertificateDenied => "reason-certificate-denied",
        KeyNotProved => "reason-key-not-proved",
        NotPinned => "reason-not-pinned",
        Untrusted => "reason-untrusted",
        Expired => "reason-expired",
        NotYetValid => "reason-not-yet-valid",
        WrongUse => "reason-wrong-use",
        NotForClients => "reason-not-for-clients",
        NameConstraint => "reason-name-constraint",
        DomainUnverified => "reason-domain-unverified",
        DomainNotAccepted => "reason-domain-not-accepted",
        NameOfAnother => "reason-name-of-another",
        AddressDiffers => "reason-address-differs",
        AddressUnknown => "reason-address-unknown",
        SenderNotHeld => "reason-sender-not-held",
        NullSender => "reason-null-sender",
        OutOfScope => "reason-out-of-scope",
        NotAssociated => "reason-not-associated",
        TlsRequired => "reason-tls-required",
        ForeignSender => "reason-foreign-sender",
        DirectSend => "reason-direct-send",
        NoRoute => "reason-no-route",
        Suspended => "reason-suspended",
    }
}

ids! {
    /// What an edit does.
    edit_id, EDIT_KINDS, EditKind {
        Set => "edit-set",
        Add => "edit-add",
        VerifyDomain => "edit-verify-domain",
        PresentCertificate => "edit-present-certificate",
        MendCertificate => "edit-mend-certificate",
        UseTls => "edit-use-tls",
        UseOwnSender => "edit-use-own-sender",
        AddConnector => "edit-add-connector",
        AddTenant => "edit-add-tenant",
    }
}

ids! {
    /// What a rule says.
    rule_id, RULES, RuleId {
        A0 => "rule-a0",
        A1 => "rule-a1",
        A2 => "rule-a2",
        A3 => "rule-a3",
        A4 => "rule-a4",
        A5 => "rule-a5",
        A6 => "rule-a6",
        A7 => "rule-a7",
        A8 => "rule-a8",
        A9 => "rule-a9",
        A10 => "rule-a10",
        A11 => "rule-a11",
        A12 => "rule-a12",
        A13 => "rule-a13",
        A14 => "rule-a14",
    }
}

ids! {
    /// A verdict that lets pass, where a connector decided.
    passes_id, DIRECTIONS, Direction {
        Originating => "passes-originating",
        Incoming => "passes-incoming",
    }
}

/// The faults of a chain by their code, with the names of their arguments in order.
pub(crate) const CHAIN_FAULTS: [(&str, &str, &[&str]); 11] = [
    ("self-signed-leaf", "fault-self-signed-leaf", &[]),
    ("untrusted-root", "fault-untrusted-root", &["root"]),
    ("missing-issuer", "fault-missing-issuer", &["subject", "issuer"]),
    ("expired", "fault-expired", &["subject", "date"]),
    ("not-yet-valid", "fault-not-yet-valid", &["subject", "date"]),
    ("wrong-use", "fault-wrong-use", &[]),
    ("denied", "fault-denied", &[]),
    ("name-constraint", "fault-name-constraint", &[]),
    ("uncheckable-key", "fault-uncheckable-key", &[]),
    ("bad-signature", "fault-bad-signature", &["subject"]),
    ("unreadable", "fault-unreadable", &["detail"]),
];

/// How a connector's field and what was presented relate, in a clause.
#[must_use]
pub fn reason(reason: Reason, language: Language) -> String {
    Catalog::get(language).plain(reason_id(reason))
}

/// What a rule is about, in a few words.
#[must_use]
pub fn rule_title(rule: RuleId, language: Language) -> String {
    Catalog::get(language).plain(rule_id(rule))
}

/// A fault of a certificate chain, in a clause; an unknown code as itself, with its arguments.
#[must_use]
pub fn chain_fault(code: &str, arguments: &[String], language: Language) -> String {
    match CHAIN_FAULTS.iter().find(|(own, _, names)| *own == code && names.len() == arguments.len()) {
        Some((_, id, names)) => {
            let arguments: Vec<(&'static str, &str)> =
                names.iter().copied().zip(arguments.iter().map(String::as_str)).collect();
            Catalog::get(language).text(id, &arguments)
        }
        None => std::iter::once(code).chain(arguments.iter().map(String::as_str)).collect::<Vec<_>>().join(" "),
    }
}
