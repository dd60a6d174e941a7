//! Dumps of configuration as evidence: each object with its file, and which files are whole listings. Parsing is
//! `proto_exchange::dump`'s.

#[cfg(test)]
mod tests;

use proto_exchange::dump::{self, Dump, DumpProblem, DumpedObject, Loss, ObjectKind};

use super::event_log::Seen;
use super::whole::Whole;
use super::{Found, Intake, log_object, queue};
use crate::evidence::Observed;

/// Reads a dump.
pub(super) fn boxed() -> Box<dyn Intake> {
    Whole::boxed(read)
}

fn read(octets: &[u8], found: &mut Found) {
    let (dump, _) = dump::read_octets(octets);
    let Dump { objects, other, listed, problems } = dump;
    found.source.records += (objects.len() + other.len()) as u64;
    problems.into_iter().for_each(|problem| tell(problem, found));
    objects.into_iter().for_each(|object| take(object, found));
    let mut events = Seen::default();
    other.iter().for_each(|object| log_object::take(object, &mut events, found));
    let source = found.source.id;
    let configuration = &mut found.evidence.configuration;
    for kind in listed {
        match kind {
            ObjectKind::InboundConnector => configuration.inbound_listed.push(source),
            ObjectKind::AcceptedDomain => configuration.accepted_listed.push(source),
            _ => {}
        }
    }
}

fn take(object: DumpedObject, found: &mut Found) {
    let source = found.source.id;
    let into = &mut found.evidence.configuration;
    match object {
        DumpedObject::InboundConnector(object) => into.inbound_connectors.push(Observed { object, source }),
        DumpedObject::OutboundConnector(object) => into.outbound_connectors.push(Observed { object, source }),
        DumpedObject::SendConnector(object) => into.send_connectors.push(Observed { object, source }),
        DumpedObject::ReceiveConnector(object) => into.receive_connectors.push(Observed { object, source }),
        DumpedObject::AcceptedDomain(object) => into.accepted_domains.push(Observed { object, source }),
        DumpedObject::Certificate(object) => into.exchange_certificates.push(Observed { object, source }),
        DumpedObject::TransportService(object) => into.transport_services.push(Observed { object, source }),
        DumpedObject::ExchangeServer(object) => into.exchange_servers.push(Observed { object, source }),
        DumpedObject::HybridConfiguration(object) => into.hybrid_configurations.push(Observed { object, source }),
        DumpedObject::Queue(object) => queue::take_queue(&object, found),
        DumpedObject::OrganizationSettings(object) => into.organization_settings.push(Observed { object, source }),
        DumpedObject::BlockedConnector(object) => into.blocked_connectors.push(Observed { object, source }),
    }
}

fn tell(problem: DumpProblem, found: &mut Found) {
    let limit = |limit: usize| vec![("limit", limit.to_string())];
    let (line, code, arguments) = match problem {
        DumpProblem::Lost { line, kind, property, loss } => {
            let command = kind.whole_export(Some(loss));
            (Some(line), lost(loss), vec![("property", property.into()), ("command", command)])
        }
        DumpProblem::OddValue { line, property, value } => {
            (Some(line), "problem-dump-value", vec![("property", property.into()), ("value", value.into())])
        }
        DumpProblem::UnknownObject { line, properties } => {
            (Some(line), "problem-unknown-object", vec![("properties", properties)])
        }
        DumpProblem::Json(line) => (Some(line), "problem-dump-json", Vec::new()),
        DumpProblem::Clixml(line) => (Some(line), "problem-dump-clixml", Vec::new()),
        DumpProblem::XmlEntities(line) => (Some(line), "problem-dump-entities", Vec::new()),
        DumpProblem::Record(line) => (Some(line), "problem-dump-record", Vec::new()),
        DumpProblem::TooLong => (None, "problem-dump-rest", limit(dump::MAX_LENGTH / (1024 * 1024))),
        DumpProblem::TooMany(_) => (None, "problem-dump-objects", limit(dump::MAX_OBJECTS)),
        DumpProblem::MixedEncodings(line) => (Some(line), "problem-dump-mixed", Vec::new()),
        DumpProblem::GuessedEncoding(name) => (None, "problem-dump-encoding", vec![("encoding", name.to_owned())]),
    };
    found.source.problem(line, code, arguments);
}

fn lost(loss: Loss) -> &'static str {
    match loss {
        Loss::Enumeration => "problem-dump-enumeration",
        Loss::Column => "problem-dump-column",
        Loss::TypeName => "problem-dump-type-name",
        Loss::Depth => "problem-dump-depth",
        Loss::Letters => "problem-dump-letters",
        Loss::Number => "problem-dump-number",
        Loss::Unfinished => "problem-dump-unfinished",
    }
}
