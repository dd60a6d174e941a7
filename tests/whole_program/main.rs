//! Whole-program tests: the real binary, real sockets, real peers. What can be shown without them is tested beside the
//! code that it is about.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

// What the tests are made with.
mod client;
#[path = "../../crates/io/dns/src/tests/server.rs"]
mod dns_server;
mod machine;
mod numbered;
mod peers;
mod pki;
mod program;
mod relay;
mod sink;
mod tap;
mod waiting;

// The tests.
mod access;
mod api;
mod backup;
mod balancers;
mod bounces;
mod changes;
mod checking;
mod commands;
mod crashes;
mod cut_through;
mod diagnosis;
mod dialogues;
mod domain_proof;
mod evidence;
mod faults;
mod hostile;
mod hub_and_edge;
mod inside;
mod limits;
mod metrics;
mod open_relay;
mod packages;
mod postfix;
mod protocol_logs;
mod queue;
mod readme;
mod relaying;
mod reload;
mod sending;
mod service;
mod smuggling;
mod stopping;
mod tenants;
mod trace;
mod wire;
