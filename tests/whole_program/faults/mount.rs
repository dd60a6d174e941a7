//! File systems of a test's own, where it may mount any.

use std::path::Path;
use std::process::Command;

/// A mount of a test's own, away when it is dropped.
pub struct Mount<'a>(&'a Path);

impl<'a> Mount<'a> {
    /// Nothing where nothing may be mounted.
    pub fn of(what: &[&str], at: &'a Path) -> Option<Self> {
        let mounted = Command::new("mount").args(what).arg(at).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self(at));
        }
        println!("skipped: mount: not allowed here");
        None
    }
}

impl Drop for Mount<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0).output();
    }
}
