//! How much mail still flows while the relay is besieged: 1,000 sessions that send one octet a second, 5,000 that are idle, and
//! 100 hostile handshakes a second. Quiet and besieged spans take turns in one run, since machines are noisy, and their
//! ratio is told. The exit code is 1 where less than 80 % is left.
//!
//! `cargo build --release && cargo run --release -p bench --bin under_siege [ROUNDS [SECONDS]]`: the relay is the binary beside
//! this one. What besieges runs on the same machine, so that its own work counts against the relay.

use std::process::ExitCode;
use std::time::{Duration, Instant};

#[cfg(unix)]
mod certificates;
#[cfg(unix)]
mod handshakes;
#[cfg(unix)]
mod relay;
#[cfg(unix)]
mod senders;
#[cfg(unix)]
mod siege;
#[cfg(unix)]
mod sink;

/// What must be left of the rate.
const LEAST_LEFT: f64 = 0.80;

/// Unless the command line says so, so many rounds, each of two spans of so long.
const ROUNDS: u64 = 3;
const SECONDS: u64 = 10;

#[cfg(unix)]
#[tokio::main]
async fn main() -> ExitCode {
    let mut numbers = std::env::args().skip(1).map(|argument| argument.parse::<u64>());
    let (Ok(rounds), Ok(seconds)) = (numbers.next().unwrap_or(Ok(ROUNDS)), numbers.next().unwrap_or(Ok(SECONDS)))
    else {
        eprintln!("usage: under_siege [ROUNDS [SECONDS]]");
        return ExitCode::from(2);
    };
    match run(rounds, Duration::from_secs(seconds)).await {
        Ok(left) if left >= LEAST_LEFT => ExitCode::SUCCESS,
        Ok(left) => {
            eprintln!("less than {:.0} % is left: {:.0} %", LEAST_LEFT * 100.0, left * 100.0);
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("under_siege: {error}");
            ExitCode::from(3)
        }
    }
}

#[cfg(not(unix))]
fn main() -> ExitCode {
    eprintln!("the relay runs on Unix only");
    ExitCode::from(2)
}

/// What is left of the rate, all rounds together.
#[cfg(unix)]
async fn run(rounds: u64, span: Duration) -> std::io::Result<f64> {
    siege::allow_many_sockets()?;
    let sink = sink::Sink::start().await?;
    let relay = relay::Relay::start(sink.address)?;
    let certificates = certificates::HugeChain::make()?;
    // The first messages pay for what all use.
    senders::send(relay.address, &sink, Duration::from_secs(1)).await?;
    let (mut quiet, mut besieged) = (0.0, 0.0);
    for round in 1..=rounds {
        let before = senders::send(relay.address, &sink, span).await?;
        let begin = Instant::now();
        let siege = siege::Siege::begin(relay.address, &certificates).await?;
        let took = begin.elapsed();
        let under = senders::send(relay.address, &sink, span).await?;
        println!(
            "round {round}: {before:>7.1} messages/s in peace, {under:>7.1} besieged: {:>3.0} %   ({}; begun in {:.1} s)",
            under / before * 100.0,
            siege.told(),
            took.as_secs_f64()
        );
        siege.end().await;
        quiet += before;
        besieged += under;
    }
    let left = besieged / quiet;
    println!("all rounds: {:.0} % of the rate is left", left * 100.0);
    Ok(left)
}
