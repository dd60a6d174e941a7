//! Delivery over the embedded store to scripted next hops.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bounces;
mod lifetime;
mod relay;
mod retries;
mod sink;

pub use relay::{MESSAGE, Mail, Relay};
pub use sink::{Delivered, Sink};
