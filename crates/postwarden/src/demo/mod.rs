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
mod story;

use std::io::IsTerminal as _;

use tokio::signal::unix::{SignalKind, signal};

use crate::exit::{Exit, Failure, Outcome};
use crate::output::Output;

/// Plays the story, and stays up behind it on a terminal or if told to.
pub fn run(keep: bool, output: &mut Output) -> Outcome {
    let keep = keep || (std::io::stdin().is_terminal() && std::io::stdout().is_terminal());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Exit::Unreachable, format!("no threads can be started: {error}")))?;
    runtime.block_on(async {
        tokio::select! {
            outcome = story::play(keep, output) => outcome,
            stopped = stopped() => {
                stopped.map_err(|error| Failure::new(Exit::Unreachable, format!("signals: {error}")))?;
                Err(Failure::new(Exit::No, "stopped before the end; nothing is left behind"))
            }
        }
    })
}

/// Waits for a signal that ends programs.
async fn stopped() -> std::io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hang_up.recv() => {}
    }
    Ok(())
}
