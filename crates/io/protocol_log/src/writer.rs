//! The thread that writes one log. It gathers the rows that wait and writes them at once; nothing stays in memory while
//! nobody speaks. What cannot be written is counted, and told in the log when it can be written again.

use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use proto_exchange::protocol_log::LogKind;

use crate::files::{Current, Folder};
use crate::log::State;
use crate::losses::Gap;

/// Octets gathered before they are written.
const BATCH: usize = 64 * 1024;

/// How long after a failure the next attempt waits.
const RETRY: Duration = Duration::from_secs(1);

/// How often old files are looked for, also when nothing is written.
const TIDY: Duration = Duration::from_secs(60 * 60);

/// What the thread is given.
pub(crate) enum Job {
    /// A whole row.
    Row { at: Timestamp, text: String },
    /// To look at the settings again.
    Wake,
    /// Answered when everything before it is written or lost.
    Flush(SyncSender<()>),
}

pub(crate) struct Writer {
    kind: LogKind,
    state: Arc<State>,
    jobs: Receiver<Job>,
    folder: Option<Arc<Folder>>,
    current: Option<Current>,
    batch: Batch,
    /// No attempt before this moment.
    retry_at: Option<Instant>,
    tidied: Instant,
}

/// Rows that are written together, all into the open file.
#[derive(Default)]
struct Batch {
    text: String,
    rows: u64,
    span: Option<(Timestamp, Timestamp)>,
}

impl Writer {
    pub fn new(kind: LogKind, state: Arc<State>, jobs: Receiver<Job>) -> Self {
        Self {
            kind,
            state,
            jobs,
            folder: None,
            current: None,
            batch: Batch::default(),
            retry_at: None,
            tidied: Instant::now(),
        }
    }

    /// Writes until nobody can log any more.
    pub fn run(mut self) {
        loop {
            let wait = if self.state.losses.is_open() { RETRY } else { TIDY };
            match self.jobs.recv_timeout(wait) {
                Ok(job) => self.gather(job),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return self.tell_gap(),
            }
            if self.state.wake_missed.swap(false, Ordering::AcqRel) {
                self.take_settings();
            }
            self.tell_gap();
            self.tidy();
        }
    }

    /// Takes what waits, up to a batch, and writes it.
    fn gather(&mut self, first: Job) {
        let mut next = Some(first);
        while let Some(job) = next {
            match job {
                Job::Row { at, text } => {
                    self.state.waiting.leave(text.len());
                    self.row(at, &text);
                }
                Job::Wake => {
                    self.write_out();
                    self.take_settings();
                }
                Job::Flush(done) => {
                    self.write_out();
                    self.tell_gap();
                    // Whoever asked may have given up.
                    let _ = done.try_send(());
                }
            }
            next = if self.batch.text.len() < BATCH { self.jobs.try_recv().ok() } else { None };
        }
        self.write_out();
    }

    fn row(&mut self, at: Timestamp, text: &str) {
        // Said when the log was being switched off.
        if self.folder.is_none() {
            return;
        }
        if let Err(cause) = self.open_for(at, text.len()) {
            return self.state.losses.add(self.kind.folder(), Gap::of_one(at, cause));
        }
        self.batch.add(at, text);
    }

    /// Makes the open file the right one for a row, or says why there is none.
    fn open_for(&mut self, at: Timestamp, octets: usize) -> Result<(), String> {
        let Some(folder) = self.folder.clone() else { return Err("the log is switched off".to_owned()) };
        if self.retry_at.is_some_and(|retry_at| Instant::now() < retry_at) {
            return Err("the disk took no rows before".to_owned());
        }
        let gathered = self.batch.text.len();
        if gathered == 0 && self.current.as_ref().is_some_and(Current::is_removed) {
            self.current = None;
        }
        if self.current.as_ref().is_some_and(|current| current.takes(at, gathered, octets, &folder.settings)) {
            return Ok(());
        }
        self.write_out();
        self.current = None;
        match folder.begin(at) {
            Ok(current) => {
                self.current = Some(current);
                Ok(())
            }
            Err(error) => {
                self.retry_at = Some(Instant::now() + RETRY);
                Err(error.to_string())
            }
        }
    }

    /// Writes what is gathered, or counts it as lost.
    fn write_out(&mut self) {
        let batch = std::mem::take(&mut self.batch);
        let Some((first, last)) = batch.span else { return };
        match self.append(batch.text.as_bytes()) {
            Ok(()) => self.state.add_written(batch.rows),
            Err(cause) => self.state.losses.add(self.kind.folder(), Gap { rows: batch.rows, first, last, cause }),
        }
    }

    fn append(&mut self, rows: &[u8]) -> Result<(), String> {
        let Some(current) = &mut self.current else { return Err("no file is open".to_owned()) };
        match current.append(rows) {
            Ok(()) => {
                self.retry_at = None;
                Ok(())
            }
            Err((error, undone)) => {
                self.retry_at = Some(Instant::now() + RETRY);
                if !undone {
                    self.current = None;
                }
                Err(error.to_string())
            }
        }
    }

    /// Says in the log what was lost, if it takes it.
    fn tell_gap(&mut self) {
        let Some(gap) = self.state.losses.take() else { return };
        let now = Timestamp::now();
        let row = gap.row(now);
        let told = self.open_for(now, row.len()).and_then(|()| self.append(row.as_bytes()));
        match told {
            Ok(()) => {
                tracing::info!(log = self.kind.folder(), rows = gap.rows, "the protocol log is written again");
            }
            Err(_) => self.state.losses.put_back(gap),
        }
    }

    /// Takes new settings, if there are any: the open file is closed, and the next row begins another.
    fn take_settings(&mut self) {
        let new = self.state.settings.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(settings) = new else { return };
        self.current = None;
        self.retry_at = None;
        self.folder = settings.map(|settings| Arc::new(Folder { kind: self.kind, settings }));
        match &self.folder {
            Some(folder) => folder.remove_surplus(Timestamp::now(), None),
            // There is no log left to tell it in; the count stays.
            None => drop(self.state.losses.take()),
        }
    }

    fn tidy(&mut self) {
        if self.tidied.elapsed() < TIDY {
            return;
        }
        self.tidied = Instant::now();
        if let Some(folder) = &self.folder {
            folder.remove_surplus(Timestamp::now(), self.current.as_ref());
        }
    }
}

impl Batch {
    fn add(&mut self, at: Timestamp, text: &str) {
        self.text.push_str(text);
        self.rows += 1;
        self.span = Some(self.span.map_or((at, at), |(first, last)| (first.min(at), last.max(at))));
    }
}
