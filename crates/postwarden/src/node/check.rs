//! `serve --check`: everything that a start needs is looked at, and nothing is started or bound.

use std::os::unix::net::UnixStream;

use super::{Source, listening, parts, trust};
use crate::client::SOCKET_NAME;
use crate::config::{Loaded, NodeConfig};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{GOOD, NOTABLE, Output};

/// Looks, and says what it found.
pub fn check(loaded: Loaded, data: Option<std::path::PathBuf>, output: &mut Output) -> Outcome {
    let source = Source { file: loaded.file, data };
    let config = source.with_data(loaded.config);
    match &source.file {
        Some(file) => output.line(format_args!("Configuration  {}", file.display()))?,
        None => output.line("Configuration  built in, since there is no file")?,
    }
    listening::check(&config)?;
    let trust = trust::load(&config.client_certificates)?;
    output.line(format_args!("Trusted roots  {}", trust.store.len()))?;
    for listener in &config.listeners {
        let certificate = listener
            .certificate
            .as_ref()
            .map_or_else(|| "a certificate of its own".to_owned(), |certificate| certificate.display().to_string());
        output.line(format_args!("Listener       {} with {certificate}", listener.address))?;
    }
    let store = store(&config)?;
    output.line(format_args!("Store          {}: {store}", config.data.display()))?;
    for sentence in config.not_yet().into_iter().chain(trust.attention) {
        output.styled(NOTABLE, format_args!("Attention      {sentence}"))?;
    }
    output.styled(GOOD, "\nEverything is in order.")?;
    Ok(Exit::Done)
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
