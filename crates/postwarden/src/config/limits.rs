//! `[limits]`: what reception keeps to. One list of settings serves reader, documentation and tests.

#[cfg(test)]
mod page;

use std::time::Duration;

use proto_placed_toml::{Placed, TableReader};
use service_reception::Limits;

use proto_placed_toml::quantity;

/// Largest number that a setting may be: more than any machine has room for.
const MAX_NUMBER: usize = 1_000_000;

/// One setting.
pub struct Setting {
    /// Its key.
    pub key: &'static str,
    /// Its kind, and where it is kept.
    pub kind: Kind,
}

/// What a setting is, and where it is kept.
#[derive(Clone, Copy)]
pub enum Kind {
    /// How many: a number from 1 to a million.
    Count(fn(&mut Limits) -> &mut usize),
    /// The same.
    Number(fn(&mut Limits) -> &mut u32),
    /// Octets, with a unit.
    Size(fn(&mut Limits) -> &mut u64),
    /// A time, with a unit.
    Time(fn(&mut Limits) -> &mut Duration),
}

/// Every setting.
pub const SETTINGS: [Setting; 19] = [
    Setting { key: "sessions", kind: Kind::Count(|limits| &mut limits.sessions) },
    Setting { key: "sessions_per_source", kind: Kind::Count(|limits| &mut limits.sessions_per_source) },
    Setting {
        key: "sessions_without_mail_per_second",
        kind: Kind::Number(|limits| &mut limits.sessions_without_mail_per_second),
    },
    Setting { key: "handshakes", kind: Kind::Count(|limits| &mut limits.handshakes) },
    Setting { key: "handshakes_per_source", kind: Kind::Count(|limits| &mut limits.handshakes_per_source) },
    Setting { key: "message_size", kind: Kind::Size(|limits| &mut limits.message_size) },
    Setting { key: "recipients", kind: Kind::Count(|limits| &mut limits.recipients) },
    Setting { key: "refused_recipients", kind: Kind::Count(|limits| &mut limits.refused_recipients) },
    Setting { key: "errors", kind: Kind::Number(|limits| &mut limits.errors) },
    Setting { key: "idle_commands", kind: Kind::Number(|limits| &mut limits.idle_commands) },
    Setting { key: "greeting_delay", kind: Kind::Time(|limits| &mut limits.greeting_delay) },
    Setting { key: "proxy_wait", kind: Kind::Time(|limits| &mut limits.proxy_wait) },
    Setting { key: "command_wait", kind: Kind::Time(|limits| &mut limits.command_wait) },
    Setting { key: "command_wait_under_pressure", kind: Kind::Time(|limits| &mut limits.command_wait_under_pressure) },
    Setting { key: "data_wait", kind: Kind::Time(|limits| &mut limits.data_wait) },
    Setting { key: "data_rate", kind: Kind::Size(|limits| &mut limits.data_rate) },
    Setting { key: "write_wait", kind: Kind::Time(|limits| &mut limits.write_wait) },
    Setting { key: "handshake_wait", kind: Kind::Time(|limits| &mut limits.handshake_wait) },
    Setting { key: "cut_through_wait", kind: Kind::Time(|limits| &mut limits.cut_through_wait) },
];

/// Reads the table. What it leaves out stays as it is.
pub fn read(mut table: TableReader<'_>, mut limits: Limits) -> Limits {
    for Setting { key, kind } in &SETTINGS {
        match kind {
            Kind::Count(place) => {
                if let Some(count) = number(&mut table, key) {
                    *place(&mut limits) = count;
                }
            }
            Kind::Number(place) => {
                if let Some(count) = number(&mut table, key).and_then(|count| u32::try_from(count).ok()) {
                    *place(&mut limits) = count;
                }
            }
            Kind::Size(place) => {
                if let Some(size) = table.parsed(key, quantity::size) {
                    *place(&mut limits) = size.value;
                }
            }
            Kind::Time(place) => {
                if let Some(time) = table.parsed(key, quantity::duration) {
                    *place(&mut limits) = time.value;
                }
            }
        }
    }
    table.finish();
    limits
}

fn number(table: &mut TableReader<'_>, key: &'static str) -> Option<usize> {
    let Placed { value, place } = table.integer(key)?;
    let number = usize::try_from(value).ok().filter(|number| (1..=MAX_NUMBER).contains(number));
    if number.is_none() {
        table.fault(place, Some(key), format!("{value} is not a number from 1 to {MAX_NUMBER}"), None);
    }
    number
}
