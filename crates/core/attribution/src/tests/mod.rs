//! Tests of the rules: a file a rule or theme, and properties over random small worlds.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod admission;
mod changes;
mod consistency;
mod world;

mod a10_refusal;
mod a13_route;
mod a14_suspension;
mod a2_trust;
mod a3_match;
mod a4_ownership;
mod a5_certificate;
mod a6_attr36;
mod a7_address;
mod a8_originating;
mod a9_incoming;
mod fork;
mod hidden;
mod lint;
mod lookups;
mod page;
mod partial;
mod properties;
mod random;
mod reasoning;
mod sight;
mod standing;
mod wire;

pub use consistency::check;
