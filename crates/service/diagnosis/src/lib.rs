//! Diagnosis: an administrator's own logs, dumps and bounces in; ranked causes with proof and repair out.
//!
//! ```text
//! octets -> Reader -> Evidence (one file)  -> merge -> Evidence (the case)
//! Evidence + time -> lint -> LintReport: what is broken, or will be, whether mail was refused or not
//! Evidence + time -> diagnose -> Diagnosis: causes, what is ruled out, what is missing, what to do next
//! Diagnosis -> redact -> the same without names
//! Diagnosis -> report: lines for a terminal, or one HTML page; or JSON as it is
//! ```
//!
//! Pure: no clock, no files, no network; core and proto only, so that it can run in a browser. It judges by
//! `core-attribution` as the relay does. It must not guess: what no file shows is unknown, and where that decides the answer
//! is *possible* at most, with the question to ask.

#![forbid(unsafe_code)]

pub mod answer;
mod case;
mod causes;
mod ceiling;
mod changes;
mod diagnose;
pub mod evidence;
mod far_side;
mod ingest;
mod lint;
mod passed_on;
mod predict;
mod redact;
mod refusal;
mod repair;
pub mod report;
mod taken;
mod timeline;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;

pub use answer::Diagnosis;
pub use diagnose::{diagnose, worded_unread};
pub use evidence::{Evidence, SourceId};
pub use far_side::shown_directory;
pub use ingest::Reader;
pub use lint::{LintFinding, LintReport, lint};
pub use redact::redact;
