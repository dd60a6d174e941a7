//! `certificate inspect`: what files of certificates say, whether their chains hold, and which connectors they satisfy.

mod facts;
mod far_side;
mod next;
mod show;

use jiff::Timestamp;
use proto_certificate::{key_is_checkable, read_certificate_file};
use serde::Serialize;

use crate::bounded;
use crate::cli::CertificateInspectArgs;
use crate::commands::certificate::facts::FileFacts;
use crate::commands::certificate::far_side::{Asked, FarSides, is_taken_by_all};
use crate::commands::explain::offline;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::Output;

/// Largest file of passwords in octets.
const MAX_PASSWORDS: usize = 64 * 1024;

/// Most passwords that are tried: each costs as much work as the file's writer chose.
const MAX_TRIED: usize = 16;

/// What is said of one file.
#[derive(Debug, Serialize)]
struct Inspection {
    #[serde(flatten)]
    facts: FileFacts,
    /// The connectors that were asked, by the files that show them. Empty without `-f`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    connectors: Vec<Asked>,
    /// What to do.
    next: Vec<String>,
}

/// Inspects the files that were typed.
pub fn inspect(args: &CertificateInspectArgs, output: &mut Output) -> Outcome {
    let at = args.at.unwrap_or_else(Timestamp::now);
    let passwords = passwords(args)?;
    let passwords: Vec<&str> = passwords.iter().map(String::as_str).collect();
    let roots = offline::roots(&args.trust)?;
    let far_sides = FarSides::read(&args.files, &args.trust, output.language)?;
    let mut inspections = Vec::new();
    for path in &args.certificates {
        let name = path.display().to_string();
        let failure = |what: String| Failure::usage(format!("{name}: {what}"));
        let octets =
            bounded::read(path, proto_certificate::pem::MAX_FILE_LENGTH).map_err(|error| failure(error.to_string()))?;
        let file = read_certificate_file(&octets, &passwords).map_err(|error| {
            let needs = matches!(
                &error,
                proto_certificate::CertificateFileError::Pkcs12(proto_certificate::Pkcs12Error::Password { .. })
            );
            let failure = failure(error.to_string());
            if needs {
                failure.hint("write it into a file of its own, and name that with --password-file")
            } else {
                failure
            }
        })?;
        let chain: Vec<Vec<u8>> = file.certificates.iter().map(|certificate| certificate.der.clone()).collect();
        let Some(leaf) = chain.first() else {
            return Err(failure("a private key and no certificate".to_owned()));
        };
        let provable = key_is_checkable(leaf);
        let judged = proto_certificate::judge(&chain, provable, at, &roots, &Default::default(), &Default::default());
        let facts = FileFacts::new(name.clone(), &file, &judged, at, output.language).map_err(failure)?;
        let connectors = far_sides.ask(&chain, &judged, at);
        let next = next::steps(&facts, &connectors, !args.trust.is_empty());
        inspections.push(Inspection { facts, connectors, next });
    }
    if output.json {
        output.json(&inspections)?;
    } else {
        for (place, inspection) in inspections.iter().enumerate() {
            if place > 0 {
                output.line("")?;
            }
            show::inspection(inspection, output)?;
        }
    }
    Ok(inspections.iter().map(Inspection::exit).max_by_key(|exit| weight(*exit)).unwrap_or(Exit::Done))
}

impl Inspection {
    fn exit(&self) -> Exit {
        let refused = self.connectors.iter().any(|asked| asked.takes() == Some(Exit::No));
        let depends = self.connectors.iter().any(|asked| asked.takes() == Some(Exit::Undetermined));
        let chain_fails = !self.facts.chain.faults.is_empty() && !is_taken_by_all(&self.connectors);
        match (self.facts.is_wrong() || chain_fails || refused, depends) {
            (true, _) => Exit::No,
            (false, true) => Exit::Undetermined,
            (false, false) => Exit::Done,
        }
    }
}

/// What is wrong outweighs what is not known.
fn weight(exit: Exit) -> u8 {
    match exit {
        Exit::Done => 0,
        Exit::Undetermined => 1,
        _ => 2,
    }
}

fn passwords(args: &CertificateInspectArgs) -> Result<Vec<String>, Failure> {
    let Some(path) = &args.password_file else { return Ok(Vec::new()) };
    let failure = |what: String| Failure::usage(format!("--password-file {}: {what}", path.display()));
    let octets = bounded::read(path, MAX_PASSWORDS).map_err(|error| failure(error.to_string()))?;
    let text = String::from_utf8(octets).map_err(|_| failure("the file is not UTF-8 text".to_owned()))?;
    let text = text.trim_start_matches('\u{feff}');
    Ok(text.lines().filter(|line| !line.is_empty()).take(MAX_TRIED).map(str::to_owned).collect())
}
