//! `export`: the directory in force as a directory file, or as commands for Exchange Online.

use proto_directory_file::{from_json, write_toml};
use serde_json::Value as Json;

use crate::cli::{ExportArgs, ExportForm, Global};
use crate::client::{Client, ClientError, encoded};
use crate::exit::{Exit, Outcome};
use crate::output::Output;

/// Prints the directory, or one tenant of it.
pub fn run(global: &Global, args: &ExportArgs, output: &mut Output) -> Outcome {
    let path = match &args.tenant {
        None => "/v1/directory".to_owned(),
        Some(tenant) => format!("/v1/directory?tenant={}", encoded(tenant)),
    };
    let directory: Json = Client::new(global)?.get(&path)?;
    if output.json {
        output.json(&directory)?;
        return Ok(Exit::Done);
    }
    let tenants = from_json(&directory).map_err(|errors| {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        ClientError::Unreadable(errors.join("; "))
    })?;
    if tenants.is_empty() {
        output.line("# No tenants yet. Write a [[tenant]], and load the file with `postwarden apply -f FILE`.")?;
        return Ok(Exit::Done);
    }
    if args.form == Some(ExportForm::ExchangeOnlinePowershell) {
        output.text(&proto_exchange::powershell::script(&tenants))?;
        return Ok(Exit::Done);
    }
    output.line("# Change this file, then `postwarden apply -f FILE` shows the differences and makes them.")?;
    output.text(&write_toml(&tenants))?;
    Ok(Exit::Done)
}
