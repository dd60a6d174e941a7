//! `add`.

use core_directory::{Field, ObjectKind};
use serde_json::{Value as Json, json};
use service_admin::wire::ResourceChanged;

use super::target::Target;
use super::{change_path, failure, finish, values};
use crate::cli::Global;
use crate::cli::kind::Kind;
use crate::cli::object::AddArgs;
use crate::client::Client;
use crate::exit::{Failure, Outcome};
use crate::output::Output;
use crate::shell;

/// Adds the object.
pub fn run(global: &Global, kind: &Kind, args: AddArgs, output: &mut Output) -> Outcome {
    let mut fields = values::read(kind, &args.object.name, &args.fields)?;
    if kind.object == ObjectKind::Certificate && !fields.contains_key(Field::Key.key()) {
        return Err(
            Failure::usage("--key: which private key? There is none in the certificate's file").hint("add --key FILE")
        );
    }
    fields.insert(Field::Name.key().to_owned(), json!(args.object.name));
    let client = Client::new(global)?;
    let target = Target::of(&client, kind, args.object)?;
    let path = change_path(&target.collection(kind), args.dry_run);
    let next = next(kind, &target, fields.get(Field::Verified.key()) == Some(&Json::Bool(true)));
    let changed: ResourceChanged =
        client.post(&path, &Json::Object(fields)).map_err(|error| failure(kind, &target, error))?;
    finish(&changed, "Added", args.dry_run, &next, output)
}

/// What comes after it on the way from nothing to mail that flows.
fn next(kind: &Kind, target: &Target, verified: bool) -> String {
    let name = shell::quoted(&target.name);
    let flag = target.flag();
    match kind.object {
        ObjectKind::Tenant => format!("`postwarden domain add DOMAIN --tenant {name}` registers its first domain."),
        ObjectKind::Domain if verified => {
            format!("`postwarden inbound-connector add NAME{flag}` says by what its servers are recognised.")
        }
        ObjectKind::Domain => format!(
            "it counts once it is verified: `postwarden domain verify {name}{flag}` shows the record to publish, or the operator's \
             word does: `postwarden domain set {name} --verified{flag}`."
        ),
        ObjectKind::Certificate => {
            format!("`postwarden send-connector set NAME --certificate {name}{flag}` has a send connector present it.")
        }
        ObjectKind::InboundConnector => {
            "`postwarden explain --help` shows how to ask what the relay now says to whom; \
                                         `postwarden lint` looks the directory over."
                .to_owned()
        }
        ObjectKind::SendConnector => {
            "`postwarden lint` looks the directory over; `postwarden queue list` shows what waits for \
                                      a next hop, and why."
                .to_owned()
        }
    }
}
