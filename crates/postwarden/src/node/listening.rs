//! The certificate of each listener: from its files, or the node's own, made on the spot and kept in the data directory.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use io_tls::{ServerTls, TlsError, self_signed};
use proto_certificate::{ParsedCertificate, pem};

use crate::config::{Admin, Listener, NodeConfig};
use crate::exit::Failure;

/// The node's own certificate with its key, in one file, so that the two are never of different makes.
const OWN_CERTIFICATE: &str = "own-certificate.pem";

/// For the owner only: it holds the key.
const OWN_MODE: u32 = 0o600;

/// TLS of each listener of the configuration, in its order.
pub fn certificates(config: &NodeConfig) -> Result<Vec<Arc<ServerTls>>, Failure> {
    config.listeners.iter().map(|listener| certificate(config, listener).map(Arc::new)).collect()
}

/// TLS of each listener whose certificate is there, in the configuration's order. Nothing is made.
pub fn from_all_files(config: &NodeConfig) -> Result<Vec<Option<ServerTls>>, Failure> {
    let there = |listener| match from_files(listener)? {
        Some(tls) => Ok(Some(tls)),
        None if is_for(&own_certificate(config), &config.hostname) => own(config, listener).map(Some),
        None => Ok(None),
    };
    config.listeners.iter().map(there).collect()
}

/// TLS of one listener.
pub fn certificate(config: &NodeConfig, listener: &Listener) -> Result<ServerTls, Failure> {
    if let Some(tls) = from_files(listener)? {
        return Ok(tls);
    }
    let file = own_certificate(config);
    if !is_for(&file, &config.hostname) {
        make(&file, &config.hostname)?;
        tracing::info!(file = %file.display(), hostname = config.hostname, "made a certificate of our own; it encrypts and proves nothing");
    }
    own(config, listener)
}

/// TLS of the administrators' address, if it has a certificate.
pub fn admin(admin: &Admin) -> Result<Option<Arc<ServerTls>>, Failure> {
    let (Some(certificate), Some(key)) = (&admin.certificate, &admin.key) else { return Ok(None) };
    let tls = ServerTls::https_from_files(certificate, key);
    tls.map(|tls| Some(Arc::new(tls))).map_err(|error| Failure::usage(format!("[admin]: {error}")))
}

fn own_certificate(config: &NodeConfig) -> PathBuf {
    config.data.join(OWN_CERTIFICATE)
}

/// TLS by the node's own certificate, which is there.
fn own(config: &NodeConfig, listener: &Listener) -> Result<ServerTls, Failure> {
    let own = own_certificate(config);
    ServerTls::from_files(&own, &own, listener.client_certificates).map_err(|error| {
        at(listener, &error).hint(format!("remove {}, and a new one is made at the next start", own.display()))
    })
}

/// TLS by the files that the listener names, if it names some.
fn from_files(listener: &Listener) -> Result<Option<ServerTls>, Failure> {
    let (Some(certificate), Some(key)) = (&listener.certificate, &listener.key) else { return Ok(None) };
    let tls = ServerTls::from_files(certificate, key, listener.client_certificates);
    tls.map(Some).map_err(|error| at(listener, &error))
}

fn at(listener: &Listener, error: &TlsError) -> Failure {
    Failure::usage(format!("listener {}: {error}", listener.address))
}

/// Whether there is a file, and if it can be read, its certificate is for this host name. One that cannot be read is left for
/// its reader to complain of.
fn is_for(file: &Path, hostname: &str) -> bool {
    let Ok(bytes) = fs::read(file) else { return file.exists() };
    let Ok(chain) = pem::read_certificates(&bytes) else { return true };
    let names = chain.first().and_then(|leaf| ParsedCertificate::parse(leaf).ok()).map(|leaf| leaf.names);
    names.is_none_or(|names| names.iter().any(|name| name.to_string() == hostname))
}

/// Makes the certificate beside its place and moves it there, so that there is a whole one or none.
fn make(file: &Path, hostname: &str) -> Result<(), Failure> {
    let own = self_signed(hostname)
        .map_err(|error| Failure::usage(error.to_string()).hint("set hostname in the configuration"))?;
    let new = file.with_extension("new");
    let write = || {
        let mut options = fs::OpenOptions::new();
        let mut target = options.write(true).create(true).truncate(true).mode(OWN_MODE).open(&new)?;
        target.write_all(own.certificate.as_bytes())?;
        target.write_all(own.key.as_bytes())?;
        target.sync_all()?;
        fs::rename(&new, file)
    };
    write().map_err(|error| Failure::usage(format!("{}: {error}", file.display())))
}
