//! One operation in a group: a closure that is run before the commit, and its caller, who is told after it.

use std::path::Path;

use io_store::StoreError;
use rusqlite::Connection;

use crate::failure::{Failure, Reach, reach};

/// Whether an operation is refused when the disk runs low.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// It brings more to keep.
    Needed,
    /// It moves on or removes what is kept, and may use the reserve.
    NotNeeded,
}

/// How an operation went inside its group.
pub enum Applied {
    /// It stands.
    Done,
    /// It failed alone, its answer is kept, and what it wrote is to be undone.
    Refused,
    /// It failed in a way that takes the group along.
    Broken(rusqlite::Error),
}

/// An operation in a group: applied before the commit, answered after it.
pub trait Job: Send {
    /// Runs the operation; `room` says whether more may be kept.
    fn apply(&mut self, connection: &Connection, file: &Path, room: &Result<(), StoreError>) -> Applied;
    /// Tells the caller; `group` is how the commit went.
    fn answer(self: Box<Self>, group: Result<(), StoreError>);
}

/// A closure and its caller.
pub struct Operation<F, R, T> {
    room: Room,
    run: Option<F>,
    respond: R,
    result: Option<Result<T, StoreError>>,
}

impl<F, R, T> Operation<F, R, T>
where
    F: FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    R: FnOnce(Result<T, StoreError>) + Send + 'static,
    T: Send + 'static,
{
    /// One that waits for its group.
    pub fn boxed(room: Room, run: F, respond: R) -> Box<dyn Job> {
        Box::new(Self { room, run: Some(run), respond, result: None })
    }
}

impl<F, R, T> Job for Operation<F, R, T>
where
    F: FnOnce(&Connection) -> Result<T, Failure> + Send,
    R: FnOnce(Result<T, StoreError>) + Send,
    T: Send,
{
    fn apply(&mut self, connection: &Connection, file: &Path, room: &Result<(), StoreError>) -> Applied {
        let Some(run) = self.run.take() else { return Applied::Done };
        let outcome = match (self.room, room) {
            (Room::Needed, Err(full)) => Err(Failure::Rule(full.clone())),
            _ => run(connection),
        };
        match outcome {
            Ok(value) => {
                self.result = Some(Ok(value));
                Applied::Done
            }
            Err(Failure::Engine(error)) if reach(&error) != Reach::Operation => Applied::Broken(error),
            Err(failure) => {
                self.result = Some(Err(failure.at(file)));
                Applied::Refused
            }
        }
    }

    fn answer(self: Box<Self>, group: Result<(), StoreError>) {
        match (group, self.result) {
            (Ok(()), Some(result)) => (self.respond)(result),
            (Err(error), _) => (self.respond)(Err(error)),
            // An operation that was never applied belongs to a group that failed, so there is nothing to say.
            (Ok(()), None) => {}
        }
    }
}
