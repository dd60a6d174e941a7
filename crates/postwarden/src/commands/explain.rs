//! `explain`: what the relay would say, and why: asked of the server, or judged here by directory files.

use core_attribution::{Answer, Side, VerdictKind, judge_with_route};
use core_wording::render;
use jiff::Timestamp;
use proto_certificate::pem;
use service_admin::wire::{ExplainRequest, ProblemError};

use crate::bounded;
use crate::cli::{ExplainArgs, Global};
use crate::client::{Client, ClientError};
use crate::commands::explain::offline::Offline;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{BAD, GOOD, NOTABLE, Output};

pub mod offline;

/// Facts of an answer, and the flags that give them.
const FLAGS: [(&str, &str); 5] = [
    ("remote_ip", "--ip ADDRESS"),
    ("tls", "--tls or --no-tls"),
    ("certificate", "--certificate FILE, --presented-name NAME or --no-certificate"),
    ("mail_from", "--mail-from SENDER"),
    ("rcpt_to", "--rcpt-to RECIPIENT"),
];

/// What to do next where the repair is the relay's.
const REPAIR_HERE: &str =
    "if the repair is right, make it in the directory file; `postwarden apply -f FILE` shows it and makes it.";

/// What to do next where the repair is the sender's.
const REPAIR_THERE: &str = "make the repair at the sending server; if what it presents is right as it is, register that in the directory file, and \
     `postwarden apply -f FILE`.";

/// Judges what was typed.
pub fn run(global: &Global, args: &ExplainArgs, output: &mut Output) -> Outcome {
    let request = request(args)?;
    let answer = if args.files.is_empty() {
        Client::new(global)?.post("/v1/explain", &request).map_err(|error| match error {
            ClientError::Problem(problem) if !problem.errors.is_empty() => wrong(&problem.errors),
            other => other.into(),
        })?
    } else {
        offline(args, &request)?
    };
    if output.json {
        output.json(&answer)?;
    } else {
        show(&answer, "", output)?;
        next(&answer, output)?;
    }
    Ok(match answer.verdict {
        VerdictKind::Passes => Exit::Done,
        VerdictKind::Refused => Exit::No,
        VerdictKind::Undetermined => Exit::Undetermined,
    })
}

/// Prints an answer for people: the verdict, coloured, and what would turn it; `between`; then what supports them.
pub fn show(answer: &Answer, between: &str, output: &mut Output) -> Result<(), Failure> {
    let rendered = render(answer, output.language);
    let style = match answer.verdict {
        VerdictKind::Passes => GOOD,
        VerdictKind::Refused => BAD,
        VerdictKind::Undetermined => NOTABLE,
    };
    let (mut short, support) = (rendered.short(), rendered.support());
    output.styled(style, short.remove(0))?;
    short.extend((!between.is_empty()).then(|| between.to_owned()));
    short.extend((!support.is_empty()).then(String::new));
    [short, support].concat().iter().try_for_each(|line| output.line(line))
}

fn next(answer: &Answer, output: &mut Output) -> Result<(), Failure> {
    match (answer.verdict, &answer.change) {
        (VerdictKind::Passes, _) | (VerdictKind::Refused, None) => Ok(()),
        (VerdictKind::Refused, Some(change)) => {
            let own = change.edits.iter().any(|edit| edit.side == Side::Tenant);
            output.next(if own { REPAIR_HERE } else { REPAIR_THERE })
        }
        (VerdictKind::Undetermined, _) => {
            let missing = |fact: &str| answer.missing.iter().any(|missing| missing == fact);
            let flags: Vec<&str> = FLAGS.iter().filter(|(fact, _)| missing(fact)).map(|(_, flag)| *flag).collect();
            output.next(format_args!("add {}.", flags.join("; ")))
        }
    }
}

/// What was typed, as the server takes it.
fn request(args: &ExplainArgs) -> Result<ExplainRequest, Failure> {
    let certificate_pem = match &args.certificate {
        None => None,
        Some(path) => {
            let file = bounded::read(path, pem::MAX_FILE_LENGTH)
                .map_err(|error| Failure::usage(format!("--certificate {}: {error}", path.display())))?;
            // Read and written again, so that DER is taken too and a key in the same file stays here.
            let chain = pem::read_certificates(&file)
                .map_err(|error| Failure::usage(format!("--certificate {}: {error}", path.display())))?;
            Some(pem::write_certificates(&chain))
        }
    };
    Ok(ExplainRequest {
        remote_ip: args.ip.clone(),
        tls: if args.tls { Some(true) } else { args.no_tls.then_some(false) },
        certificate_pem,
        presented_names: (!args.presented_name.is_empty()).then(|| args.presented_name.clone()),
        no_certificate: args.no_certificate,
        mail_from: args.mail_from.clone(),
        rcpt_to: args.rcpt_to.clone(),
        at: args.at,
    })
}

fn offline(args: &ExplainArgs, request: &ExplainRequest) -> Result<Answer, Failure> {
    let directory = Offline::read(&args.files, &args.trust)?;
    let at = args.at.unwrap_or_else(Timestamp::now);
    let evidence =
        service_admin::evidence(request, at, |chain| directory.judge(chain, at)).map_err(|errors| wrong(&errors))?;
    let judgement = judge_with_route(&evidence, &directory.snapshot);
    Ok(Answer::of_judgement(&evidence, &directory.snapshot, &judgement))
}

/// What is wrong with the evidence, by the flag that gave it.
fn wrong(errors: &[ProblemError]) -> Failure {
    let one = |error: &ProblemError| {
        let flag = match error.field.as_str() {
            "remote_ip" => "--ip",
            "tls" => "--no-tls",
            "certificate_pem" => "--certificate",
            "presented_names" => "--presented-name",
            "mail_from" => "--mail-from",
            "rcpt_to" => "--rcpt-to",
            other => other,
        };
        format!("{flag}: {}", error.message)
    };
    Failure { exit: Exit::Usage, errors: errors.iter().map(one).collect(), hint: None }
}
