//! `diagnose`: logs, dumps and bounces in; the cause, its proof and the repair out. No server is asked.

pub(super) mod answer;
mod interruption;
mod page;
mod paste;
mod progress;
pub(super) mod reading;

use std::io::IsTerminal as _;
use std::path::PathBuf;

use io_evidence_files::{Input, find};
use jiff::Timestamp;
use service_diagnosis::Diagnosis;
use service_diagnosis::answer::Certainty;

use self::reading::Interrupted;
use crate::cli::DiagnoseArgs;
use crate::collect;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::Output;

/// What to bring, for those who type it for the first time.
const EXAMPLES: &str = "name files, folders or archives, such as `postwarden diagnose bounce.eml SmtpSend/ connectors.xml`; \
                        - reads standard input; on a terminal, without arguments, it asks to paste";

/// What is said where Ctrl-C ended it, and what to do.
const INTERRUPTED: Interrupted = Interrupted {
    said: "no answer is given, since half of the evidence could point to a wrong cause",
    hint: "name fewer files, or leave out what is old by --since 2d",
};

/// Reads what was given and finds the cause.
pub fn run(args: &DiagnoseArgs, output: &mut Output) -> Outcome {
    if let Some(side) = args.collect {
        output.text(collect::script(side))?;
        return Ok(Exit::Done);
    }
    let page = args.html.as_deref().map(page::place).transpose()?;
    let files = find(inputs(&args.files)?);
    let now = args.at.unwrap_or_else(Timestamp::now);
    let evidence = reading::read(files, args.since.map(|since| since.moment(now)), INTERRUPTED)?;
    let diagnosis = service_diagnosis::diagnose(&evidence, now);
    let diagnosis = if args.redact { service_diagnosis::redact(diagnosis) } else { diagnosis }.worded(output.language);
    if let Some(path) = &page {
        page::write(path, &service_diagnosis::report::html(&diagnosis, output.language))?;
        output.remark(format_args!("The page is written: {}", path.display()));
    }
    if output.json {
        output.json(&diagnosis)?;
    } else {
        answer::show(&diagnosis, output)?;
    }
    Ok(exit(&diagnosis))
}

/// The exit code: it is sure, it is open, nothing is wrong, or there was nothing to read. What could not be read may hold the
/// refusal, so that nothing found in the rest does not say that nothing is wrong.
fn exit(diagnosis: &Diagnosis) -> Exit {
    let surest = diagnosis.causes.iter().map(|cause| cause.certainty).max();
    match surest {
        _ if diagnosis.read.is_empty() => Exit::Usage,
        Some(Certainty::Certain | Certainty::Likely) => Exit::No,
        Some(Certainty::Possible) => Exit::Undetermined,
        None if !diagnosis.refusals.is_empty() || !diagnosis.unread.is_empty() => Exit::Undetermined,
        None => Exit::Done,
    }
}

/// What was named; on a terminal, what is pasted.
fn inputs(named: &[PathBuf]) -> Result<Vec<Input>, Failure> {
    let is_terminal = std::io::stdin().is_terminal();
    let is_standard_input = |path: &PathBuf| path.as_os_str() == "-";
    if named.is_empty() && !is_terminal {
        return Err(Failure::usage("there is nothing to read").hint(EXAMPLES));
    }
    if named.is_empty() {
        return Ok(vec![Input::Pasted(paste::ask()?)]);
    }
    if named.iter().filter(|path| is_standard_input(path)).count() > 1 {
        return Err(Failure::usage("- stands there twice: standard input can be read once"));
    }
    let input = |path: &PathBuf| match is_standard_input(path) {
        true if is_terminal => paste::ask().map(Input::Pasted),
        true => Ok(Input::StandardInput),
        false => Ok(Input::Path(path.clone())),
    };
    named.iter().map(input).collect()
}
