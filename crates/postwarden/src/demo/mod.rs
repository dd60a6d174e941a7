//! The demo: a hub, an edge, a device and the outside world on loopback, and the story of a renewed certificate.
//!
//! Hub and edge are this program, started as a user starts it, with files and commands that a user has; no code path in them
//! knows of the demo. The device and the outside world are played here. Everything lives in one folder, which goes, and no
//! process stays, however it ends.

mod authority;
mod device;
mod files;
mod machine;
mod sink;
mod stage;
mod story;

use std::io::IsTerminal as _;

use crate::exit::{Exit, Failure, Outcome};
use crate::node::Signals;
use crate::output::Output;

/// Plays the story, and stays up behind it on a terminal or if told to.
pub fn run(keep: bool, output: &mut Output) -> Outcome {
    let keep = keep || (std::io::stdin().is_terminal() && std::io::stdout().is_terminal());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Exit::Unreachable, format!("no threads can be started: {error}")))?;
    runtime.block_on(play(keep, output))
}

async fn play(keep: bool, output: &mut Output) -> Outcome {
    // Listened to from before anything is made, so that nothing is left behind.
    let mut signals = Signals::new().map_err(|error| Failure::new(Exit::Unreachable, format!("signals: {error}")))?;
    let mut stage = tokio::select! {
        stage = story::play(output) => stage?,
        _ = signals.next() => {
            return Err(Failure::new(Exit::No, "stopped before the end; nothing is left behind"));
        }
    };
    if keep {
        stage.stay(&mut signals, output).await?;
    } else {
        output
            .next("`postwarden demo --keep` stays up to play with; `postwarden serve` starts a relay of your own.")?;
    }
    stage.clear().await?;
    if keep {
        output.line("\nStopped; nothing is left behind.")?;
    }
    Ok(Exit::Done)
}
