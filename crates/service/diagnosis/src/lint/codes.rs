//! The codes of findings that only dumps, certificates and files show; those of a directory are `core-attribution`'s.

use core_attribution::{LintCode, Severity};

macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident = $text:literal, $severity:ident;)*) => {
        $($(#[$doc])* pub(super) const $code: LintCode = LintCode::new($text, Severity::$severity);)*

        /// Every code of these.
        #[cfg(test)]
        pub(super) const CODES: &[LintCode] = &[$($code),*];
    };
}

codes! {
    /// `apply` refuses the directory for it.
    REFUSED_BY_APPLY = "lint-refused-by-apply", Broken;
    /// The certificate name of an inbound connector is no name.
    NAME_UNREADABLE = "lint-name-unreadable", Broken;
    /// Subdomains are held only through a domain of type InternalRelay (Microsoft: Set-AcceptedDomain).
    MATCH_SUBDOMAINS_UNUSED = "lint-match-subdomains-unused", Broken;
    /// Exchange Online blocked the connector as compromised.
    CONNECTOR_BLOCKED = "lint-connector-blocked", Broken;
    /// A certificate in use has expired.
    CERTIFICATE_EXPIRED = "lint-certificate-expired", Broken;
    /// It will, within 60 days.
    CERTIFICATE_EXPIRES = "lint-certificate-expires", WillBreak;
    /// It is not valid yet.
    CERTIFICATE_NOT_YET_VALID = "lint-certificate-not-yet-valid", Broken;
    /// The file has a leaf and not its issuer.
    INTERMEDIATE_MISSING = "lint-intermediate-missing", Doubtful;
    /// Two certificates of one store have the same issuer and subject.
    CERTIFICATE_TWICE = "lint-certificate-twice", Doubtful;
    /// Exchange itself does not find the certificate valid.
    CERTIFICATE_STATUS = "lint-certificate-status", Doubtful;
    /// The certificate that is to be presented has no private key on the server.
    CERTIFICATE_WITHOUT_KEY = "lint-certificate-without-key", Broken;
    /// The certificate that is to be presented signed itself.
    CERTIFICATE_SELF_SIGNED = "lint-certificate-self-signed", Broken;
    /// TlsCertificateName selects no certificate of any server.
    CERTIFICATE_NAME_DANGLING = "lint-certificate-name-dangling", Broken;
    /// One of the source servers lacks the certificate.
    SERVER_LACKS_CERTIFICATE = "lint-server-lacks-certificate", Broken;
    /// TlsCertificateName is longer than Edge subscriptions replicate (KB 4052493).
    CERTIFICATE_NAME_TOO_LONG = "lint-certificate-name-too-long", Broken;
    /// Neither TlsCertificateName nor a public Fqdn.
    CERTIFICATE_NOT_CHOSEN = "lint-certificate-not-chosen", Doubtful;
    /// STARTTLS is never used.
    STARTTLS_IGNORED = "lint-starttls-ignored", Broken;
    /// RequireTLS is off.
    SEND_TLS_NOT_REQUIRED = "lint-send-tls-not-required", Doubtful;
    /// TlsAuthLevel does not look at the far side's certificate.
    SEND_TLS_NOT_VALIDATED = "lint-send-tls-not-validated", Doubtful;
    /// Nothing will show what was sent.
    SEND_LOGGING_OFF = "lint-send-logging-off", Doubtful;
    /// No inbound connector admits the certificate that is presented.
    CERTIFICATE_NOT_ADMITTED = "lint-certificate-not-admitted", Broken;
    /// Mail from Exchange Online expects another name than any certificate on premises has.
    OUTBOUND_TLS_DOMAIN_UNMATCHED = "lint-outbound-tls-domain-unmatched", Broken;
    /// The wizard's object names another certificate than the connector.
    HYBRID_CERTIFICATE_DIFFERS = "lint-hybrid-certificate-differs", Doubtful;
}
