//! `why`: the reasoning behind one refusal, found by the reference that its reply carries.

use std::io::Read as _;

use core_attribution::Answer;
use serde_json::{Value as Json, json};
use service_admin::wire::{Problem, ProblemKind, Refusal};

use crate::cli::{Global, WhyArgs};
use crate::client::{Client, ClientError, encoded};
use crate::commands::explain;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::Output;

pub mod references;

/// Most octets of a pasted text: a bounce returns at most a message's header.
const MAX_TEXT: u64 = 4 * 1024 * 1024;

/// Shows the refusal.
pub fn run(global: &Global, args: &WhyArgs, output: &mut Output) -> Outcome {
    let references = references_in(&args.reference)?;
    let refusal = first_known(&Client::new(global)?, &references)?;
    let others: Vec<&str> = references.iter().map(String::as_str).filter(|own| *own != refusal.reference).collect();
    if output.json {
        output.json(&as_json(&refusal, &others)?)?;
        return Ok(Exit::Done);
    }
    let met = format!(
        "{:.0} from {}: <{}> to <{}>{}",
        refusal.at,
        refusal.remote_ip.as_deref().unwrap_or("an unknown address"),
        refusal.mail_from,
        refusal.rcpt_to,
        repeats(&refusal)
    );
    // The reply as the client got it, with its reference.
    explain::show(&Answer { reply: Some(refusal.reply), ..refusal.answer }, &met, output)?;
    if let Some(other) = others.first() {
        output.line(format_args!(
            "\nThe text names {} more: {}; `postwarden why {other}` shows one",
            counted(others.len()),
            others.join(", ")
        ))?;
    }
    output.next(
        "what is right now may differ from then: `postwarden explain` with the same client asks again; a connector is \
         repaired by `postwarden inbound-connector set`, or in the directory file by `postwarden apply -f FILE`.",
    )?;
    Ok(Exit::Done)
}

fn counted(references: usize) -> String {
    format!("{references} reference{}", if references == 1 { "" } else { "s" })
}

fn repeats(refusal: &Refusal) -> String {
    match refusal.repeats {
        0 => String::new(),
        1 => format!("; once more at {:.0}", refusal.last_at),
        many => format!("; {many} times more, last at {:.0}", refusal.last_at),
    }
}

/// The answer's keys, with the refusal beside them, and the other references that the text names.
fn as_json(refusal: &Refusal, others: &[&str]) -> Result<Json, Failure> {
    let mut value = serde_json::to_value(&refusal.answer).map_err(std::io::Error::other)?;
    if let Json::Object(object) = &mut value {
        object.insert(
            "refusal".to_owned(),
            json!({
                "reference": refusal.reference,
                "at": refusal.at,
                "remote_ip": refusal.remote_ip,
                "mail_from": refusal.mail_from,
                "rcpt_to": refusal.rcpt_to,
                "reply": refusal.reply,
                "repeats": refusal.repeats,
                "last_at": refusal.last_at,
                "others": others,
            }),
        );
    }
    Ok(value)
}

/// The references in what was typed or comes from standard input; one at least.
fn references_in(typed: &str) -> Result<Vec<String>, Failure> {
    let mut octets = typed.as_bytes().to_vec();
    if typed == "-" {
        octets.clear();
        let outcome = std::io::stdin().take(MAX_TEXT).read_to_end(&mut octets);
        outcome.map_err(|error| Failure::usage(format!("standard input: {error}")))?;
    }
    let found = references::find(&octets);
    if found.is_empty() {
        return Err(Failure::usage("there is no reference in this text").hint(
            "a refusal ends with [host timestamp reference]: give the reference, the whole reply, or the bounce that quotes it",
        ));
    }
    Ok(found)
}

/// The first refusal that the server knows. What it says to the others counts only where it knows none.
fn first_known(client: &Client, references: &[String]) -> Result<Refusal, Failure> {
    let mut errors = Vec::new();
    for reference in references {
        match client.get(&format!("/v1/refusals/{}", encoded(reference))) {
            Ok(refusal) => return Ok(refusal),
            Err(ClientError::Problem(Problem { kind: ProblemKind::NotFound, detail, .. })) => errors.push(detail),
            Err(error) => return Err(error.into()),
        }
    }
    let hint = "the host name in the reply's brackets says which server refused it".to_owned();
    Err(Failure { exit: Exit::No, errors, hint: Some(hint) })
}
