//! What the Hybrid Configuration Wizard leaves in `%APPDATA%\Microsoft\Exchange Hybrid Configuration` of the machine that ran it:
//! the log (`<yyyyMMdd_HHmmss>.log`) and the record of cmdlets (`.xhcw`, XML fragments without a root).
//!
//! ```text
//! .log  -> LogReader    -> Entry      \
//!                                       -> Run: what was set, what it was before, what went wrong
//! .xhcw -> read_record  -> Invocation /
//! ```
//!
//! Both tell which cmdlets ran on either side. What a property was *before* a run is known only where the run read the object
//! before it set it, or printed its table of expected and actual values; nothing is inferred. Forms of results vary by version
//! and no description is published, so that what does not look like a property is passed over. (Microsoft: *Hybrid Configuration
//! Wizard*; Exchange Team Blog, *TLS Certificates in Exchange Hybrid*, for the tables.)

mod command;
mod entry;
mod invocation;
mod record;
mod results;
mod run;
mod table;
mod time;

pub use command::{Command, MAX_PARAMETERS, Parameter};
pub use entry::{Entry, LogReader, MAX_ENTRY_LENGTH, Severity, looks_like_log};
pub use invocation::{Invocation, Outcome};
pub use record::{MAX_RECORD_LENGTH, Record, RecordProblem, looks_like_record, read_record};
pub use run::{MAX_CHANGES, PropertyChange, Run, RunError};
pub use time::WizardTime;

#[cfg(test)]
mod tests;
