//! The node's own log, to standard error.

use tracing::Level;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

use crate::config::{Log, LogFormat, LogLevel};

/// Crates of others that tell of every octet at lower levels.
const CHATTY: [&str; 3] = ["hyper", "hyper_util", "rustls"];

/// Starts the log. A second call changes nothing.
pub fn start(log: Log) {
    let level = level(log.level);
    let quiet = LevelFilter::from_level(level).min(LevelFilter::WARN);
    let filter = Targets::new().with_default(level).with_targets(CHATTY.map(|target| (target, quiet)));
    let text = fmt::layer().with_writer(std::io::stderr).with_target(false);
    let registry = tracing_subscriber::registry();
    let started = match log.format {
        LogFormat::Text => {
            let colour = anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never;
            registry.with(text.with_ansi(colour).with_filter(filter)).try_init()
        }
        LogFormat::Json => {
            registry.with(text.json().flatten_event(true).with_target(true).with_filter(filter)).try_init()
        }
    };
    if let Err(error) = started {
        tracing::debug!(%error, "the log was started before");
    }
}

fn level(level: LogLevel) -> Level {
    match level {
        LogLevel::Error => Level::ERROR,
        LogLevel::Warn => Level::WARN,
        LogLevel::Info => Level::INFO,
        LogLevel::Debug => Level::DEBUG,
        LogLevel::Trace => Level::TRACE,
    }
}
