//! Accepted domains. None comes out verified: that is the operator's word, or is proved.

use core_directory::{AcceptedDomain, Domain, Field};
use proto_directory_file::AnnotatedObject;
use proto_exchange::spelling::{self, About};

use super::reading::{Reading, value};
use crate::account::Reason;
use crate::drafts::{Draft, Drafts};

/// The domain, where it is one that a relay can accept.
pub(super) fn name(reading: &Reading<'_>) -> Option<Domain> {
    Domain::parse(&written(reading)?).ok()
}

pub(super) fn take(reading: &mut Reading<'_>, tenant: &str, drafts: &mut Drafts) {
    let name = match written(reading).as_deref().map(Domain::parse) {
        Some(Ok(name)) => name,
        Some(Err(error)) => {
            let next = "write the domain without star, and match_subdomains = true if the domains below it are meant";
            return reading.becomes_nothing(Reason::new(error.to_string(), next));
        }
        None => return,
    };
    let mut domain = AcceptedDomain::new(name, false);
    reading.set(Field::MatchSubdomains, &mut domain.match_subdomains);
    let word = reading.text(About::Field(Field::Type)).flatten();
    let domain_type = word.as_deref().and_then(spelling::domain_type);
    domain.domain_type = domain_type.unwrap_or_default();
    let mut draft = Draft::new(tenant, AnnotatedObject::Domain(domain), reading.from());
    if let (Some(word), None) = (word, domain_type) {
        let reason = Reason::new(
            "there are authoritative domains and internal relays alone",
            "type = \"internal-relay\", with a send connector to where its mail goes, comes nearest",
        );
        draft.leave_out(Field::Type, value(&word), reason);
    }
    reading.becomes(drafts.add(draft));
}

fn written(reading: &Reading<'_>) -> Option<Box<str>> {
    reading.text(About::Field(Field::Name)).flatten()
}
