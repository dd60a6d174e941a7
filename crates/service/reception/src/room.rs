//! Places that are taken and given back: sessions, handshakes. Knows when it gets crowded.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::watch;

use crate::limits::{PRESSURE_BEGINS, PRESSURE_ENDS};

pub(crate) struct Room {
    taken: AtomicUsize,
    limit: AtomicUsize,
    pressed: watch::Sender<bool>,
}

/// A place; given back when dropped.
pub(crate) struct Place(Arc<Room>);

impl Room {
    pub fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self {
            taken: AtomicUsize::new(0),
            limit: AtomicUsize::new(limit),
            pressed: watch::Sender::new(false),
        })
    }

    /// A lower limit sends nobody away.
    pub fn set_limit(&self, limit: usize) {
        self.limit.store(limit, Ordering::Relaxed);
        self.feel(self.taken.load(Ordering::Relaxed));
    }

    pub fn is_full(&self) -> bool {
        self.taken.load(Ordering::Relaxed) >= self.limit.load(Ordering::Relaxed)
    }

    /// Takes a place, if there is one.
    pub fn enter(self: &Arc<Self>) -> Option<Place> {
        let limit = self.limit.load(Ordering::Relaxed);
        let more = |taken| (taken < limit).then_some(taken + 1);
        let before = self.taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok()?;
        self.feel(before + 1);
        Some(Place(Arc::clone(self)))
    }

    /// Whether it is crowded, from now on.
    pub fn pressure(&self) -> watch::Receiver<bool> {
        self.pressed.subscribe()
    }

    fn feel(&self, taken: usize) {
        let share = taken.saturating_mul(100) / self.limit.load(Ordering::Relaxed).max(1);
        let change = |pressed: bool| if pressed { share < PRESSURE_ENDS } else { share >= PRESSURE_BEGINS };
        if change(*self.pressed.borrow()) {
            self.pressed.send_if_modified(|pressed| {
                let changed = change(*pressed);
                *pressed ^= changed;
                changed
            });
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let before = self.0.taken.fetch_sub(1, Ordering::Relaxed);
        self.0.feel(before.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_limited_and_given_back() {
        let room = Room::new(2);
        let first = room.enter();
        let _second = room.enter();
        assert!(room.is_full() && room.enter().is_none(), "a third of two places");
        drop(first);
        assert!(!room.is_full() && room.enter().is_some(), "after one was given back");
        room.set_limit(1);
        assert!(room.enter().is_none(), "after the limit fell to what is taken");
    }

    #[test]
    fn pressure_comes_late_and_goes_later() {
        let room = Room::new(10);
        let pressure = room.pressure();
        let mut places = Vec::new();
        let mut check = |taken, pressed| {
            places.truncate(taken);
            while places.len() < taken {
                places.push(room.enter());
            }
            assert_eq!(*pressure.borrow(), pressed, "at {taken} of 10");
        };
        check(7, false);
        check(8, true);
        check(10, true);
        check(7, true);
        check(6, false);
        check(7, false);
        room.set_limit(8);
        assert!(*pressure.borrow(), "at 7 of 8");
    }
}
