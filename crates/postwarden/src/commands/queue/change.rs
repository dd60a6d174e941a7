//! `queue hold`, `release`, `retry` and `remove`: what is done to messages that wait. All that are named, or none; what is
//! selected by pages, after its number was shown.

use service_admin::wire::{Problem, ProblemKind, QueueChange, QueueChanged, QueueCount, QueueParameters};

use super::{NOT_QUEUED, query, selected};
use crate::asking;
use crate::cli::{Global, QueueHoldArgs, QueueMessagesArgs};
use crate::client::{Client, ClientError};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{GOOD, Output};

/// What is done, and how it is asked for.
struct Change {
    /// The path behind `/v1/queue/`.
    path: &'static str,
    /// `Hold 3 messages`, without the number.
    verb: &'static str,
    /// What to know before saying yes.
    warning: &'static str,
    /// Ask even for messages that are named.
    asks_always: bool,
    reason: Option<String>,
}

/// Holds messages back.
pub fn hold(global: &Global, args: QueueHoldArgs, output: &mut Output) -> Outcome {
    let change = Change {
        path: "hold",
        verb: "Hold",
        warning: "What is held waits until it is released.",
        asks_always: false,
        reason: args.reason,
    };
    let Some(messages) = make(global, change, args.messages, output)? else { return Ok(Exit::No) };
    if told_as_json(messages, output)? {
        return Ok(Exit::Done);
    }
    let messages = counted(messages);
    output.styled(GOOD, format_args!("{messages} held: no attempt begins before a release."))?;
    output.next("`postwarden queue release ID` lets a message go on; `postwarden queue remove ID` ends it.")?;
    Ok(Exit::Done)
}

/// Lets held messages go on.
pub fn release(global: &Global, args: QueueMessagesArgs, output: &mut Output) -> Outcome {
    let change = Change {
        path: "release",
        verb: "Release",
        warning: "Bounces that were held for want of trust in the address go out too.",
        asks_always: false,
        reason: None,
    };
    let Some(messages) = make(global, change, args, output)? else { return Ok(Exit::No) };
    if told_as_json(messages, output)? {
        return Ok(Exit::Done);
    }
    let messages = counted(messages);
    output.styled(GOOD, format_args!("{messages} not held any more; the next attempt is made when it is due."))?;
    output.next("`postwarden queue list` shows when that is; `postwarden queue retry ID` makes it now.")?;
    Ok(Exit::Done)
}

/// Makes messages due at once.
pub fn retry(global: &Global, args: QueueMessagesArgs, output: &mut Output) -> Outcome {
    let change = Change {
        path: "retry",
        verb: "Retry",
        warning: "Next hops that have asked for patience see all at once.",
        asks_always: false,
        reason: None,
    };
    let Some(messages) = make(global, change, args, output)? else { return Ok(Exit::No) };
    if told_as_json(messages, output)? {
        return Ok(Exit::Done);
    }
    output.styled(GOOD, format_args!("{} due now.", counted(messages)))?;
    output.next(
        "`postwarden queue show ID` shows what came of it, as long as the message waits; one that is held needs \
         `postwarden queue release ID` too.",
    )?;
    Ok(Exit::Done)
}

/// Removes messages, after asking.
pub fn remove(global: &Global, args: QueueMessagesArgs, output: &mut Output) -> Outcome {
    let change = Change {
        path: "remove",
        verb: "Remove",
        warning: "What is removed is gone for good. Nothing is bounced, nobody is told.",
        asks_always: true,
        reason: None,
    };
    let Some(messages) = make(global, change, args, output)? else { return Ok(Exit::No) };
    if told_as_json(messages, output)? {
        return Ok(Exit::Done);
    }
    output.styled(GOOD, format_args!("{} removed. Nothing was bounced: nobody is told.", counted(messages)))?;
    output.next("tell the senders, if they should know; `postwarden queue list` shows what still waits.")?;
    Ok(Exit::Done)
}

/// Makes the change, after asking where that is due. How many messages it was about; `None` if nothing was done.
fn make(global: &Global, change: Change, args: QueueMessagesArgs, output: &mut Output) -> Result<Option<u64>, Failure> {
    let client = Client::new(global)?;
    let select = args.ids.is_empty().then(|| selected(&args.select));
    if !args.all && select.as_ref().is_some_and(|select| !select.is_selective()) {
        return Err(Failure::usage("which messages? nothing was changed").hint(
            "give ids, as `postwarden queue list` shows them, or say what the messages are like, such as --tenant NAME; \
             all messages are meant by --all alone",
        ));
    }
    let number = match &select {
        None => args.ids.len() as u64,
        Some(select) => client.get::<QueueCount>(&format!("/v1/queue/count?{}", query(select)))?.messages,
    };
    if select.is_some() && number == 0 {
        output.remark("Nothing like that waits; nothing was changed.");
        told_as_json(0, output)?;
        return Ok(None);
    }
    let asks = change.asks_always || select.is_some();
    let question = format!("{} {}? {}", change.verb, counted(number), change.warning);
    let hint =
        format!("{} would be changed; repeat the command with --yes to go on. {}", counted(number), change.warning);
    if asks && !args.yes && !asking::confirmed(&question, &hint)? {
        output.remark("Nothing was changed.");
        return Ok(None);
    }
    match select {
        None => {
            let request = QueueChange { ids: args.ids, reason: change.reason, ..QueueChange::default() };
            Ok(Some(send(&client, change.path, &request)?.messages as u64))
        }
        Some(select) => by_pages(&client, &change, select, args.all, number, output).map(Some),
    }
}

/// Changes what is selected, page by page. How many messages that were.
fn by_pages(
    client: &Client,
    change: &Change,
    select: QueueParameters,
    all: bool,
    number: u64,
    output: &mut Output,
) -> Result<u64, Failure> {
    let (mut done, mut after) = (0, None);
    loop {
        let select = QueueParameters { after, ..select.clone() };
        let request =
            QueueChange { select: Some(select), all, reason: change.reason.clone(), ..QueueChange::default() };
        let changed = send(client, change.path, &request).map_err(|failure| match done {
            0 => failure,
            done => failure.hint(format!("{} were changed before", counted(done))),
        })?;
        done += changed.messages as u64;
        match changed.next {
            Some(next) => {
                output.remark(format_args!("{done} of {number} …"));
                after = Some(next);
            }
            None => return Ok(done),
        }
    }
}

fn send(client: &Client, what: &str, change: &QueueChange) -> Result<QueueChanged, Failure> {
    client.post(&format!("/v1/queue/{what}"), change).map_err(|error| match error {
        ClientError::Problem(Problem { kind: ProblemKind::NotFound, detail, .. }) if change.select.is_none() => {
            Failure::new(Exit::No, format!("{detail}; nothing was changed")).hint(NOT_QUEUED)
        }
        other => other.into(),
    })
}

/// Prints the number as JSON, if that was wanted.
fn told_as_json(messages: u64, output: &mut Output) -> Result<bool, Failure> {
    if output.json {
        output.json(&QueueCount { messages })?;
    }
    Ok(output.json)
}

fn counted(messages: u64) -> String {
    if messages == 1 { "1 message".to_owned() } else { format!("{messages} messages") }
}
