//! P06 (ours): a relay of ours refused the mail, and none of the other causes says why. Its own rules say which connector came
//! nearest, which field missed, what it wanted and what was presented; and which smallest change would let the mail pass.

use core_attribution::{Considered, Edit, EditKind, Evidence, Fact, Reasoning, Sender, Side, decide, reason};
use core_directory::{DirectoryVersion, Snapshot};

use super::{Examination, telling};
use crate::answer::{Cause, Certainty, Comparison, Message, Repair, RepairSide};
use crate::case::Case;
use crate::far_side::FarConnector;
use crate::refusal::{Refusal, Relaying};

const CODE: &str = "P06";

/// Examined where no other cause is found.
pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    if !case.far.is_relay() || case.refusals.is_empty() {
        return examination;
    }
    let tenants = case.far.directory.tenants.iter().map(|shown| shown.tenant.clone()).collect();
    let snapshot = Snapshot::new(DirectoryVersion(0), tenants);
    for refusal in &case.refusals {
        let evidence = as_if_whole(refusal);
        let verdict = decide(&evidence, &snapshot);
        if !verdict.passes() {
            examination.add(cause(case, refusal, &reason(&evidence, &snapshot, &verdict)));
        }
    }
    examination
}

/// The evidence, with nothing in place of what is not shown. What follows from it is certain only where it does not depend on
/// that.
fn as_if_whole(refusal: &Refusal<'_>) -> Evidence {
    let shown = &refusal.evidence;
    Evidence {
        at: shown.at,
        remote_ip: shown.remote_ip.known().copied().flatten(),
        tls: shown.tls == Fact::Known(true) || matches!(shown.certificate, Fact::Known(Some(_))),
        certificate: shown.certificate.known().cloned().flatten(),
        mail_from: shown.mail_from.known().cloned().unwrap_or(Sender::NoDomain),
        rcpt_to: None,
    }
}

fn cause(case: &Case<'_>, refusal: &Refusal<'_>, reasoning: &Reasoning) -> Cause {
    let is_settled = case.relaying(&refusal.evidence) == Relaying::Refused;
    let certainty = if is_settled { Certainty::Certain } else { Certainty::Possible };
    let nearest = reasoning.considered.first();
    let mut cause = telling::cause(case, refusal, CODE, certainty, statement(nearest));
    cause.question = (!is_settled).then(|| Message::new("question-p06", &[]));
    cause.proof.extend(telling::presented_lines(case, refusal));
    if let Some(nearest) = nearest {
        cause.comparison = Some(Comparison {
            field: nearest.field.clone(),
            wanted: nearest.wanted.clone(),
            presented: nearest.presented.clone(),
        });
        let connector = case.far.connectors.iter().find(|own| is_of(case, own, nearest));
        cause.proof.extend(connector.map(|own| match &*nearest.field {
            "tls_sender_certificate_name" => telling::value_line(case, own),
            "sender_ip_addresses" => telling::addresses_line(case, own),
            _ => telling::connector_line(case, own, "note-connector"),
        }));
    }
    cause.repair = reasoning.change.iter().flat_map(|change| &change.edits).map(repair).collect();
    cause
}

fn statement(nearest: Option<&Considered>) -> Message {
    let Some(nearest) = nearest else { return Message::new("cause-p06-nothing", &[]) };
    let arguments = [
        ("tenant", &*nearest.tenant),
        ("connector", &*nearest.connector),
        ("field", &*nearest.field),
        ("wanted", &*nearest.wanted),
        ("presented", &*nearest.presented),
    ];
    let code = if nearest.presented.is_empty() { "cause-p06-none-presented" } else { "cause-p06" };
    Message::new(code, &arguments)
}

fn is_of(case: &Case<'_>, own: &FarConnector, nearest: &Considered) -> bool {
    let of_tenant = |tenant: &core_attribution::PartialTenant| {
        tenant.tenant.id == own.tenant && *tenant.tenant.name == *nearest.tenant
    };
    *own.connector.name == *nearest.connector && case.far.directory.tenants.iter().any(of_tenant)
}

/// An edit as an instruction, and for the directory as the lines to write.
fn repair(edit: &Edit) -> Repair {
    let code = match edit.kind {
        EditKind::Set if edit.from.is_empty() => "edit-set-first",
        EditKind::Set => "edit-set",
        EditKind::Add => "edit-add",
        EditKind::VerifyDomain => "edit-verify-domain",
        EditKind::PresentCertificate => "edit-present-certificate",
        EditKind::MendCertificate if edit.from.is_empty() => "edit-mend-certificate-unnamed",
        EditKind::MendCertificate => "edit-mend-certificate",
        EditKind::UseTls => "edit-use-tls",
        EditKind::UseOwnSender => "edit-use-own-sender",
        EditKind::AddConnector => "edit-add-connector",
        EditKind::AddTenant => "edit-add-tenant",
    };
    let what = Message::new(
        code,
        &[
            ("field", &*edit.field),
            ("connector", &*edit.connector),
            ("tenant", &*edit.tenant),
            ("from", &*edit.from),
            ("to", &*edit.to),
        ],
    );
    let Edit { tenant, connector, field, to, .. } = edit;
    let line = match edit.kind {
        _ if edit.side == Side::Sender => return Repair { side: RepairSide::Network, what, commands: Vec::new() },
        EditKind::VerifyDomain | EditKind::AddTenant => {
            format!("# in the directory file, tenant {tenant:?}: domain = [{{ name = {to:?}, verified = true }}]")
        }
        EditKind::AddConnector => {
            format!("# in the directory file, tenant {tenant:?}: a further inbound_connector with {field} = {to}")
        }
        _ => format!("# in the directory file, tenant {tenant:?}, connector {connector:?}: {field} = {to}"),
    };
    let commands = vec![line, "postwarden apply -f directory.toml".to_owned()];
    Repair { side: RepairSide::Postwarden, what, commands }
}
