//! The story, step by step. Each step does what a user would do and looks whether it did what it should.

use std::time::Duration;

use tempfile::TempDir;
use tokio::time::timeout;

use super::authority::Authority;
use super::device::{self, CUSTOMER, DEVICE};
use super::files::{self, EDGE, HUB, RENEWED, SEND_LOGS};
use super::machine::{Machine, Ran, Redirection};
use super::sink::{Arrived, Sink};
use super::stage::Stage;
use crate::exit::{Exit, Failure};
use crate::output::{BAD, GOOD, Output, STRONG};

/// How long mail may take through both servers. It takes well under a second where the disk is not busy.
const ARRIVAL_LIMIT: Duration = Duration::from_secs(20);

/// What is refused, word for word.
const REFUSAL: &str = "550 5.7.64 TenantAttribution; Relay Access Denied";

/// The file with the directory of a machine.
const DIRECTORY: &str = "directory.toml";

/// The file that keeps the bounce.
const BOUNCE: &str = "bounce.eml";

/// The file to which the hub's operator exports what contoso may see.
const EXPORT: &str = "contoso.toml";

/// Plays it to its good end.
pub async fn play(output: &mut Output) -> Result<Stage, Failure> {
    let folder = TempDir::with_prefix("postwarden-demo-")
        .map_err(|error| Failure::usage(format!("no folder can be made for the demo: {error}")).hint("set TMPDIR"))?;
    let mut stage = set(folder, output).await?;
    relay(&mut stage, output).await?;
    renew(&mut stage, output).await?;
    diagnose(&stage, output).await?;
    repair(&mut stage, output).await?;
    relay_again(&mut stage, output).await?;
    output.styled(GOOD, "\nDone: relayed, refused, explained, diagnosed, repaired, relayed again.")?;
    Ok(stage)
}

/// Step 1: certificates, files, servers.
async fn set(folder: TempDir, output: &mut Output) -> Result<Stage, Failure> {
    heading("1. A hub for two tenants, an edge on contoso's premises, and the outside world", output)?;
    let program = std::env::current_exe().map_err(|error| unexpected(format!("where this program is: {error}")))?;
    let outside = Sink::start().await.map_err(|error| unexpected(format!("the outside world: {error}")))?;
    let hub = Machine::new("hub", folder.path(), &program, output)?;
    let edge = Machine::new("edge", folder.path(), &program, output)?;
    let authority = Authority::new().map_err(|error| unexpected(format!("certificates: {error}")))?;
    let authority_file = folder.path().join("ca.pem");
    std::fs::write(&authority_file, &authority.certificate)
        .map_err(|error| Failure::usage(format!("{}: {error}", authority_file.display())))?;
    for (machine, name) in [(&hub, HUB), (&edge, EDGE), (&edge, RENEWED)] {
        let issued = authority.issue(name).map_err(|error| unexpected(format!("certificates: {error}")))?;
        machine.write(&format!("{name}.pem"), &issued.certificate)?;
        machine.write(&format!("{name}.key"), &issued.key)?;
    }
    hub.write("postwarden.toml", &files::hub_configuration())?;
    hub.write(DIRECTORY, &files::hub_directory(outside.address))?;
    let hub_server = hub.serve(output).await?;
    hub.types(&["apply", "-f", DIRECTORY, "--yes"], Exit::Done, output).await?;
    edge.write("postwarden.toml", &files::edge_configuration())?;
    edge.write(DIRECTORY, &files::edge_directory(EDGE, hub_server.address))?;
    let edge_server = edge.serve(output).await?;
    edge.types(&["apply", "-f", DIRECTORY, "--yes"], Exit::Done, output).await?;
    Ok(Stage { hub, hub_server, edge, edge_server, outside, folder })
}

/// Step 2: mail flows.
async fn relay(stage: &mut Stage, output: &mut Output) -> Result<(), Failure> {
    heading("2. A device sends through edge and hub to the outside", output)?;
    send(stage, "Scan 1", output).await?;
    expect_outside(stage, "Scan 1", output).await
}

/// Step 3: the certificate is renewed under another name, and mail is refused.
async fn renew(stage: &mut Stage, output: &mut Output) -> Result<(), Failure> {
    heading(&format!("3. The edge's certificate is renewed, for {RENEWED}, and nobody tells the hub"), output)?;
    stage.edge.write(DIRECTORY, &files::edge_directory(RENEWED, stage.hub_server.address))?;
    stage.edge.types(&["apply", "-f", DIRECTORY, "--yes"], Exit::Done, output).await?;
    send(stage, "Scan 2", output).await?;
    let bounce = arrival(stage).await?;
    let reply = refusal(&bounce)
        .ok_or_else(|| unexpected(format!("expected a bounce with {REFUSAL:?}, got:\n{}", bounce.text)))?;
    output.line(format_args!(
        "  The hub refused it, and the edge tells the sender, <{}>, in a bounce:",
        bounce.rcpt_to.join(">, <")
    ))?;
    output.styled(BAD, format_args!("    {reply}"))?;
    stage.hub.write(BOUNCE, &bounce.text)?;
    let bounced = Redirection { input: Some(BOUNCE), ..Redirection::default() };
    let why = stage.hub.types_with(&["why", "-"], bounced, Exit::Done, output).await?;
    says(&why, "why", &[REFUSAL, "Inbound from HQ", "*.contoso.com", RENEWED])
}

/// Step 4: contoso's administrator, who cannot look into the hub, has the cause named by files alone.
async fn diagnose(stage: &Stage, output: &mut Output) -> Result<(), Failure> {
    heading("4. Contoso's administrator has the cause named by the edge's own log and the hub's export", output)?;
    let exported = Redirection { into: Some(EXPORT), ..Redirection::default() };
    stage.hub.types_with(&["export", "--tenant", "contoso"], exported, Exit::Done, output).await?;
    let export = format!("../hub/{EXPORT}");
    let answer = stage.edge.types(&["diagnose", SEND_LOGS, &export], Exit::No, output).await?;
    // What is the same in every language.
    let place = format!("{SEND_LOGS}/SEND");
    says(&answer, "diagnose", &["C01", "Inbound from HQ", "*.contoso.com", RENEWED, &place, "550 5.7.64 Tena", &export])
}

/// Step 5: the hub's directory is repaired, and the repair proved before it is made.
async fn repair(stage: &mut Stage, output: &mut Output) -> Result<(), Failure> {
    heading(
        "5. The hub's operator verifies contoso.net and adds a connector for it: first on paper, then in force",
        output,
    )?;
    stage.hub.write(DIRECTORY, &files::repair(&files::hub_directory(stage.outside.address)))?;
    let certificate = format!("../edge/{RENEWED}.pem");
    let on_paper = ["explain", "-f", DIRECTORY, "--trust", "../ca.pem", "--certificate", &certificate];
    let envelope = ["--mail-from", DEVICE, "--rcpt-to", CUSTOMER];
    stage.hub.types(&[on_paper.as_slice(), &envelope].concat(), Exit::Done, output).await?;
    stage.hub.types(&["apply", "-f", DIRECTORY, "--yes"], Exit::Done, output).await?;
    Ok(())
}

/// Step 6: mail flows again, and nobody else's changed hands.
async fn relay_again(stage: &mut Stage, output: &mut Output) -> Result<(), Failure> {
    heading("6. Mail flows again", output)?;
    send(stage, "Scan 3", output).await?;
    expect_outside(stage, "Scan 3", output).await?;
    output.line("  And the same certificate still cannot speak for the other tenant:")?;
    let certificate = format!("../edge/{RENEWED}.pem");
    let foreign = ["explain", "--certificate", &certificate, "--mail-from", "ceo@fabrikam.com", "--rcpt-to", CUSTOMER];
    stage.hub.types(&foreign, Exit::No, output).await?;
    stage.hub.types(&["status"], Exit::Done, output).await?;
    Ok(())
}

/// Looks whether a command said what it must.
fn says(ran: &Ran, command: &str, words: &[&str]) -> Result<(), Failure> {
    match words.iter().find(|word| !ran.text.contains(**word)) {
        Some(word) => Err(unexpected(format!("`{command}` does not say {word:?}"))),
        None => Ok(()),
    }
}

/// Has the device send, and shows what the edge answers.
async fn send(stage: &Stage, subject: &str, output: &mut Output) -> Result<(), Failure> {
    let reply = device::send(stage.edge_server.address, subject)
        .await
        .map_err(|error| unexpected(format!("the device could not send {subject:?}: {error}")))?;
    output.line(format_args!("  <{DEVICE}> sends {subject:?} to <{CUSTOMER}>; the edge says: {reply}"))?;
    if reply.starts_with('2') { Ok(()) } else { Err(unexpected("the edge did not take the mail")) }
}

/// Waits for the message outside, and shows by which way it came.
async fn expect_outside(stage: &mut Stage, subject: &str, output: &mut Output) -> Result<(), Failure> {
    let mail = arrival(stage).await?;
    if mail.header("Subject").as_deref() != Some(subject) || mail.mail_from != DEVICE || mail.rcpt_to != [CUSTOMER] {
        return Err(unexpected(format!("expected {subject:?} from {DEVICE} outside, got:\n{}", mail.text)));
    }
    output.styled(GOOD, format_args!("  It arrived outside. The hub's line in it:"))?;
    output.line(format_args!("    Received: {}", mail.header("Received").unwrap_or_default()))
}

/// The next mail outside.
async fn arrival(stage: &mut Stage) -> Result<Arrived, Failure> {
    match timeout(ARRIVAL_LIMIT, stage.outside.next()).await {
        Ok(Some(mail)) => Ok(mail),
        Ok(None) => Err(unexpected("the outside world is gone")),
        Err(_) => {
            let limit = ARRIVAL_LIMIT.as_secs();
            Err(unexpected(format!("nothing arrived outside within {limit} seconds; {}", stage.logs())))
        }
    }
}

/// The refusal that a bounce quotes, in one line.
fn refusal(bounce: &Arrived) -> Option<String> {
    let text = bounce.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let start = text.find(REFUSAL).filter(|_| bounce.mail_from.is_empty())?;
    let (_, quoted) = text.split_at_checked(start)?;
    quoted.split_once(']').map(|(reply, _)| format!("{reply}]"))
}

fn heading(text: &str, output: &mut Output) -> Result<(), Failure> {
    output.line(format_args!("\n{STRONG}{text}{STRONG:#}"))
}

fn unexpected(what: impl Into<String>) -> Failure {
    Failure::new(Exit::No, what)
}
