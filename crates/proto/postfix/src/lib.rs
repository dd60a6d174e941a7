//! Logs, settings and bounces of Postfix, Exim and sendmail: what they handed to a next hop, over what, and what it answered.
//!
//! Text in, facts out; no files, no clock. What a fact means for somebody's mail is not told here.

#![forbid(unsafe_code)]
