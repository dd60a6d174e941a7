//! `serve --check`: everything that a start needs is looked at, and nothing is started or changed. Addresses are bound and let go
//! at once.

use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use io_tls::ServerTls;
use jiff::Timestamp;
use rustix::fs::{Access, access};
use serde::Serialize;
use service_admin::listener_attention;

use super::address::Use;
use super::{Source, address, listening, parts, protocol_logs, trust};
use crate::client::SOCKET_NAME;
use crate::config::{Listener, Loaded, NodeConfig};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{GOOD, NOTABLE, Output};

/// Looks, and says what it found.
pub fn check(loaded: Loaded, data: Option<PathBuf>, output: &mut Output) -> Outcome {
    let source = Source { file: loaded.file, data };
    let config = source.with_data(loaded.config);
    let mut attention = config.not_yet();
    for (listener, tls) in config.listeners.iter().zip(listening::from_all_files(&config)?) {
        attention.extend(tls.and_then(|tls| ends_soon(listener.address, &tls)));
    }
    if let (Some(address), Some(tls)) = (config.admin.address, listening::admin(&config.admin)?) {
        attention.extend(ends_soon(address, &tls));
    }
    log_folder(&config)?;
    let trust = trust::load(&config.client_certificates)?;
    attention.extend(trust.attention);
    let running = UnixStream::connect(config.data.join(SOCKET_NAME)).is_ok();
    let uses = address::uses(&config, running)?;
    let found = Found {
        configuration: source.file,
        trusted_roots: trust.operator.roots.len(),
        listeners: config
            .listeners
            .iter()
            .zip(uses)
            .map(|(listener, used)| FoundListener::new(listener, used))
            .collect(),
        data: config.data.clone(),
        store: store(&config.data, running)?,
        attention,
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
    #[serde(rename = "use")]
    used: Use,
}

impl FoundListener {
    fn new(listener: &Listener, used: Use) -> Self {
        Self { address: listener.address, certificate: listener.certificate.clone(), used }
    }
}

fn show(found: &Found, output: &mut Output) -> Result<(), Failure> {
    match &found.configuration {
        Some(file) => output.line(format_args!("Configuration  {}", file.display()))?,
        None => output.line("Configuration  built in, since there is no file")?,
    }
    output.line(format_args!("Trusted roots  {}", found.trusted_roots))?;
    for FoundListener { address, certificate, used } in &found.listeners {
        match certificate {
            Some(file) => output.line(format_args!("Listener       {address}, {used}, with {}", file.display()))?,
            None => output.line(format_args!("Listener       {address}, {used}, with a certificate of its own"))?,
        }
    }
    output.line(format_args!("Store          {}: {}", found.data.display(), found.store))?;
    for sentence in &found.attention {
        output.styled(NOTABLE, format_args!("Attention      {sentence}"))?;
    }
    output.styled(GOOD, "\nEverything is in order.")
}

fn ends_soon(address: SocketAddr, tls: &ServerTls) -> Option<String> {
    let validity = tls.certificate()?.validity?;
    listener_attention(&address.to_string(), validity.not_after, Timestamp::now())
}

/// Opens the store and closes it again, unless it is in use or not there yet: what the first start makes shall be the service's,
/// not that of whoever checks.
fn store(data: &Path, running: bool) -> Result<&'static str, Failure> {
    if running {
        return Ok("in use by the server that runs");
    }
    writable(
        data,
        "",
        "check as the user that runs the service: `runuser -u postwarden -- postwarden serve --check …`",
    )?;
    if !io_store_embedded::is_there(data) {
        return Ok("not there yet, made at the first start");
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(|error| Failure::new(Exit::Unreachable, error.to_string()))?;
    runtime.block_on(parts::open_store(data.to_owned()))?;
    Ok("can be opened")
}

/// A start would fail there.
fn log_folder(config: &NodeConfig) -> Result<(), Failure> {
    let Some(directory) = config.protocol_log.directory.as_deref() else { return Ok(()) };
    writable(directory, "[protocol_log] directory: ", protocol_logs::HINT)
}

/// Whether this user may write into a folder, or where there is none, make it. `what` begins the error, `hint` is for one who
/// may not.
fn writable(folder: &Path, what: &str, hint: &str) -> Result<(), Failure> {
    // The folder of a relative name without one is the current one.
    let there = folder.ancestors().find(|place| place.exists()).unwrap_or_else(|| Path::new("."));
    let place = there.display();
    if !there.is_dir() {
        return Err(Failure::usage(format!("{what}{place} is no folder")).hint("name another place"));
    }
    access(there, Access::WRITE_OK | Access::EXEC_OK)
        .map_err(|reason| Failure::usage(format!("{what}{place}: this user may not write there: {reason}")).hint(hint))
}
