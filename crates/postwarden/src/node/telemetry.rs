//! The node's own log, to standard error: for people, for machines, or for the journal of systemd, which has the time itself.

use std::fmt;

use rustix::fs::fstat;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::{Format, Full, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, Registry, fmt as format, reload};

use crate::config::{Log, LogFormat, LogLevel};

/// Crates of others that tell of every octet at lower levels.
const CHATTY: [&str; 3] = ["hyper", "hyper_util", "rustls"];

/// Changes the level while the log is written.
pub struct LevelControl(reload::Handle<Targets, Registry>);

impl LevelControl {
    /// From now on.
    pub fn set(&self, level: LogLevel) {
        if let Err(error) = self.0.reload(filter(level)) {
            tracing::warn!(%error, "the level of the log stays as it is");
        }
    }
}

/// Starts the log. A second call changes nothing.
pub fn start(log: Log) -> LevelControl {
    let (filter, control) = reload::Layer::new(filter(log.level));
    let text = format::layer().with_writer(std::io::stderr).with_target(false);
    let registry = tracing_subscriber::registry();
    let started = match log.format {
        LogFormat::Text if to_journal() => {
            registry.with(text.with_ansi(false).event_format(ForJournal::new()).with_filter(filter)).try_init()
        }
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
    LevelControl(control)
}

fn filter(log: LogLevel) -> Targets {
    let level = level(log);
    let quiet = LevelFilter::from_level(level).min(LevelFilter::WARN);
    Targets::new().with_default(level).with_targets(CHATTY.map(|target| (target, quiet)))
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

/// Whether standard error is the journal's: its device and inode are what systemd says that they are (systemd.exec(5),
/// `JOURNAL_STREAM`). A variable that was only inherited says nothing.
fn to_journal() -> bool {
    let Ok(stream) = std::env::var("JOURNAL_STREAM") else { return false };
    fstat(std::io::stderr()).is_ok_and(|stat| stream == format!("{}:{}", stat.st_dev, stat.st_ino))
}

/// A line as the journal takes it: the level as the number of syslog in front (sd-daemon(3)), and no time.
struct ForJournal(Format<Full, ()>);

impl ForJournal {
    fn new() -> Self {
        Self(Format::default().without_time().with_level(false).with_target(false))
    }
}

impl<S, N> FormatEvent<S, N> for ForJournal
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    N: for<'writer> FormatFields<'writer> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        write!(writer, "<{}>", priority(*event.metadata().level()))?;
        self.0.format_event(context, writer, event)
    }
}

/// The level in the numbers of syslog (RFC 5424 §6.2.1).
fn priority(level: Level) -> u8 {
    match level {
        Level::ERROR => 3,
        Level::WARN => 4,
        Level::INFO => 6,
        Level::DEBUG | Level::TRACE => 7,
    }
}
