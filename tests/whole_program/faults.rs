//! What breaks around a relay: the disk, its files, the system's limits, the clock, the next hop, the clients. Each fault is
//! brought about for real. What is looked at is what an administrator sees (the exit code, the log, `status`) and what
//! other servers see (the reply); and that nothing which got its `250` is lost.
//!
//! The page docs/faults.md tells the same to people.

mod clients;
mod databases;
mod descriptors;
mod disk;
mod folder;
mod fsync;
mod mount;
mod next_hop;
mod stopping;
