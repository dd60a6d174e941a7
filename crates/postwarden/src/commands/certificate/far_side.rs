//! Whoever is asked whether a certificate suffices: the relay of directory files, and Exchange Online as dumps show it. Each
//! is asked by its own rules and roots.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use core_attribution::{Admits, Judge, PartialDirectory, PartialTenant, Standing, standings};
use core_directory::{CertificateFacts, Snapshot, Tenant};
use core_wording::Language;
use jiff::Timestamp;
use serde::Serialize;
use service_diagnosis::answer::Unread;
use service_diagnosis::evidence::EvidenceKind;
use service_diagnosis::{Evidence, Reader, SourceId, shown_directory, worded_unread};

use crate::bounded;
use crate::commands::explain::offline::Offline;
use crate::exit::{Exit, Failure};

/// Largest dump in octets, as `diagnose` takes it.
const MAX_DUMP_LENGTH: usize = 16 * 1024 * 1024;

/// Both kinds of far sides.
pub struct FarSides {
    relay: Option<(Offline, PartialDirectory)>,
    exchange_online: Option<Dumped>,
}

/// What dumps show, and what they do not.
struct Dumped {
    directory: PartialDirectory,
    unread: Vec<Unread>,
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
    /// Whether it may have more than the files show: they list no connectors whole, or were not read whole.
    #[serde(skip_serializing_if = "is_false")]
    pub open: bool,
    /// What in the files could not be read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<Unread>,
}

impl FarSides {
    /// Reads directory files and dumps; what cannot be read of a dump is told in a language.
    ///
    /// # Errors
    /// A file that is neither, or cannot be read whole.
    pub fn read(paths: &[PathBuf], trust: &[String], language: Language) -> Result<Self, Failure> {
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
        let exchange_online = dumped
            .then(|| Dumped { directory: shown_directory(&evidence), unread: worded_unread(&evidence, language) });
        Ok(Self { relay, exchange_online })
    }

    /// Asks everybody about a chain; `judged` is it by the roots that were given.
    pub fn ask(&self, chain: &[Vec<u8>], judged: &CertificateFacts, at: Timestamp) -> Vec<Asked> {
        let mut asked = Vec::new();
        if let Some((offline, directory)) = &self.relay {
            asked.push(Asked::new("postwarden", offline.judge(chain, at), directory, at));
        }
        if let Some(Dumped { directory, unread }) = &self.exchange_online {
            let listed = directory.tenants.iter().all(|tenant| tenant.connectors_shown);
            let asks = Asked::new("exchange-online", judged.clone(), directory, at);
            asked.push(Asked { open: !listed || !unread.is_empty(), unread: unread.clone(), ..asks });
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
        Self { side, connectors, not_shown, open: false, unread: Vec::new() }
    }

    /// Whether any connector takes it: done, no, or undetermined. None where none asks for a certificate. Where there may be
    /// connectors that no file shows, that none takes it is not known.
    pub fn takes(&self) -> Option<Exit> {
        let any = |admits: Admits| self.connectors.iter().any(|standing| standing.admits == admits);
        if self.connectors.is_empty() && self.not_shown == 0 && !self.open {
            return None;
        }
        match (any(Admits::Yes), any(Admits::Depends) || self.not_shown > 0 || self.open) {
            (true, _) => Some(Exit::Done),
            (false, true) => Some(Exit::Undetermined),
            (false, false) => Some(Exit::No),
        }
    }
}

/// Whether everybody who was asked takes the certificate, by their own rules and roots: then what is wrong with its chain by
/// the roots that were given decides nothing.
pub fn is_taken_by_all(asked: &[Asked]) -> bool {
    !asked.is_empty() && asked.iter().all(|asked| asked.takes() == Some(Exit::Done))
}

fn is_false(flag: &bool) -> bool {
    !flag
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}
