//! `tenant suspend` and `tenant resume`.

use serde_json::json;
use service_admin::wire::ResourceChanged;

use super::target::Target;
use super::{change_path, failure, finish};
use crate::cli::kind::TENANT;
use crate::cli::object::ObjectName;
use crate::cli::{Global, TenantStateArgs};
use crate::client::Client;
use crate::exit::Outcome;
use crate::output::Output;

/// Lets the tenant's mail wait.
pub fn suspend(global: &Global, args: TenantStateArgs, output: &mut Output) -> Outcome {
    run(global, args, "suspend", "Suspended", output)
}

/// Lets it go on.
pub fn resume(global: &Global, args: TenantStateArgs, output: &mut Output) -> Outcome {
    run(global, args, "resume", "Resumed", output)
}

fn run(global: &Global, args: TenantStateArgs, action: &str, done: &str, output: &mut Output) -> Outcome {
    let client = Client::new(global)?;
    let target = Target::of(&client, &TENANT, ObjectName { tenant: None, name: args.name })?;
    let path = change_path(&format!("{}/{action}", target.path(&TENANT)), args.dry_run);
    let changed: ResourceChanged = client.post(&path, &json!({})).map_err(|error| failure(&TENANT, &target, error))?;
    let next = match action {
        "suspend" => format!(
            "`{}` lets its mail go on; `postwarden queue list --tenant {}` shows what waits.",
            target.command(&TENANT, "resume"),
            crate::shell::quoted(&target.name)
        ),
        _ => format!(
            "what waits is tried when its next attempt is due; `postwarden queue retry --tenant {} --yes` tries it at once.",
            crate::shell::quoted(&target.name)
        ),
    };
    finish(&changed, done, args.dry_run, &next, output)
}
