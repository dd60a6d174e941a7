//! `relay_clientcerts`: clients that may send to anybody because of their certificate, told by its fingerprint.

use std::sync::Arc;

use core_directory::{CertificateName, Field, InboundConnector, Thumbprint};
use proto_directory_file::AnnotatedObject;
use proto_postfix::{Digest, Item, TableEntry, items};

use super::instance::Instance;
use super::tables::Found;
use crate::account::{Fate, Ledger, Outcome, Reason};
use crate::drafts::{Draft, Drafts};

const NAME: &str = "relay_clientcerts";

/// The command that shows what a connector needs.
const INSPECT: &str = "`postwarden certificate inspect FILE` shows names and SHA-256";

pub(super) fn take_setting(instance: &mut Instance<'_>) {
    let Some(value) = instance.value(NAME) else { return };
    let disabled = (!instance.permits("permit_tls_clientcerts", false))
        .then_some("permit_tls_clientcerts is in neither smtpd_relay_restrictions nor smtpd_recipient_restrictions");
    let mut closed = Vec::new();
    for item in items(&value) {
        let Item::Table(lookup) = item else { continue };
        match instance.entries(&lookup) {
            Ok(found) => take(&found, disabled, instance.tenant, instance.drafts, instance.ledger),
            Err(why) => closed.push(why),
        }
    }
    let outcome = match closed.as_slice() {
        [] => Outcome::Carried { to: "inbound connectors, an entry each".to_owned() },
        _ => Outcome::NotCarried {
            why: closed.join("; ").into(),
            next: "an inbound connector with pinned_certificates for each client".into(),
        },
    };
    instance.settle(NAME, outcome);
    if let Some(digest) = instance.value("smtpd_tls_fingerprint_digest") {
        let outcome = Outcome::NoMeaning { why: format!("{digest}, as the fingerprints' lengths tell").into() };
        instance.settle("smtpd_tls_fingerprint_digest", outcome);
    }
}

/// Takes a table of fingerprints.
pub(super) fn take(
    found: &Found,
    disabled: Option<&'static str>,
    tenant: &str,
    drafts: &mut Drafts,
    ledger: &mut Ledger,
) {
    let object: Arc<str> = NAME.into();
    for entry in &found.entries {
        let fate = match pinned(entry) {
            Ok(pin) => {
                let mut draft = draft(found, entry, pin, tenant);
                if let Some(why) = disabled {
                    draft.disable(why);
                }
                Fate::Field(drafts.add(draft), Field::PinnedCertificates)
            }
            Err(reason) => Fate::Settled(Outcome::NotCarried { why: reason.why, next: reason.next }),
        };
        ledger.add(&found.file, entry.line, &object, &entry.key, fate);
    }
}

fn pinned(entry: &TableEntry) -> Result<Thumbprint, Reason> {
    match Digest::of(&entry.key) {
        Some(Digest::Sha256) => Thumbprint::parse(&entry.key).map_err(|error| Reason::new(error.to_string(), INSPECT)),
        Some(digest) => {
            let why = format!("an {} fingerprint cannot be turned into the SHA-256 that is pinned", digest.name());
            Err(Reason::new(why, format!("get the client's certificate ({}): {INSPECT}", entry.value)))
        }
        None => Err(Reason::new("this is no fingerprint", INSPECT)),
    }
}

/// The connector. Postfix takes whoever has the certificate; here its name is asked for too, which the table does not have: what
/// stands behind the fingerprint is for people, and mostly the client's name.
fn draft(found: &Found, entry: &TableEntry, pin: Thumbprint, tenant: &str) -> Draft {
    let label = if entry.value.is_empty() { &entry.key } else { &entry.value };
    let name: String = label.chars().filter(|c| !c.is_control()).take(core_directory::MAX_NAME_LENGTH).collect();
    let certificate_name = CertificateName::parse_value(&entry.value).ok();
    let is_named = certificate_name.is_some();
    let mut connector = InboundConnector::new(&name, certificate_name);
    connector.pinned_certificates = Box::new([pin]);
    let from = format!("{}:{}, {NAME}", found.file, entry.line);
    let mut draft = Draft::new(tenant, AnnotatedObject::InboundConnector(connector), from);
    draft
        .remarks
        .push("Postfix compares the public key's fingerprint too; only the certificate's is one here.".to_owned());
    if is_named {
        draft.remarks.push(format!("The name is what stands behind the fingerprint there: {INSPECT}."));
    } else {
        let next = format!(
            "write tls_sender_certificate_name, of a domain of the tenant, and take the remark signs away; {INSPECT}"
        );
        draft.out = Some(Reason::new("the table does not tell the certificate's name", next));
    }
    draft
}
