//! The queue at work: claims what is due, has it attempted, settles what became of each recipient, tries again later, and
//! tells the sender in the end.
//!
//! A message that is claimed here is settled here, or its claim is given back: an attempt that our own end cuts short counts
//! as none. After a crash, or a next hop lost behind our final dot, a message may be sent twice; none is lost. Whether mail
//! may be relayed was decided at reception; what an attempt says to the next hop is decided in `service-outbound`.

#![forbid(unsafe_code)]

mod clock;
mod config;
mod groups;
mod history;
mod judgement;
mod lanes;
mod metrics;
mod notices;
mod parked;
mod runner;
mod schedule;
#[cfg(test)]
mod tests;
mod work;

pub use clock::Clock;
pub use config::DeliveryConfig;
pub use notices::{MAX_UNVOUCHED, UNVOUCHED_AGE, remove_unvouched};
pub use runner::Delivery;
pub use schedule::RetrySchedule;
