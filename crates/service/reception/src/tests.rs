//! Tests of reception over loopback: what cannot easily be brought about with the whole program, such as stores that fail
//! and clocks that run ahead.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub(crate) mod client;
mod clock;
mod endings;
pub(crate) mod faulty;
mod receive_log;
mod refusals;
pub(crate) mod relay;
mod stores;

use client::Client;
use faulty::Step;
use relay::Relay;
