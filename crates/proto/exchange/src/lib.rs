//! What Exchange writes and its administrators read: SMTP protocol logs.
//!
//! Text in, facts out, and back; no files, no clock. What a fact means for somebody's mail is not told here.

#![forbid(unsafe_code)]

pub mod protocol_log;
