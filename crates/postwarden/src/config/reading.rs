//! Reads the node's file out of its TOML.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use core_directory::{AddressRange, Domain, Thumbprint};
use proto_certificate::{ClientCertificateError, client_certificate, pem};
use proto_placed_toml::{Document, FileError, Place, Placed, Report, TableReader, nearest};

#[cfg(unix)]
use super::limits;
use super::listener::{BareNewline, Listener, PROTOCOL_LOGGING};
use super::{
    Admin, ClientCertificates, Dns, LEAST_TRACE_SIZE, Log, LogFormat, LogLevel, NodeConfig, ProtocolLog, Trace,
    TrustSource,
};
use proto_placed_toml::quantity;

/// The word for the operating system's roots among the trusted files.
const SYSTEM: &str = "system";

/// The store that needs no server.
const EMBEDDED: &str = "embedded";

/// Where name servers listen (RFC 1035 §4.2).
const DNS_PORT: u16 = 53;

/// Reads a file's bytes, or says why it cannot.
pub type Files<'f> = &'f mut dyn FnMut(&Path) -> Result<Vec<u8>, String>;

/// Reads the text of a configuration file. `built_in` is what holds where the file says nothing; relative paths are
/// resolved against `base`, the file's folder. `files` reads certificates and keys, which are checked here so that what is
/// wrong with them has a line, and read again by those who use them.
///
/// # Errors
/// Everything that is wrong.
pub fn read(
    file_name: &str,
    text: &str,
    base: &Path,
    built_in: NodeConfig,
    files: Files<'_>,
) -> Result<NodeConfig, Vec<FileError>> {
    let document = Document::parse_toml(file_name, text)?;
    let report = Report::new(&document);
    let mut root = report.root();
    let mut reader = NodeReader { base, files };
    let config = reader.node(&mut root, built_in);
    root.finish();
    report.finish(config)
}

struct NodeReader<'a> {
    base: &'a Path,
    files: Files<'a>,
}

impl NodeReader<'_> {
    fn node(&mut self, root: &mut TableReader<'_>, built_in: NodeConfig) -> NodeConfig {
        let hostname = root.parsed("hostname", Domain::parse).map_or(built_in.hostname, |name| name.value.to_string());
        let data = self.path(root, "data").map_or(built_in.data, |path| path.value);
        if let Some(table) = root.table("store") {
            store(table);
        }
        let listeners = self.listeners(root).unwrap_or(built_in.listeners);
        let client_certificates = match root.table("client_certificates") {
            Some(table) => self.client_certificates(table, built_in.client_certificates),
            None => built_in.client_certificates,
        };
        let admin = root.table("admin").map_or(built_in.admin, |table| self.admin(table));
        let dns = root.table("dns").map_or(built_in.dns, dns);
        let protocol_log = match root.table("protocol_log") {
            Some(table) => self.protocol_log(table, built_in.protocol_log),
            None => built_in.protocol_log,
        };
        let trace = root.table("trace").map_or(built_in.trace, |table| trace(table, built_in.trace));
        #[cfg(unix)]
        let limits = root.table("limits").map_or(built_in.limits, |table| limits::read(table, built_in.limits));
        let log = root.table("log").map_or(built_in.log, |table| log(table, built_in.log));
        NodeConfig {
            hostname,
            data,
            listeners,
            client_certificates,
            admin,
            dns,
            protocol_log,
            trace,
            #[cfg(unix)]
            limits,
            log,
        }
    }

    /// `None` where the file names no listener at all.
    fn listeners(&mut self, root: &mut TableReader<'_>) -> Option<Vec<Listener>> {
        let mut listeners: Vec<Listener> = Vec::new();
        let tables = root.tables("listener", "address");
        if tables.is_empty() {
            return None;
        }
        for table in tables {
            let place = table.place_of("address");
            let twice = |address: SocketAddr| listeners.iter().any(|other| other.address == address);
            if let Some(listener) = self.listener(table, place, &twice) {
                listeners.push(listener);
            }
        }
        Some(listeners)
    }

    fn listener(
        &mut self,
        mut table: TableReader<'_>,
        place: Place,
        twice: &dyn Fn(SocketAddr) -> bool,
    ) -> Option<Listener> {
        let address = table.required_parsed("address", socket_address).map(|address| address.value);
        if address.is_some_and(twice) {
            table.fault(place, Some("address"), "two listeners have this address", None);
        }
        let name = table.parsed("name", connector_name).map(|name| name.value);
        let protocol_logging = table.choice("protocol_logging", &PROTOCOL_LOGGING).is_some_and(|chosen| chosen.value);
        let (certificate, key) = self.certificate(&mut table);
        let client_certificates = table.boolean("client_certificates").is_none_or(|asked| asked.value);
        let bare_newline = table.choice("bare_newline", &BareNewline::NAMES).map(|choice| choice.value);
        let (chunking, binary_mime) = chunking(&mut table);
        let balancers = table.parsed_list("proxy_protocol", AddressRange::parse);
        let proxy_protocol =
            balancers.map_or_else(Vec::new, |list| list.value.into_iter().map(|item| item.value).collect());
        table.finish();
        let bare_newline = bare_newline.unwrap_or_default();
        let plain = Listener::new(address?);
        Some(Listener {
            name: name.unwrap_or_else(|| plain.name.clone()),
            protocol_logging,
            certificate,
            key,
            client_certificates,
            bare_newline,
            proxy_protocol,
            chunking,
            binary_mime,
            ..plain
        })
    }

    /// Both or none, read and found to belong together.
    fn certificate(&mut self, table: &mut TableReader<'_>) -> (Option<PathBuf>, Option<PathBuf>) {
        let certificate = self.path(table, "certificate");
        let key = self.path(table, "key");
        match (&certificate, &key) {
            (Some(certificate), Some(key)) => self.check_certificate(table, certificate, key),
            (Some(certificate), None) => {
                let hint = "add key = \"…\", the file of its private key".to_owned();
                table.fault(certificate.place, Some("certificate"), "a certificate without a key", Some(hint));
            }
            (None, Some(key)) => {
                let hint = "add certificate = \"…\", the file of its certificate".to_owned();
                table.fault(key.place, Some("key"), "a key without a certificate", Some(hint));
            }
            (None, None) => {}
        }
        (certificate.map(|path| path.value), key.map(|path| path.value))
    }

    fn check_certificate(&mut self, table: &TableReader<'_>, certificate: &Placed<PathBuf>, key: &Placed<PathBuf>) {
        let fault = |key: &str, path: &Placed<PathBuf>, what: String| {
            table.fault(path.place, Some(key), format!("{}: {what}", path.value.display()), None);
        };
        let chain_file = (self.files)(&certificate.value).map_err(|what| fault("certificate", certificate, what));
        let key_file = (self.files)(&key.value).map_err(|what| fault("key", key, what));
        let (Ok(chain_file), Ok(key_file)) = (chain_file, key_file) else { return };
        match client_certificate("", &chain_file, &key_file) {
            Ok(_) => {}
            Err(ClientCertificateError::Certificate(error)) => fault("certificate", certificate, error.to_string()),
            Err(ClientCertificateError::Key(error)) => fault("key", key, error.to_string()),
            Err(error @ ClientCertificateError::Mismatch(_)) => fault("key", key, error.to_string()),
            Err(error) => fault("certificate", certificate, error.to_string()),
        }
    }

    fn client_certificates(&mut self, mut table: TableReader<'_>, built_in: ClientCertificates) -> ClientCertificates {
        let trust = table.parsed_list("trust", |text| self.trust_source(text));
        let denied = table.parsed_list("denied_certificates", Thumbprint::parse);
        table.finish();
        ClientCertificates {
            trust: trust.map_or(built_in.trust, |list| list.value.into_iter().map(|item| item.value).collect()),
            denied: denied.map_or(built_in.denied, |list| list.value.into_iter().map(|item| item.value).collect()),
        }
    }

    fn trust_source(&mut self, text: &str) -> Result<TrustSource, String> {
        if text == SYSTEM {
            return Ok(TrustSource::System);
        }
        let path = resolve(self.base, text)?;
        let file = (self.files)(&path).map_err(|what| match nearest(text, [SYSTEM]) {
            Some(word) => format!("{what}; did you mean \"{word}\"?"),
            None => what,
        })?;
        pem::read_certificates(&file).map_err(|error| error.to_string())?;
        Ok(TrustSource::File(path))
    }

    fn protocol_log(&mut self, mut table: TableReader<'_>, built_in: ProtocolLog) -> ProtocolLog {
        let directory = self.path(&mut table, "directory").map(|path| path.value);
        let max_age = table.parsed("max_age", quantity::duration);
        let max_directory_size = table.parsed("max_directory_size", quantity::size);
        let max_file_size = table.parsed("max_file_size", quantity::size);
        let place = table.place_of("max_file_size");
        let log = ProtocolLog {
            directory,
            max_age: max_age.map_or(built_in.max_age, |age| age.value),
            max_directory_size: max_directory_size.map_or(built_in.max_directory_size, |size| size.value),
            max_file_size: max_file_size.map_or(built_in.max_file_size, |size| size.value),
        };
        if log.max_file_size > log.max_directory_size {
            let hint = format!("the directory holds {} octets in all", log.max_directory_size);
            table.fault(place, Some("max_file_size"), "a file may not be larger than max_directory_size", Some(hint));
        }
        table.finish();
        log
    }

    fn admin(&mut self, mut table: TableReader<'_>) -> Admin {
        let address = table.parsed("address", socket_address);
        let place = table.place_of("certificate");
        let (certificate, key) = self.certificate(&mut table);
        match &address {
            Some(outside) if !outside.value.ip().is_loopback() && certificate.is_none() && key.is_none() => {
                let what = "beyond loopback tokens travel by HTTPS alone, and there is no certificate";
                let hint = "add certificate = \"…\" and key = \"…\", or set 127.0.0.1 or [::1] with a port".to_owned();
                table.fault(outside.place, Some("address"), what, Some(hint));
            }
            None if certificate.is_some() => {
                let hint = "add address = \"0.0.0.0:8025\" or another".to_owned();
                table.fault(place, Some("certificate"), "a certificate without an address", Some(hint));
            }
            _ => {}
        }
        table.finish();
        Admin { address: address.map(|address| address.value), certificate, key }
    }

    fn path(&mut self, table: &mut TableReader<'_>, key: &'static str) -> Option<Placed<PathBuf>> {
        table.parsed(key, |text| resolve(self.base, text))
    }
}

fn store(mut table: TableReader<'_>) {
    if let Some(url) = table.text("url").filter(|url| url.value != EMBEDDED) {
        // The URL may hold a password and is not quoted.
        let what = if url.value.starts_with("postgres://") || url.value.starts_with("postgresql://") {
            "this version has no PostgreSQL store yet"
        } else {
            "unknown kind of store"
        };
        table.fault(url.place, Some("url"), what, Some(format!("set url = \"{EMBEDDED}\"")));
    }
    table.finish();
}

/// `chunking` and `binary_mime`.
fn chunking(table: &mut TableReader<'_>) -> (bool, bool) {
    let chunking = table.boolean("chunking").is_some_and(|on| on.value);
    let binary = table.boolean("binary_mime").filter(|on| on.value);
    if let (Some(binary), false) = (&binary, chunking) {
        let what = "binary mail travels by BDAT alone, which is not offered here";
        table.fault(binary.place, Some("binary_mime"), what, Some("add chunking = true".to_owned()));
    }
    (chunking, binary.is_some())
}

fn trace(mut table: TableReader<'_>, built_in: Trace) -> Trace {
    let max_age = table.parsed("max_age", quantity::duration);
    let max_size = table.parsed("max_size", quantity::size);
    if let Some(small) = max_size.as_ref().filter(|size| size.value < LEAST_TRACE_SIZE) {
        table.fault(small.place, Some("max_size"), "so little holds nothing", Some("set 1MB or more".to_owned()));
    }
    table.finish();
    Trace {
        max_age: max_age.map_or(built_in.max_age, |age| age.value),
        max_size: max_size.map_or(built_in.max_size, |size| size.value),
    }
}

fn dns(mut table: TableReader<'_>) -> Dns {
    let servers = table.parsed_list("servers", name_server);
    table.finish();
    Dns { servers: servers.map_or_else(Vec::new, |list| list.value.into_iter().map(|item| item.value).collect()) }
}

fn log(mut table: TableReader<'_>, built_in: Log) -> Log {
    let level = table.choice("level", &LogLevel::NAMES).map_or(built_in.level, |level| level.value);
    let format = table.choice("format", &LogFormat::NAMES).map_or(built_in.format, |format| format.value);
    table.finish();
    Log { level, format }
}

fn connector_name(text: &str) -> Result<String, &'static str> {
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        return Err("a name has visible characters and no control characters");
    }
    Ok(text.to_owned())
}

fn socket_address(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse().map_err(|_| "expected an IP address with a port, such as 0.0.0.0:25 or [::]:25")
}

fn name_server(text: &str) -> Result<SocketAddr, &'static str> {
    let without_port = || text.parse::<IpAddr>().map(|address| SocketAddr::new(address, DNS_PORT));
    let named = text.parse().or_else(|_| without_port());
    named.map_err(|_| "expected an IP address, with a port if it is not 53, such as 192.0.2.53 or [2001:db8::53]:5353")
}

fn resolve(base: &Path, text: &str) -> Result<PathBuf, &'static str> {
    if text.is_empty() { Err("the path is empty") } else { Ok(base.join(text)) }
}
