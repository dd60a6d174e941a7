//! One node: its parts opened in order, run together, and ended in good order.
//!
//! Everything that decides is in the crates below; here is only the wiring: which part gets which, what happens at a
//! signal, and what is said when something cannot be opened.

mod address;
mod backup;
mod check;
mod listening;
mod metrics;
mod open_files;
mod parts;
mod protocol_logs;
mod reload;
mod running;
mod service_manager;
mod signals;
mod telemetry;
mod trust;
mod upkeep;

pub use check::check;
pub use signals::Signals;

use std::path::PathBuf;

use crate::config::{Loaded, NodeConfig};
use crate::exit::{Exit, Failure, Outcome};

/// A configuration with where it came from, as it is read again at SIGHUP.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file that was named or found; none: built in.
    pub file: Option<PathBuf>,
    /// The data directory of the command line, which goes before the file's.
    pub data: Option<PathBuf>,
}

/// Runs a node until it is told to stop.
///
/// # Errors
/// What keeps it from starting, or what ended it.
pub fn run(loaded: Loaded, data: Option<PathBuf>) -> Outcome {
    let source = Source { file: loaded.file, data };
    let config = source.with_data(loaded.config);
    let level = telemetry::start(config.log);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Exit::Unreachable, format!("no threads can be started: {error}")))?;
    let outcome = runtime.block_on(running::run(config, source, level));
    // What is left belongs to sessions that were given up.
    runtime.shutdown_background();
    outcome
}

impl Source {
    /// The configuration with the command line's data directory.
    pub fn with_data(&self, config: NodeConfig) -> NodeConfig {
        let data = self.data.clone().unwrap_or(config.data);
        NodeConfig { data, ..config }
    }
}
