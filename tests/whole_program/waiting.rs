//! Waiting for something that happens in another process: looked for often, given up late.

use std::time::{Duration, Instant};

/// How often it is looked for.
const LOOK: Duration = Duration::from_millis(20);

/// When it is given up: far longer than anything takes on a machine that has much else to do.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Looks until there is a value. Panics with `what` if there is none.
pub fn until<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    until_within(PATIENCE, what, look)
}

/// The same with another patience, for what is meant to take long.
pub fn until_within<T>(patience: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(value) = look() {
            return value;
        }
        assert!(start.elapsed() < patience, "waited in vain: {what}");
        std::thread::sleep(LOOK);
    }
}
