//! What was found where a record should be, told apart as far as whoever publishes it needs. Pure.

use core_directory::Domain;
use io_dns::DnsFailure;

use crate::Challenge;
use crate::challenge::is_a_challenge;

/// Most values that are shown: a name seldom holds more, and the rest is counted.
const MAX_SHOWN: usize = 10;

/// Most octets of a value that are shown: twice the length of a challenge and some.
const MAX_SHOWN_LENGTH: usize = 200;

/// What a look at a name found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The record is there.
    Right {
        /// How many challenges of other tenants or installations lie beside it. Whoever they belong to could prove the
        /// domain too.
        strangers: usize,
    },
    /// There is no such name.
    NoSuchName,
    /// The name is there, and has no TXT record.
    NoRecord,
    /// Other records are there, and not this one.
    Others(Values),
    /// It could not be found out, which proves nothing.
    Unknown(DnsFailure),
}

/// Records that are not the one that was looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    /// The first of them, printable: other octets are escaped, and what is long is cut short, ending in `…`.
    pub shown: Vec<String>,
    /// How many there are beside.
    pub more: usize,
    /// How many of all are challenges, but of another tenant or installation.
    pub strangers: usize,
}

impl Finding {
    /// Judges what the DNS said.
    #[must_use]
    pub fn of(challenge: &Challenge, answer: Result<Vec<Vec<u8>>, DnsFailure>) -> Self {
        let records = match answer {
            Ok(records) => records,
            Err(DnsFailure::NoSuchName) => return Self::NoSuchName,
            Err(DnsFailure::NoData) => return Self::NoRecord,
            Err(failure) => return Self::Unknown(failure),
        };
        let (right, others): (Vec<_>, Vec<_>) = records.iter().partition(|record| challenge.is_met_by(record));
        let strangers = others.iter().filter(|record| is_a_challenge(record)).count();
        if !right.is_empty() {
            return Self::Right { strangers };
        }
        let shown = others.iter().take(MAX_SHOWN).map(|record| printable(record)).collect();
        Self::Others(Values { shown, more: others.len().saturating_sub(MAX_SHOWN), strangers })
    }

    /// Whether the record is certainly not there.
    #[must_use]
    pub fn is_absence(&self) -> bool {
        matches!(self, Self::NoSuchName | Self::NoRecord | Self::Others(_))
    }
}

/// Where a record is put by mistake: at the domain itself; and, by panels that add the zone to a name that has it already, at
/// the name with the domain once more.
pub(crate) fn likely_mistakes(challenge: &Challenge, domain: &Domain) -> Vec<Domain> {
    let doubled = Domain::parse(&format!("{}.{domain}", challenge.name)).ok();
    std::iter::once(domain.clone()).chain(doubled).collect()
}

fn printable(record: &[u8]) -> String {
    match record.get(..MAX_SHOWN_LENGTH) {
        Some(head) if record.len() > MAX_SHOWN_LENGTH => format!("{}…", head.escape_ascii()),
        _ => record.escape_ascii().to_string(),
    }
}
