//! `queue hold`, `release`, `retry` and `remove`: what is done to messages that wait. All that are named, or none.

use service_admin::wire::{Problem, ProblemKind, QueueChange, QueueChanged};

use super::NOT_QUEUED;
use crate::asking;
use crate::cli::{Global, QueueHoldArgs, QueueIdsArgs, QueueRemoveArgs};
use crate::client::{Client, ClientError};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{GOOD, Output};

/// Holds messages back.
pub fn hold(global: &Global, args: QueueHoldArgs, output: &mut Output) -> Outcome {
    let change = QueueChange { ids: args.messages.ids, reason: args.reason };
    let Some(messages) = send(global, "hold", &change, output)? else { return Ok(Exit::Done) };
    output.styled(GOOD, format_args!("{messages} held: no attempt begins until they are released."))?;
    output.next("`postwarden queue release ID` lets a message go on; `postwarden queue remove ID` ends it.")?;
    Ok(Exit::Done)
}

/// Lets held messages go on.
pub fn release(global: &Global, args: QueueIdsArgs, output: &mut Output) -> Outcome {
    let change = QueueChange { ids: args.ids, reason: None };
    let Some(messages) = send(global, "release", &change, output)? else { return Ok(Exit::Done) };
    output.styled(GOOD, format_args!("{messages} not held any more: each goes on when its next attempt is due."))?;
    output.next("`postwarden queue list` shows when that is; `postwarden queue retry ID` makes it now.")?;
    Ok(Exit::Done)
}

/// Makes messages due at once.
pub fn retry(global: &Global, args: QueueIdsArgs, output: &mut Output) -> Outcome {
    let change = QueueChange { ids: args.ids, reason: None };
    let Some(messages) = send(global, "retry", &change, output)? else { return Ok(Exit::Done) };
    output.styled(GOOD, format_args!("{messages} due now."))?;
    output.next(
        "`postwarden queue show ID` shows what came of it, as long as the message waits; one that is held needs \
         `postwarden queue release ID` too.",
    )?;
    Ok(Exit::Done)
}

/// Removes messages, after asking.
pub fn remove(global: &Global, args: QueueRemoveArgs, output: &mut Output) -> Outcome {
    let change = QueueChange { ids: args.messages.ids, reason: None };
    let question = format!("Remove {} for good? Nothing is bounced, nobody is told.", counted(change.ids.len()));
    let hint = "repeat the command with --yes; nothing is bounced, so nobody is told what became of the mail";
    if !args.yes && !asking::confirmed(&question, hint)? {
        output.remark("Nothing was changed.");
        return Ok(Exit::No);
    }
    let Some(messages) = send(global, "remove", &change, output)? else { return Ok(Exit::Done) };
    output.styled(GOOD, format_args!("{messages} removed. Nothing was bounced: nobody is told."))?;
    output.next("tell the senders, if they should know; `postwarden queue list` shows what still waits.")?;
    Ok(Exit::Done)
}

/// Sends the change. How many messages it was about, in words, unless JSON was wanted and is printed.
fn send(global: &Global, what: &str, change: &QueueChange, output: &mut Output) -> Result<Option<String>, Failure> {
    let path = format!("/v1/queue/{what}");
    let changed: QueueChanged = Client::new(global)?.post(&path, change).map_err(|error| match error {
        ClientError::Problem(Problem { kind: ProblemKind::NotFound, detail, .. }) => {
            Failure::new(Exit::No, format!("{detail}; nothing was changed")).hint(NOT_QUEUED)
        }
        other => other.into(),
    })?;
    if output.json {
        output.json(&changed)?;
        return Ok(None);
    }
    Ok(Some(counted(changed.messages)))
}

fn counted(messages: usize) -> String {
    if messages == 1 { "1 message".to_owned() } else { format!("{messages} messages") }
}
