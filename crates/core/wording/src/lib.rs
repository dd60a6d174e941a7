//! Codes and arguments to text for people, in English and Czech.
//!
//! Verdicts and reasoning hold codes, values and never prose; here they become sentences. [`render`] makes a whole answer
//! readable; the functions beside it word single codes. The sentences stand in `en.ftl` and `cs.ftl`, one id each for both
//! languages. Keys of the directory file, replies and values are shown as they are in every language.
//!
//! Nothing is decided or looked up here, and every function is total: an unknown code is shown as itself.

#![forbid(unsafe_code)]

mod answer;
mod catalog;
mod codes;
mod comparison;
mod difference;
mod language;
mod nearest;
mod repair;
mod saying;
mod values;

#[cfg(test)]
mod tests;

pub use answer::{Rendered, render};
pub use codes::{chain_fault, reason, rule_title};
pub use difference::differences;
pub use language::Language;
pub use repair::edit;
pub use saying::{knows, say, say_counted};
