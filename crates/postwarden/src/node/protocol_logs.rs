//! The node's two protocol logs, as `[protocol_log]` wants them.

use std::fmt;
use std::time::Duration;

use io_protocol_log::{Counts, ProtocolLog, Settings};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use proto_exchange::protocol_log::LogKind;

use crate::config;
use crate::exit::{Exit, Failure};

/// How long the last rows may take to be written at the end, a second signal or not.
const FLUSH_LIMIT: Duration = Duration::from_secs(2);

/// What to do about a folder in which nothing can be written.
pub const HINT: &str =
    "let the user that the node runs as write there, name another folder in [protocol_log] directory, or leave it out";

/// Both logs, on or off.
#[derive(Clone)]
pub struct ProtocolLogs {
    /// Sessions that clients opened.
    pub receive: ProtocolLog,
    /// Sessions that the node opened.
    pub send: ProtocolLog,
}

impl ProtocolLogs {
    /// Starts them; their folders are made.
    pub fn start(config: &config::ProtocolLog) -> Result<Self, Failure> {
        let settings = prepared(config)?;
        let start = |kind| {
            ProtocolLog::start(kind, settings.clone())
                .map_err(|error| Failure::new(Exit::Unreachable, format!("no thread for the protocol log: {error}")))
        };
        Ok(Self { receive: start(LogKind::Receive)?, send: start(LogKind::Send)? })
    }

    /// Makes the folders, so that [`Self::change`] does not fail.
    pub fn prepare(&self, config: &config::ProtocolLog) -> Result<(), Failure> {
        prepared(config).map(drop)
    }

    /// Takes other settings, or the same again, which begins new files.
    pub fn change(&self, config: &config::ProtocolLog) {
        self.all().iter().for_each(|log| log.configure(settings(config)));
    }

    /// Both.
    pub fn all(&self) -> [ProtocolLog; 2] {
        [self.receive.clone(), self.send.clone()]
    }

    /// Writes what was said, at the end. Waits: not for tasks.
    pub fn flush(&self) {
        for log in self.all().iter().filter(|log| log.is_on()) {
            if !log.flush(FLUSH_LIMIT) {
                tracing::warn!(log = log.kind().folder(), "the last rows of the protocol log are lost");
            }
        }
    }
}

fn settings(config: &config::ProtocolLog) -> Option<Settings> {
    let directory = config.directory.clone()?;
    Some(Settings {
        directory,
        max_age: config.max_age,
        max_directory_size: config.max_directory_size,
        max_file_size: config.max_file_size,
    })
}

fn prepared(config: &config::ProtocolLog) -> Result<Option<Settings>, Failure> {
    let settings = settings(config);
    if let Some(settings) = &settings {
        settings.prepare().map_err(|error| Failure::usage(error.to_string()).hint(HINT))?;
    }
    Ok(settings)
}

/// The counters of both logs, asked for when somebody looks.
impl Collector for ProtocolLogs {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let mut family = |name, help, count: fn(Counts) -> u64| {
            let mut family = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
            self.all().iter().try_for_each(|log| {
                let counter = ConstCounter::new(count(log.counts()));
                counter.encode(family.encode_family(&[("log", log.kind().folder())])?)
            })
        };
        family("protocol_log_rows", "Rows written, by log.", |counts| counts.written)?;
        family("protocol_log_lost_rows", "Rows lost for want of room or speed, by log.", |counts| counts.lost)
    }
}

impl fmt::Debug for ProtocolLogs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.all()).finish()
    }
}
