//! The handle on one log: rows go in, and nobody waits.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use proto_exchange::protocol_log::LogKind;

use crate::Settings;
use crate::losses::{Gap, Losses};
use crate::writer::{Job, Writer};

/// Rows that may wait: some seconds of a busy relay.
pub(crate) const MAX_WAITING_ROWS: usize = 8_192;

/// Octets that may wait: rows are 150 octets as a rule, and can be thousands if a peer wants them to.
pub(crate) const MAX_WAITING_OCTETS: usize = 8 * 1024 * 1024;

/// Between two tries to queue a flush.
const FLUSH_PAUSE: Duration = Duration::from_millis(10);

/// 1970-01-01 in the time units of Windows, 100 ns since the year 1 (.NET: `DateTime.Ticks`). Exchange's session ids look
/// like such times.
const EPOCH_TICKS: u64 = 621_355_968_000_000_000;

/// What became of the rows of a log since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// In a file.
    pub written: u64,
    /// Lost: they came faster than the disk took them, or it took none.
    pub lost: u64,
}

/// One log. Clones are the same log; its thread ends with the last of them and of its sessions.
#[derive(Clone)]
pub struct ProtocolLog {
    shared: Arc<Shared>,
}

struct Shared {
    kind: LogKind,
    jobs: SyncSender<Job>,
    state: Arc<State>,
    next_session: AtomicU64,
}

/// What handles and thread share.
#[derive(Default)]
pub(crate) struct State {
    on: AtomicBool,
    /// Settings that the thread has not seen.
    pub settings: Mutex<Option<Option<Settings>>>,
    /// There was no room to tell the thread of them.
    pub wake_missed: AtomicBool,
    pub waiting: Waiting,
    pub losses: Losses,
    written: AtomicU64,
}

/// Octets in the queue.
#[derive(Default)]
pub(crate) struct Waiting(AtomicUsize);

impl ProtocolLog {
    /// A log with these settings; none: it is switched off and takes nothing.
    ///
    /// # Errors
    /// There is no thread to be had.
    pub fn start(kind: LogKind, settings: Option<Settings>) -> io::Result<Self> {
        let (log, jobs) = Self::unattended(kind);
        let writer = Writer::new(kind, Arc::clone(&log.shared.state), jobs);
        log.configure(settings);
        std::thread::Builder::new().name(format!("{}-log", kind.folder())).spawn(move || writer.run())?;
        Ok(log)
    }

    /// A log that is switched off for good, for those who have none.
    pub fn off(kind: LogKind) -> Self {
        Self::unattended(kind).0
    }

    /// A log that nobody writes.
    pub(crate) fn unattended(kind: LogKind) -> (Self, Receiver<Job>) {
        let (sender, jobs) = sync_channel(MAX_WAITING_ROWS);
        let state = Arc::new(State::default());
        let now = u64::try_from(Timestamp::now().as_nanosecond() / 100).unwrap_or_default();
        let next_session = AtomicU64::new(EPOCH_TICKS.saturating_add(now));
        (Self { shared: Arc::new(Shared { kind, jobs: sender, state, next_session }) }, jobs)
    }

    /// The thread of an unattended log.
    #[cfg(test)]
    pub(crate) fn attend(&self, jobs: Receiver<Job>) -> std::thread::JoinHandle<()> {
        let writer = Writer::new(self.shared.kind, Arc::clone(&self.shared.state), jobs);
        std::thread::spawn(move || writer.run())
    }

    /// Takes other settings, or the same again, which begins a new file; none switches the log off. In force at once for
    /// what is said from now on, in sessions that are under way as well.
    pub fn configure(&self, settings: Option<Settings>) {
        let state = &self.shared.state;
        let on = settings.is_some();
        *state.settings.lock().unwrap_or_else(PoisonError::into_inner) = Some(settings);
        state.on.store(on, Ordering::Release);
        if self.shared.jobs.try_send(Job::Wake).is_err() {
            // The queue is full, so the thread is awake.
            state.wake_missed.store(true, Ordering::Release);
        }
    }

    /// Which log it is.
    pub fn kind(&self) -> LogKind {
        self.shared.kind
    }

    /// Whether rows are taken.
    pub fn is_on(&self) -> bool {
        self.shared.state.on.load(Ordering::Acquire)
    }

    /// What became of its rows.
    pub fn counts(&self) -> Counts {
        let state = &self.shared.state;
        Counts { written: state.written.load(Ordering::Relaxed), lost: state.losses.total() }
    }

    /// Waits until everything that was said so far is written or lost. False: it takes longer than this. Not for tasks.
    pub fn flush(&self, wait: Duration) -> bool {
        let deadline = Instant::now() + wait;
        let (done, answer) = sync_channel(1);
        while self.shared.jobs.try_send(Job::Flush(done.clone())).is_err() {
            if Instant::now() >= deadline {
                return false;
            }
            std::thread::sleep(FLUSH_PAUSE);
        }
        answer.recv_timeout(deadline.saturating_duration_since(Instant::now())).is_ok()
    }

    /// An id that no other session of this log has.
    pub(crate) fn new_session_id(&self) -> String {
        format!("{:016X}", self.shared.next_session.fetch_add(1, Ordering::Relaxed))
    }

    /// Queues a row, or counts it as lost.
    pub(crate) fn push(&self, at: Timestamp, text: String) {
        if !self.is_on() {
            return;
        }
        let state = &self.shared.state;
        let octets = text.len();
        let queued = state.waiting.enter(octets)
            && self.shared.jobs.try_send(Job::Row { at, text }).inspect_err(|_| state.waiting.leave(octets)).is_ok();
        if !queued {
            let gap = Gap::of_one(at, "they came faster than the disk takes them");
            state.losses.add(self.shared.kind.folder(), gap);
        }
    }
}

impl State {
    pub fn add_written(&self, rows: u64) {
        self.written.fetch_add(rows, Ordering::Relaxed);
    }
}

impl Waiting {
    fn enter(&self, octets: usize) -> bool {
        let fits = self.0.fetch_add(octets, Ordering::AcqRel).saturating_add(octets) <= MAX_WAITING_OCTETS;
        if !fits {
            self.leave(octets);
        }
        fits
    }

    pub fn leave(&self, octets: usize) {
        self.0.fetch_sub(octets, Ordering::AcqRel);
    }
}

impl std::fmt::Debug for ProtocolLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let on = self.is_on();
        f.debug_struct("ProtocolLog").field("kind", &self.shared.kind).field("on", &on).finish_non_exhaustive()
    }
}
