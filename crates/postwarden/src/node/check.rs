//! `serve --check`: everything that a start needs is looked at, and nothing is started or bound.

use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use serde::Serialize;

use super::{Source, listening, parts, trust};
use crate::client::SOCKET_NAME;
use crate::config::{Listener, Loaded, NodeConfig};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{GOOD, NOTABLE, Output};

/// Looks, and says what it found.
pub fn check(loaded: Loaded, data: Option<PathBuf>, output: &mut Output) -> Outcome {
    let source = Source { file: loaded.file, data };
    let config = source.with_data(loaded.config);
    listening::check(&config)?;
    let trust = trust::load(&config.client_certificates)?;
    let found = Found {
        configuration: source.file,
        trusted_roots: trust.operator.roots.len(),
        listeners: config.listeners.iter().map(listener).collect(),
        data: config.data.clone(),
        store: store(&config)?,
        attention: config.not_yet().into_iter().chain(trust.attention).collect(),
    };
    if output.json {
        output.json(&found)?
    } else {
        show(&found, output)?
    }
    Ok(Exit::Done)
}

/// What a start would take, as `--json` prints it.
#[derive(Serialize)]
struct Found {
    /// None: built in.
    configuration: Option<PathBuf>,
    trusted_roots: usize,
    listeners: Vec<FoundListener>,
    data: PathBuf,
    store: &'static str,
    attention: Vec<String>,
}

#[derive(Serialize)]
struct FoundListener {
    address: SocketAddr,
    /// None: one of its own.
    certificate: Option<PathBuf>,
}

fn listener(listener: &Listener) -> FoundListener {
    FoundListener { address: listener.address, certificate: listener.certificate.clone() }
}

fn show(found: &Found, output: &mut Output) -> Result<(), Failure> {
    match &found.configuration {
        Some(file) => output.line(format_args!("Configuration  {}", file.display()))?,
        None => output.line("Configuration  built in, since there is no file")?,
    }
    output.line(format_args!("Trusted roots  {}", found.trusted_roots))?;
    for FoundListener { address, certificate } in &found.listeners {
        match certificate {
            Some(file) => output.line(format_args!("Listener       {address} with {}", file.display()))?,
            None => output.line(format_args!("Listener       {address} with a certificate of its own"))?,
        }
    }
    output.line(format_args!("Store          {}: {}", found.data.display(), found.store))?;
    for sentence in &found.attention {
        output.styled(NOTABLE, format_args!("Attention      {sentence}"))?;
    }
    output.styled(GOOD, "\nEverything is in order.")
}

/// Opens the store and closes it again, unless it is in use or not there yet: nothing is made here.
fn store(config: &NodeConfig) -> Result<&'static str, Failure> {
    if UnixStream::connect(config.data.join(SOCKET_NAME)).is_ok() {
        return Ok("in use by the server that runs");
    }
    if !config.data.exists() {
        return Ok("not there yet, made at the first start");
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(|error| Failure::new(Exit::Unreachable, error.to_string()))?;
    runtime.block_on(parts::open_store(config.data.clone()))?;
    Ok("can be opened")
}
