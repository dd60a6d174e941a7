//! Whoever is asked whether a certificate suffices: the relay of directory files, and Exchange Online as dumps show it. Each
//! is asked by its own rules and roots.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use core_attribution::{Admits, Judge, PartialDirectory, PartialTenant, Standing, standings};
use core_directory::{CertificateFacts, Snapshot, Tenant};
use jiff::Timestamp;
use serde::Serialize;
use service_diagnosis::evidence::EvidenceKind;
use service_diagnosis::{Evidence, Reader, SourceId, shown_directory};

use crate::bounded;
use crate::commands::explain::offline::Offline;
use crate::exit::{Exit, Failure};

/// Largest dump in octets, as `diagnose` takes it.
const MAX_DUMP_LENGTH: usize = 16 * 1024 * 1024;

/// Both kinds of far sides.
pub struct FarSides {
    relay: Option<(Offline, PartialDirectory)>,
    exchange_online: Option<PartialDirectory>,
}

/// What one far side says.
#[derive(Debug, Serialize)]
pub struct Asked {
    /// `postwarden` or `exchange-online`.
    pub side: &'static str,
    /// Its connectors that ask for a certificate.
    pub connectors: Vec<Standing>,
    /// How many more it has.
    #[serde(skip_serializing_if = "is_zero")]
    pub not_shown: usize,
}

impl FarSides {
    /// Reads directory files and dumps.
    ///
    /// # Errors
    /// A file that is neither, or cannot be read whole.
    pub fn read(paths: &[PathBuf], trust: &[String]) -> Result<Self, Failure> {
        let mut directories = Vec::new();
        let mut evidence = Evidence::default();
        for (number, path) in (0..).zip(paths) {
            let read = read_one(SourceId(number), path)?;
            if read.sources.iter().any(|source| source.kinds.contains(&EvidenceKind::Directory)) {
                directories.push(path.clone());
            } else {
                evidence.merge(read);
            }
        }
        let relay = match directories.is_empty() {
            true => None,
            false => {
                let offline = Offline::read(&directories, trust)?;
                let directory = whole(&offline.snapshot);
                Some((offline, directory))
            }
        };
        let dumped = directories.len() < paths.len();
        if dumped && evidence.configuration.inbound_connectors.is_empty() {
            return Err(Failure::usage("the dumps show no inbound connector of Exchange Online")
                .hint("Get-InboundConnector | Export-Clixml connectors.xml; and Get-AcceptedDomain | Export-Clixml domains.xml"));
        }
        Ok(Self { relay, exchange_online: dumped.then(|| shown_directory(&evidence)) })
    }

    /// Asks everybody about a chain; `judged` is it by the roots that were given.
    pub fn ask(&self, chain: &[Vec<u8>], judged: &CertificateFacts, at: Timestamp) -> Vec<Asked> {
        let mut asked = Vec::new();
        if let Some((offline, directory)) = &self.relay {
            asked.push(Asked::new("postwarden", offline.judge(chain, at), directory, at));
        }
        if let Some(directory) = &self.exchange_online {
            asked.push(Asked::new("exchange-online", judged.clone(), directory, at));
        }
        asked
    }
}

/// A snapshot as a directory without a gap.
fn whole(snapshot: &Snapshot) -> PartialDirectory {
    let tenants = snapshot.tenants().map(|index| {
        let connectors = snapshot.connectors_of(index).map(|index| snapshot.connector(index).connector.clone());
        let inbound_connectors = connectors.collect();
        PartialTenant::whole(Tenant { inbound_connectors, ..snapshot.tenant(index).clone() })
    });
    PartialDirectory { judge: Judge::Relay, tenants: tenants.collect() }
}

fn read_one(id: SourceId, path: &Path) -> Result<Evidence, Failure> {
    let failure = |what: String| Failure::usage(format!("-f {}: {what}", path.display()));
    let octets = bounded::read(path, MAX_DUMP_LENGTH).map_err(|error| failure(error.to_string()))?;
    let mut reader = Reader::new(id, &path.display().to_string());
    reader.feed(&octets);
    let evidence = reader.finish();
    let kinds = || evidence.sources.iter().flat_map(|source| &source.kinds);
    if kinds().any(|kind| matches!(kind, EvidenceKind::Directory | EvidenceKind::Dump)) {
        return Ok(evidence);
    }
    Err(failure("neither a directory file nor a dump of Exchange Online".to_owned()))
}

impl Asked {
    fn new(side: &'static str, facts: CertificateFacts, directory: &PartialDirectory, at: Timestamp) -> Self {
        let (connectors, not_shown) = standings(&Arc::new(facts), directory, at);
        Self { side, connectors, not_shown }
    }

    /// Whether any connector takes it: done, no, or undetermined. None where none asks for a certificate.
    pub fn takes(&self) -> Option<Exit> {
        let any = |admits: Admits| self.connectors.iter().any(|standing| standing.admits == admits);
        if self.connectors.is_empty() && self.not_shown == 0 {
            return None;
        }
        match (any(Admits::Yes), any(Admits::Depends) || self.not_shown > 0) {
            (true, _) => Some(Exit::Done),
            (false, true) => Some(Exit::Undetermined),
            (false, false) => Some(Exit::No),
        }
    }
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}
