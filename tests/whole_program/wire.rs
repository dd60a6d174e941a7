//! What a relay says at the wire to each kind of client: a table. For each row a real client carries a letter; `why` and
//! `explain`, asked of the server and offline, must tell the same as the relay did.

mod addresses;
mod certificates;
mod incoming;
mod names;
mod ownership;
mod row;
mod world;
