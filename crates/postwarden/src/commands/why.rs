//! `why`: the reasoning behind one refusal, found by the reference that its reply carries.

use std::io::Read as _;

use jiff::Timestamp;
use serde_json::{Value as Json, json};
use service_admin::wire::{Problem, ProblemKind, Refusal};

use crate::cli::{Global, WhyArgs};
use crate::client::{Client, ClientError, encoded};
use crate::commands::explain;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{Output, STRONG};

/// Most octets of a pasted text: a bounce returns at most a message's header.
const MAX_TEXT: u64 = 4 * 1024 * 1024;

/// Shows the refusal.
pub fn run(global: &Global, args: &WhyArgs, output: &mut Output) -> Outcome {
    let reference = reference(&args.reference)?;
    let path = format!("/v1/refusals/{}", encoded(&reference));
    let refusal: Refusal = Client::new(global)?.get(&path).map_err(|error| match error {
        ClientError::Problem(Problem { kind: ProblemKind::NotFound, detail, .. }) => {
            Failure::new(Exit::No, detail).hint("the host name in the reply's brackets says which server refused it")
        }
        other => other.into(),
    })?;
    if output.json {
        output.json(&as_json(&refusal)?)?;
        return Ok(Exit::Done);
    }
    output.line(format_args!("{STRONG}{}{STRONG:#}", refusal.reply))?;
    output.line(format_args!(
        "{:.0} from {}: <{}> to <{}>{}",
        refusal.at,
        refusal.remote_ip.as_deref().unwrap_or("an unknown address"),
        refusal.mail_from,
        refusal.rcpt_to,
        repeats(&refusal)
    ))?;
    output.line("")?;
    explain::show(&refusal.answer, output)?;
    output.next(
        "what is right now may differ from then: `postwarden explain` with the same client asks again; a repair goes into \
         the directory file and is made by `postwarden apply -f FILE`.",
    )?;
    Ok(Exit::Done)
}

fn repeats(refusal: &Refusal) -> String {
    match refusal.repeats {
        0 => String::new(),
        1 => format!("; once more at {:.0}", refusal.last_at),
        many => format!("; {many} times more, last at {:.0}", refusal.last_at),
    }
}

/// The answer's keys, with the refusal beside them.
fn as_json(refusal: &Refusal) -> Result<Json, Failure> {
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
            }),
        );
    }
    Ok(value)
}

/// The reference in what was typed or comes from standard input.
fn reference(typed: &str) -> Result<String, Failure> {
    let mut text = typed.to_owned();
    if typed == "-" {
        let mut bytes = Vec::new();
        let outcome = std::io::stdin().take(MAX_TEXT).read_to_end(&mut bytes);
        outcome.map_err(|error| Failure::usage(format!("standard input: {error}")))?;
        text = String::from_utf8_lossy(&bytes).into_owned();
    }
    find_reference(&text).ok_or_else(|| {
        Failure::usage("there is no reference in this text").hint(
            "a refusal ends with [host timestamp reference]: give the reference, the whole reply, or the bounce that quotes it",
        )
    })
}

/// The reference by itself, or the last word in the first `[host timestamp reference]`, which may be cut over lines and
/// quoted.
fn find_reference(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().filter(|word| !word.chars().all(|c| c == '>')).collect();
    if let [word] = words.as_slice() {
        return is_reference(word).then(|| (*word).to_owned());
    }
    words.windows(3).find_map(|window| {
        let [host, at, reference] = window else { return None };
        let (reference, _) = reference.split_once(']')?;
        let bracketed = host.contains('[') && at.parse::<Timestamp>().is_ok();
        (bracketed && is_reference(reference)).then(|| reference.to_owned())
    })
}

fn is_reference(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::find_reference;

    #[test]
    fn references_are_found() {
        let check =
            |text: &str, expected: Option<&str>| assert_eq!(find_reference(text).as_deref(), expected, "{text:?}");
        let found = Some("7KQ2M4XVZT");
        check("7KQ2M4XVZT", found);
        check("  7KQ2M4XVZT\r\n", found);
        check("550 5.7.64 Relay Access Denied [relay.example.net 2026-01-05T09:30:00.000Z 7KQ2M4XVZT]", found);
        check(
            "> 550 5.7.64 Denied [relay.example.net\r\n>   2026-01-05T09:30:00.000Z\r\n> > 7KQ2M4XVZT]\r\nbye",
            found,
        );
        check("(550 5.7.64 Denied [relay.example.net 2026-01-05T09:30:00.000Z 7KQ2M4XVZT]).", found);
        check("see [1] and [a b c] [h 2026-01-05T09:30:00Z 7KQ2M4XVZT] [h 2026-01-05T09:30:00Z OTHER]", found);
        check("", None);
        check("[]", None);
        check("two words", None);
        check("550 5.7.64 Denied [relay.example.net yesterday 7KQ2M4XVZT]", None);
        check("550 5.7.64 Denied [relay.example.net 2026-01-05T09:30:00.000Z ]", None);
        check("550 5.7.64 Denied [relay.example.net 2026-01-05T09:30:00.000Z", None);
    }
}
