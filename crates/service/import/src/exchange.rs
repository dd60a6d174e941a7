//! Objects of Exchange: each becomes a draft, and each of its properties an entry of the account.

mod certificate;
mod domain;
mod inbound;
mod meaning;
mod organization;
mod ranges;
mod reading;
mod receive;
mod send;

use std::collections::BTreeMap;
use std::sync::Arc;

use core_directory::{Domain, Field, Tenant};
use proto_directory_file::AnnotatedObject;
use proto_exchange::dump::{DumpProblem, ObjectKind, OtherObject};
use proto_exchange::spelling::About;

use self::organization::Organizations;
use self::reading::Reading;
use crate::account::Ledger;
use crate::drafts::{Draft, Drafts};

/// A file with objects.
#[derive(Debug)]
pub(crate) struct DumpFile {
    /// Its name.
    pub(crate) name: Arc<str>,
    /// What is in it.
    pub(crate) objects: Vec<OtherObject>,
}

/// Whether something of a kind can be carried over, or is accounted for.
pub(crate) fn is_imported(kind: ObjectKind) -> bool {
    matches!(
        kind,
        ObjectKind::InboundConnector
            | ObjectKind::OutboundConnector
            | ObjectKind::SendConnector
            | ObjectKind::ReceiveConnector
            | ObjectKind::AcceptedDomain
            | ObjectKind::ExchangeCertificate
            | ObjectKind::TransportService
            | ObjectKind::FrontendTransportService
            | ObjectKind::HybridConfiguration
            | ObjectKind::OrganizationSettings
    )
}

/// A problem of the file as a whole; those of single properties are in the account.
pub(crate) fn problem(problem: &DumpProblem) -> Option<(Option<u64>, String)> {
    Some(match problem {
        DumpProblem::Lost { .. } | DumpProblem::OddValue { .. } => return None,
        DumpProblem::UnknownObject { line, properties } => {
            (Some(*line), format!("an object with {properties}: of no kind that is known here"))
        }
        DumpProblem::Json(line) => (Some(*line), "this JSON breaks off: export it again".to_owned()),
        DumpProblem::Clixml(line) => (Some(*line), "this Clixml breaks off: export it again".to_owned()),
        DumpProblem::XmlEntities(line) => {
            (Some(*line), "XML with entities of its own is not read: export it by Export-Clixml".to_owned())
        }
        DumpProblem::Record(line) => {
            (Some(*line), "a record of this CSV has another number of fields than the head: export it again".to_owned())
        }
        DumpProblem::TooLong => (None, "the file is longer than is read: its rest is missing".to_owned()),
        DumpProblem::TooMany(count) => (None, format!("{count} objects are beyond what is read: split the file")),
        DumpProblem::MixedEncodings(line) => {
            (Some(*line), "programs wrote into this file in several encodings: export it again".to_owned())
        }
        DumpProblem::GuessedEncoding(name) => {
            (None, format!("the encoding is guessed, {name}: letters beyond ASCII may be others; export it as UTF-8"))
        }
    })
}

/// What objects of one tenant need to know of its others.
#[derive(Default)]
pub(crate) struct Neighbours {
    /// Accepted domains, by tenant.
    domains: BTreeMap<String, Vec<Domain>>,
}

/// Takes every object.
pub(crate) fn take(files: &[DumpFile], tenant: Option<&str>, drafts: &mut Drafts, ledger: &mut Ledger) {
    let organizations = Organizations::of(files);
    let objects = || files.iter().flat_map(|file| file.objects.iter().map(move |object| (file, object)));
    let every = || {
        objects().filter(|(_, object)| is_imported(object.kind)).map(|(file, object)| {
            let own = tenant.map_or_else(|| organizations.tenant(file, object), str::to_owned);
            (Reading::new(&file.name, object), own)
        })
    };
    let mut neighbours = Neighbours::default();
    for (reading, tenant) in every().filter(|(reading, _)| reading.kind == ObjectKind::AcceptedDomain) {
        neighbours.domains.entry(tenant).or_default().extend(domain::name(&reading));
    }
    for (mut reading, tenant) in every() {
        match reading.kind {
            ObjectKind::InboundConnector => inbound::take(&mut reading, &tenant, drafts),
            ObjectKind::OutboundConnector => send::take_outbound(&mut reading, &tenant, &neighbours, drafts),
            ObjectKind::SendConnector => send::take_send(&mut reading, &tenant, drafts),
            ObjectKind::ReceiveConnector => receive::take(&mut reading, &tenant, drafts),
            ObjectKind::AcceptedDomain => domain::take(&mut reading, &tenant, drafts),
            ObjectKind::OrganizationSettings => settings(&mut reading, &tenant, drafts),
            _ => {}
        }
        reading.account(ledger);
    }
}

/// What an organisation's settings say of its tenant.
fn settings(reading: &mut Reading<'_>, tenant: &str, drafts: &mut Drafts) {
    let shown = reading.property(About::Field(Field::RejectDirectSend)).map(|property| property.boolean());
    let Some(reject_direct_send) = shown.and_then(|shown| shown.whole().copied()) else { return };
    let own = Tenant { name: tenant.into(), reject_direct_send, ..Tenant::default() };
    let id = drafts.add(Draft::new(tenant, AnnotatedObject::Tenant(own), reading.from()));
    reading.becomes(id);
}
