//! SIGHUP: the node's file is read again, and what can change while it runs does, for sessions that begin from then on.
//! Sessions that are open go on. All or nothing: what is wrong leaves everything as it is.

use std::sync::Arc;

use io_dns::Resolver;
use io_tls::{ReloadEvent, ServerTls};
use service_admin::{AdminState, NodeInfo};
use service_outbound::Outbound;
use service_reception::ReceptionControl;
use tokio::sync::watch;

use super::protocol_logs::ProtocolLogs;
use super::telemetry::LevelControl;
use super::{Source, listening, parts, trust};
use crate::config::{self, Listener, Log, NodeConfig};
use crate::exit::Failure;

/// What a reload works on.
pub struct Reload {
    /// The configuration in force.
    pub config: NodeConfig,
    /// Where it comes from.
    pub source: Source,
    /// The listeners.
    pub reception: ReceptionControl,
    /// Their certificates, in the order of the configuration; who watches their files is told of others.
    pub certificates: watch::Sender<Vec<Arc<ServerTls>>>,
    /// How much of the trace is kept, for who clears it.
    pub trace: watch::Sender<config::Trace>,
    /// The trace, which keeps within its size itself.
    pub store: Arc<dyn io_store::Trace>,
    /// The administrators' address with its certificate, if it has one.
    pub admin_certificate: Option<(String, Arc<ServerTls>)>,
    /// What the administrators' side shows.
    pub admin: Arc<AdminState>,
    /// The sending side, which trusts the same roots.
    pub outbound: Arc<Outbound>,
    /// Who asks the DNS.
    pub resolver: Arc<Resolver>,
    /// The protocol logs.
    pub protocol_logs: ProtocolLogs,
    /// What the store had to say when it was opened.
    pub notices: Vec<String>,
    /// The level of the log.
    pub level: LevelControl,
}

/// A configuration and all of it that could have failed.
struct Prepared {
    config: NodeConfig,
    trust: trust::Trust,
    certificates: Vec<Arc<ServerTls>>,
    /// Settings that differ and hold after a restart only.
    later: Vec<&'static str>,
}

impl Reload {
    /// Reads everything again, and says what came of it.
    pub async fn run(&mut self) {
        let taken = match self.read() {
            Some(config) => self.take(config).await,
            None => return,
        };
        if let Err(failure) = taken {
            let error = failure.errors.join("; ");
            tracing::error!(error, hint = failure.hint, "the configuration cannot be used; the one in force stays");
        }
    }

    /// What the file says now. None: it cannot be used, and that has been said.
    fn read(&self) -> Option<NodeConfig> {
        let Some(file) = &self.source.file else { return Some(self.config.clone()) };
        match config::load(Some(file)) {
            Ok(loaded) => Some(self.source.with_data(loaded.config)),
            Err(errors) => {
                for error in errors {
                    tracing::error!("{error}");
                }
                tracing::error!(file = %file.display(), "the configuration is invalid; the one in force stays");
                None
            }
        }
    }

    /// Takes what can be taken.
    async fn take(&mut self, wanted: NodeConfig) -> Result<(), Failure> {
        let prepared = self.prepare(wanted)?;
        let reception = parts::reception_config(&prepared.config, &prepared.certificates);
        self.protocol_logs.prepare(&prepared.config.protocol_log)?;
        // The last step that can fail; when it does it has changed nothing.
        self.reception.change(reception).await.map_err(|error| Failure::usage(error.to_string()))?;
        let Prepared { config, trust, certificates, later } = prepared;
        self.outbound.replace_roots(trust.operator.roots.clone());
        self.admin.trust.store(Arc::new(trust.operator));
        for tls in certificates.iter().chain(self.admin_certificate.iter().map(|(_, tls)| tls)) {
            renew(tls);
        }
        self.resolver.replace(&config.dns.servers);
        let attention = parts::attention(&config, trust.attention, &self.resolver, &self.notices);
        let before = self.admin.info.load_full();
        let info = parts::node_info(&config, &self.reception.addresses(), attention);
        let info = NodeInfo { started_at: before.started_at, ..info };
        self.admin.certificates.replace_listeners(parts::shown_certificates(
            &info,
            &certificates,
            self.admin_certificate.as_ref(),
        ));
        tell_listeners(&before, &info);
        for sentence in info.attention.iter().filter(|sentence| !before.attention.contains(sentence)) {
            tracing::warn!("{}", sentence.sentence);
        }
        self.admin.info.store(Arc::new(info));
        self.certificates.send_replace(certificates);
        self.level.set(config.log.level);
        self.protocol_logs.change(&config.protocol_log);
        self.store.limit_size(config.trace.max_size);
        self.trace.send_replace(config.trace);
        self.config = config;
        tracing::info!(sessions = self.config.limits.sessions, "the configuration was read again and is in force");
        if !later.is_empty() {
            tracing::warn!(settings = later.join(", "), "changed settings that are in force after a restart only");
        }
        Ok(())
    }

    /// Everything that may fail, before anything is changed.
    fn prepare(&self, wanted: NodeConfig) -> Result<Prepared, Failure> {
        let old = &self.config;
        let later = [
            ("hostname", old.hostname != wanted.hostname),
            ("data", old.data != wanted.data),
            ("[admin]", old.admin != wanted.admin),
            ("[log] format", old.log.format != wanted.log.format),
        ];
        let later = later.iter().filter(|(_, changed)| *changed).map(|(name, _)| *name).collect();
        let config = NodeConfig {
            hostname: old.hostname.clone(),
            data: old.data.clone(),
            admin: old.admin.clone(),
            log: Log { level: wanted.log.level, format: old.log.format },
            ..wanted
        };
        let trust = trust::load(&config.client_certificates)?;
        let certificates = config.listeners.iter().map(|listener| self.certificate(&config, listener));
        let certificates = certificates.collect::<Result<_, _>>()?;
        Ok(Prepared { trust, certificates, config, later })
    }

    /// The one in use, if the listener has the same files.
    fn certificate(&self, config: &NodeConfig, listener: &Listener) -> Result<Arc<ServerTls>, Failure> {
        let same = |old: &Listener| {
            let files = |listener: &Listener| (listener.certificate.clone(), listener.key.clone());
            files(old) == files(listener) && old.client_certificates == listener.client_certificates
        };
        match self.config.listeners.iter().zip(&*self.certificates.borrow()).find(|(old, _)| same(old)) {
            Some((_, tls)) => Ok(Arc::clone(tls)),
            None => listening::certificate(config, listener).map(Arc::new),
        }
    }
}

/// Reads the files of a certificate again.
fn renew(tls: &ServerTls) {
    match tls.reload() {
        Ok(true) => tls.certificate().into_iter().for_each(|summary| tell_certificate(ReloadEvent::Reloaded(summary))),
        Ok(false) => {}
        Err(error) => tell_certificate(ReloadEvent::Failed(error)),
    }
}

/// Says what became of a certificate whose files were read again.
pub fn tell_certificate(event: ReloadEvent) {
    match event {
        ReloadEvent::Reloaded(summary) => {
            tracing::info!(certificate = summary.subject, sha256 = %summary.sha256, "a new certificate is in use");
        }
        ReloadEvent::Failed(error) => tracing::error!(%error, "a new certificate cannot be used; the old one stays"),
    }
}

fn tell_listeners(before: &NodeInfo, after: &NodeInfo) {
    let is_in = |info: &NodeInfo, address: &str| info.listeners.iter().any(|listener| listener.address == address);
    for listener in after.listeners.iter().filter(|listener| !is_in(before, &listener.address)) {
        tracing::info!(address = listener.address, "listening for SMTP here too");
    }
    for listener in before.listeners.iter().filter(|listener| !is_in(after, &listener.address)) {
        tracing::info!(address = listener.address, "listening for SMTP here no more; open sessions go on");
    }
}
