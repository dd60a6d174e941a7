//! `list`: all objects of a kind, of one tenant or of all.

use core_directory::{Field, ObjectKind};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value as Json;
use service_admin::wire::{DomainProof, MAX_PAGE, Resource, ResourcePage, ResourceStatus, resource_path};

use super::target::Target;
use super::{failure, text};
use crate::cli::Global;
use crate::cli::kind::Kind;
use crate::cli::object::{ListArgs, ObjectName};
use crate::client::{Client, ClientError, encoded};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{Output, table_of};
use crate::shell;

/// Most items of a list in one cell.
const MAX_IN_CELL: usize = 3;

/// Makes the cells of an object, its tenant left out.
type Row = fn(&Resource) -> Vec<String>;

/// What `--json` prints.
#[derive(Serialize)]
struct Listed {
    items: Vec<Resource>,
}

/// Lists them.
pub fn run(global: &Global, kind: &Kind, args: &ListArgs, output: &mut Output) -> Outcome {
    let client = Client::new(global)?;
    let tenants = if kind.is_in_tenant() && args.tenant.is_none() { tenants(&client)? } else { Vec::new() };
    let mut items = Vec::new();
    if kind.is_in_tenant() && args.tenant.is_none() {
        for tenant in &tenants {
            items.extend(all(&client, kind, tenant)?);
        }
    } else {
        items = all(&client, kind, args.tenant.as_deref().unwrap_or_default())?;
    }
    if output.json {
        output.json(&Listed { items })?;
        return Ok(Exit::Done);
    }
    if items.is_empty() {
        return nothing(kind, args.tenant.as_deref(), tenants.len(), output);
    }
    let several = kind.is_in_tenant() && tenants.len() > 1;
    output.line(table(kind, several, &items))?;
    let tenant = if several { " --tenant TENANT" } else { "" };
    output.next(format_args!(
        "`postwarden {} show NAME{tenant}` shows one with all that is known of it.",
        kind.command
    ))?;
    Ok(Exit::Done)
}

/// All objects of a kind of one tenant, page by page. A tenant that went meanwhile has none.
fn all(client: &Client, kind: &Kind, tenant: &str) -> Result<Vec<Resource>, Failure> {
    let path = resource_path(tenant, kind.object, None);
    let mut items = Vec::new();
    let mut after = String::new();
    loop {
        let page: Result<ResourcePage, ClientError> = client.get(&format!("{path}?limit={MAX_PAGE}{after}"));
        let page = page.map_err(|error| {
            let name = ObjectName { tenant: Some(tenant.to_owned()), name: String::new() };
            Target::of(client, kind, name).map_or_else(|failure| failure, |target| failure(kind, &target, error))
        })?;
        items.extend(page.items);
        match page.next {
            Some(next) => after = format!("&after={}", encoded(&next)),
            None => return Ok(items),
        }
    }
}

fn tenants(client: &Client) -> Result<Vec<String>, Failure> {
    let tenants = all(client, Kind::of(ObjectKind::Tenant), "")?;
    Ok(tenants.iter().map(|tenant| tenant.name().to_owned()).collect())
}

fn nothing(kind: &Kind, tenant: Option<&str>, tenants: usize, output: &mut Output) -> Outcome {
    output.line(format_args!("There are no {} yet.", kind.nouns))?;
    match tenant {
        None if kind.is_in_tenant() && tenants == 0 => {
            output.next("`postwarden tenant add NAME` registers the first tenant.")?;
        }
        _ => {
            let flag = tenant.map(|tenant| format!(" --tenant {}", shell::quoted(tenant))).unwrap_or_default();
            output.next(format_args!(
                "`postwarden {} add NAME{flag}` makes the first; `postwarden {} add --help` shows how.",
                kind.command, kind.command
            ))?;
        }
    }
    Ok(Exit::Done)
}

fn table(kind: &Kind, several: bool, items: &[Resource]) -> String {
    let (mut header, row): (Vec<&str>, Row) = match kind.object {
        ObjectKind::Tenant => (vec!["NAME", "DOMAINS", "VERIFIED", "INBOUND", "SEND", "STATE"], tenant),
        ObjectKind::Domain => (vec!["NAME", "TYPE", "BELOW IT", "VERIFIED"], domain),
        ObjectKind::Certificate => (vec!["NAME", "PROVES", "ENDS", "PRESENTED BY"], certificate),
        ObjectKind::InboundConnector => (vec!["NAME", "TYPE", "CERTIFICATE NAME", "ADDRESSES", "STATE"], inbound),
        ObjectKind::SendConnector => {
            (vec!["NAME", "ADDRESS SPACES", "SMART HOSTS", "TLS", "CERTIFICATE", "STATE"], send)
        }
    };
    if several {
        header.insert(0, "TENANT");
    }
    let rows = items.iter().map(|item| {
        let mut cells = row(item);
        if several {
            cells.insert(0, item.tenant.clone());
        }
        cells
    });
    table_of(header, rows)
}

fn tenant(item: &Resource) -> Vec<String> {
    let mut cells = vec![item.name().to_owned()];
    let status = match &item.status {
        Some(ResourceStatus::Tenant(status)) => Some(status),
        _ => None,
    };
    let counts = status.map(|own| [own.domains, own.verified_domains, own.inbound_connectors, own.send_connectors]);
    match counts {
        Some(counts) => cells.extend(counts.map(|count| count.to_string())),
        None => cells.extend(std::iter::repeat_n(String::new(), 4)),
    }
    cells.push(if is(item, Field::Suspended) { "suspended" } else { "active" }.to_owned());
    cells
}

fn domain(item: &Resource) -> Vec<String> {
    let verified = match &item.status {
        Some(ResourceStatus::Domain(status)) => match (status.proof, status.missing_since) {
            (DomainProof::None, _) => "no".to_owned(),
            (DomainProof::OperatorsWord, _) => "by the operator".to_owned(),
            (DomainProof::Dns, None) => "by DNS".to_owned(),
            (DomainProof::Dns, Some(since)) => format!("by DNS; record missing since {since:.0}"),
        },
        _ => yes(is(item, Field::Verified)),
    };
    vec![item.name().to_owned(), value(item, Field::Type), yes(is(item, Field::MatchSubdomains)), verified]
}

fn certificate(item: &Resource) -> Vec<String> {
    let Some(ResourceStatus::Certificate(status)) = &item.status else { return vec![item.name().to_owned()] };
    let names = Json::from(status.names.clone());
    let ends = match status.not_after {
        Some(end) if end < Timestamp::now() => format!("{end:.0}, expired"),
        Some(end) => format!("{end:.0}"),
        None => String::new(),
    };
    vec![item.name().to_owned(), text::first(Some(&names), MAX_IN_CELL), ends, status.used_by.join(", ")]
}

fn inbound(item: &Resource) -> Vec<String> {
    vec![
        item.name().to_owned(),
        value(item, Field::Type),
        value(item, Field::TlsSenderCertificateName),
        text::first(item.object.get(Field::SenderIpAddresses.key()), MAX_IN_CELL),
        state(item),
    ]
}

fn send(item: &Resource) -> Vec<String> {
    vec![
        item.name().to_owned(),
        text::first(item.object.get(Field::AddressSpaces.key()), MAX_IN_CELL),
        text::first(item.object.get(Field::SmartHosts.key()), MAX_IN_CELL),
        value(item, Field::Tls),
        value(item, Field::Certificate),
        state(item),
    ]
}

fn state(item: &Resource) -> String {
    let enabled = if is(item, Field::Enabled) { "enabled" } else { "disabled" };
    if is(item, Field::AnySender) { format!("{enabled}, any sender") } else { enabled.to_owned() }
}

fn is(item: &Resource, field: Field) -> bool {
    item.object.get(field.key()) == Some(&Json::Bool(true))
}

fn yes(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}

/// A text, empty where there is none.
fn value(item: &Resource, field: Field) -> String {
    item.object.get(field.key()).and_then(Json::as_str).unwrap_or_default().to_owned()
}
