//! Dates of certificates, and chains in certificate files and in a relay's own directory.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use proto_certificate::ParsedCertificate;

use super::LintReport;
use super::codes::{CERTIFICATE_EXPIRED, CERTIFICATE_EXPIRES, CERTIFICATE_NOT_YET_VALID, INTERMEDIATE_MISSING};
use super::directory::line;
use super::mending::repair;
use crate::answer::{ProofLine, Repair, RepairSide};
use crate::evidence::{Evidence, Proof, SourceId};

/// Within how many days an end is told, the nearest first: HealthChecker warns at 60 and 30, the last two are for those who
/// look daily.
const WITHIN_DAYS: [i64; 4] = [7, 14, 30, 60];

pub(super) fn check(evidence: &Evidence, now: Timestamp, report: &mut LintReport) {
    for (source, chain) in files(evidence) {
        let proof = |place: usize| -> Vec<ProofLine> {
            let found =
                chain.get(place).map(|(at, parsed)| Proof::new(source, *at, &format!("Subject : {}", parsed.subject)));
            found.map(|proof| line(evidence, &proof, None)).into_iter().collect()
        };
        let parsed: Vec<&ParsedCertificate> = chain.iter().map(|(_, parsed)| parsed).collect();
        let place = evidence.source(source).map(|source| source.name.to_string()).unwrap_or_default();
        chain_of(&parsed, now, &place, proof, report);
    }
    for observed in &evidence.configuration.relay_directories {
        for tenant in &observed.object.tenants {
            for own in &tenant.certificates {
                let parsed: Vec<_> = own.chain.iter().filter_map(|der| ParsedCertificate::parse(der).ok()).collect();
                let text = format!("tenant {:?}, certificate {:?}", tenant.name, own.name);
                let proof = Proof::new(observed.source, 1, &text);
                let proof = |_| vec![line(evidence, &proof, None)];
                let place = format!("{}: {}", tenant.name, own.name);
                chain_of(&parsed.iter().collect::<Vec<_>>(), now, &place, proof, report);
            }
        }
    }
}

/// The certificates of each file, in its order, with their lines.
fn files(evidence: &Evidence) -> BTreeMap<SourceId, Vec<(u64, ParsedCertificate)>> {
    let mut files: BTreeMap<SourceId, Vec<(u64, ParsedCertificate)>> = BTreeMap::new();
    for observed in &evidence.configuration.certificate_files {
        if let Some(parsed) = observed.object.der.as_deref().and_then(|der| ParsedCertificate::parse(der).ok()) {
            files.entry(observed.source).or_default().push((observed.object.line, parsed));
        }
    }
    files
}

/// Dates of all, and whether the leaves' issuers are there: whoever sends the chain as it is sends no more than that.
fn chain_of(
    chain: &[&ParsedCertificate],
    now: Timestamp,
    place: &str,
    proof: impl Fn(usize) -> Vec<ProofLine>,
    report: &mut LintReport,
) {
    for (at, parsed) in chain.iter().enumerate() {
        let title = parsed.common_name.clone().unwrap_or_else(|| parsed.subject.clone());
        let span = (Some(parsed.validity.not_before), Some(parsed.validity.not_after));
        dates(span, now, (title.clone(), place.to_owned()), &proof(at), Vec::new(), report);
        let has_issuer = chain.iter().any(|other| other.subject == parsed.issuer);
        if !parsed.is_ca && !parsed.self_signed && !has_issuer {
            let arguments = [("certificate", title.as_str()), ("place", place), ("issuer", parsed.issuer.as_str())];
            let what = [("issuer", parsed.issuer.as_str())];
            let postfix = vec![
                "# leaf first, then its issuer, up to the root, which is left out".to_owned(),
                "cat leaf.pem intermediate.pem > fullchain.pem".to_owned(),
            ];
            let exchange = vec![
                "Import-Certificate -FilePath 'C:\\intermediate.cer' -CertStoreLocation Cert:\\LocalMachine\\CA"
                    .to_owned(),
            ];
            let repairs = vec![
                repair(RepairSide::Postwarden, "mend-append-issuer", &what, postfix),
                repair(RepairSide::ExchangeServer, "mend-import-intermediates", &[], exchange),
            ];
            report.add(INTERMEDIATE_MISSING, &arguments, proof(at), repairs);
        }
    }
}

/// Tells of a certificate that is out of date, or soon will be. `whose`: what it is called, and
/// whose it is.
pub(super) fn dates(
    (not_before, not_after): (Option<Timestamp>, Option<Timestamp>),
    now: Timestamp,
    whose: (String, String),
    proof: &[ProofLine],
    repairs: Vec<Repair>,
    report: &mut LintReport,
) {
    let (title, place) = (whose.0.as_str(), whose.1.as_str());
    if let Some(begin) = not_before.filter(|begin| *begin > now) {
        let arguments = [("certificate", title), ("place", place), ("date", &*date(begin))];
        report.add(CERTIFICATE_NOT_YET_VALID, &arguments, proof.to_vec(), Vec::new());
    }
    let Some(end) = not_after else { return };
    let date = date(end);
    let mut arguments = vec![("certificate", title), ("place", place), ("date", date.as_str())];
    if end < now {
        report.add(CERTIFICATE_EXPIRED, &arguments, proof.to_vec(), repairs);
        return;
    }
    let left = end.duration_since(now);
    if let Some(within) = WITHIN_DAYS.into_iter().find(|days| left <= SignedDuration::from_hours(days * 24)) {
        let (days, within) = ((left.as_hours() / 24).to_string(), within.to_string());
        arguments.extend([("days", days.as_str()), ("within", within.as_str())]);
        report.add(CERTIFICATE_EXPIRES, &arguments, proof.to_vec(), repairs);
    }
}

/// The day, in UTC.
fn date(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}
