//! `import`: a directory file to review, from what people have. No server is asked, and nothing is applied.

mod file;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;

use core_directory::{Standing, Tenant, validate};
use core_wording::{Language, say};
use io_evidence_files::{Input, Sink, Unreadable, find};
use service_import::{Entry, Import, Imported, MAX_INPUT, Outcome};

use crate::cli::ImportArgs;
use crate::exit::{Exit, Failure, Outcome as Ended};
use crate::output::{BAD, GOOD, NOTABLE, Output};

/// Most of what is not carried over that is told for people; the file has all of it.
const MAX_TOLD: usize = 20;

/// Reads what was named, and writes the file.
pub fn run(args: &ImportArgs, output: &mut Output) -> Ended {
    let place = args.output.as_deref().map(|path| file::place(path, args.yes)).transpose()?;
    let imported = read(&args.files, args.tenant.as_deref(), output.language)?;
    if imported.is_empty() {
        let errors = imported.unread.iter().map(unread).collect();
        let hint = "name dumps, such as `Get-InboundConnector | ConvertTo-Json -Depth 5` writes, or Postfix's main.cf; \
                    `postwarden diagnose --collect SIDE` prints a script that makes them";
        return Err(Failure { exit: Exit::Usage, errors, hint: Some(hint.to_owned()) });
    }
    if let Some(place) = &place {
        file::write(place, &imported.directory)?;
    }
    if output.json {
        output.json(&imported)?;
    } else if place.is_none() {
        output.text(&imported.directory)?;
    }
    summary(&imported, args.output.as_deref().map(|path| path.display().to_string()).as_deref(), output);
    Ok(if imported.is_whole() { Exit::Done } else { Exit::Undetermined })
}

fn read(files: &[PathBuf], tenant: Option<&str>, language: Language) -> Result<Imported, Failure> {
    if let Some(name) = tenant {
        check_name(name)?;
    }
    let standard_input = |path: &&PathBuf| path.as_os_str() == "-";
    if files.iter().filter(standard_input).count() > 1 {
        return Err(Failure::usage("- stands there twice: standard input can be read once"));
    }
    let inputs = files.iter().map(|path| match standard_input(&path) {
        true => Input::StandardInput,
        false => Input::Path(path.clone()),
    });
    let mut intake = Intake { import: Import::new(tenant), name: String::new(), octets: Vec::new(), language };
    let octets = AtomicU64::new(0);
    for file in find(inputs.collect()) {
        file.read(&octets, &mut intake);
    }
    Ok(intake.import.finish())
}

/// A name that no directory takes is refused here, before anybody has reviewed a file that cannot be applied.
fn check_name(tenant: &str) -> Result<(), Failure> {
    let alone = Tenant { name: tenant.into(), ..Tenant::default() };
    match validate(&[alone], Standing::Operator).first() {
        Some(fault) => Err(Failure::usage(format!("--tenant {tenant:?}: {}", fault.code))),
        None => Ok(()),
    }
}

/// Gathers each file whole.
struct Intake {
    import: Import,
    name: String,
    octets: Vec<u8>,
    language: Language,
}

impl Sink for Intake {
    fn begin(&mut self, name: &str) {
        name.clone_into(&mut self.name);
        self.octets.clear();
    }

    fn block(&mut self, octets: &[u8]) -> bool {
        self.octets.extend_from_slice(octets);
        // A longer one is refused by the import, which counts all of them.
        self.octets.len() <= MAX_INPUT
    }

    fn end(&mut self, outcome: Result<(), Unreadable>) {
        match outcome {
            // A list that was cut off would be taken for a whole one.
            Err(why) => {
                let arguments = why.arguments();
                let arguments: Vec<(&'static str, &str)> =
                    arguments.iter().map(|(name, value)| (*name, &**value)).collect();
                let why = say(why.code(), &arguments, self.language);
                self.import.unread(&self.name, None, why);
            }
            Ok(()) => self.import.file(&self.name, &self.octets),
        }
        self.octets = Vec::new();
    }
}

fn unread(unread: &service_import::Unread) -> String {
    let line = unread.line.map(|line| format!(":{line}")).unwrap_or_default();
    format!("{}{line}: {}", unread.file, unread.why)
}

/// What was made, what was not carried over, and what to do next: beside the file, on standard error.
fn summary(imported: &Imported, file: Option<&str>, output: &mut Output) {
    let counts = imported.counts;
    let outcomes = [
        ("carried over", count(imported, |outcome| matches!(outcome, Outcome::Carried { .. }))),
        ("without meaning here", count(imported, |outcome| matches!(outcome, Outcome::NoMeaning { .. }))),
        ("not carried over", count(imported, |outcome| matches!(outcome, Outcome::NotCarried { .. }))),
        ("not shown", count(imported, |outcome| matches!(outcome, Outcome::NotShown { .. }))),
    ];
    output.remark(format_args!(
        "{GOOD}Imported:{GOOD:#} tenants {}, domains {}, inbound connectors {}, send connectors {}; left out as remarks {}.",
        counts.tenants, counts.domains, counts.inbound_connectors, counts.send_connectors, counts.left_out
    ));
    let outcomes: Vec<String> = outcomes.iter().map(|(said, count)| format!("{count} {said}")).collect();
    output.remark(format_args!("Of {} properties: {}.", imported.accounting.len(), outcomes.join(", ")));
    let lines = told(&imported.accounting);
    for line in lines.iter().take(MAX_TOLD) {
        output.remark(format_args!("{NOTABLE}!{NOTABLE:#} {line}"));
    }
    if lines.len() > MAX_TOLD {
        output.remark(format_args!("  and {} more, in the file's last part.", lines.len() - MAX_TOLD));
    }
    for own in &imported.unread {
        output.remark(format_args!("{BAD}not read:{BAD:#} {}", unread(own)));
    }
    if counts.tenants == 0 {
        return output
            .remark("\nNext: nothing of this becomes an object in force: import connectors or domains with it.");
    }
    let file = file.unwrap_or("FILE");
    output.remark(format_args!("\nNext: read the file through, then `postwarden apply -f {file} --dry-run`."));
}

fn count(imported: &Imported, is_it: impl Fn(&Outcome) -> bool) -> usize {
    imported.accounting.iter().filter(|entry| is_it(&entry.outcome)).count()
}

/// What is missing, once for each object and reason.
fn told(accounting: &[Entry]) -> Vec<String> {
    let mut lines: Vec<(String, Vec<&str>)> = Vec::new();
    let mut places: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for entry in accounting {
        let said = match &entry.outcome {
            Outcome::NotCarried { why, next } if next.is_empty() => why.to_string(),
            Outcome::NotCarried { why, next } => format!("{why}; {next}"),
            Outcome::NotShown { command } => format!("not shown; {command}"),
            Outcome::Carried { .. } | Outcome::NoMeaning { .. } => continue,
        };
        let place = *places.entry((&entry.object, said.clone())).or_insert_with(|| {
            lines.push((said, Vec::new()));
            lines.len() - 1
        });
        if let Some((said, names)) = lines.get_mut(place) {
            if names.is_empty() {
                *said = format!("{}:{}, {}: \u{0}: {said}", entry.file, entry.line, entry.object);
            }
            names.push(&entry.property);
        }
    }
    lines.into_iter().map(|(said, names)| said.replacen('\u{0}', &names.join(", "), 1)).collect()
}
