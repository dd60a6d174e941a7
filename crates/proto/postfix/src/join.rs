//! What earlier lines told of a message or a process, kept as long as it is likely to be asked for: bounded, the oldest goes.

use std::collections::{HashMap, VecDeque};

/// Most entries. A message's lines lie seconds to hours apart; this many messages are in a large queue at once.
const MAX_ENTRIES: usize = 20_000;

/// Entries by id.
#[derive(Debug)]
pub(crate) struct Join<T> {
    entries: HashMap<String, T>,
    order: VecDeque<String>,
}

impl<T> Default for Join<T> {
    fn default() -> Self {
        Self { entries: HashMap::new(), order: VecDeque::new() }
    }
}

impl<T> Join<T> {
    /// Keeps an entry in place of an earlier one.
    pub(crate) fn put(&mut self, id: &str, entry: T) {
        if self.entries.insert(id.to_owned(), entry).is_none() {
            self.order.push_back(id.to_owned());
        }
        // Removed entries stay in the order for a while, so that it may be longer than the map.
        while self.order.len() > MAX_ENTRIES {
            if let Some(oldest) = self.order.pop_front() {
                self.entries.remove(&oldest);
            }
        }
    }

    /// The entry.
    pub(crate) fn get(&mut self, id: &str) -> Option<&mut T> {
        self.entries.get_mut(id)
    }
}
