//! Files to evidence, on as many threads as there are processors. What they showed is joined in the order of the files, so
//! that the answer does not depend on who was faster.

use std::collections::BTreeMap;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use io_evidence_files::{EvidenceFile, MAX_MEMBERS, Sink, Unreadable};
use jiff::Timestamp;
use service_diagnosis::{Evidence, Reader, SourceId};

use super::interruption::Interruption;
use super::progress::Progress;
use crate::exit::{Exit, Failure};

/// How often progress is shown, and Ctrl-C looked at.
const TICK: Duration = Duration::from_millis(100);

/// How many files may be read ahead of one that takes long: what they showed waits in memory.
const AHEAD: usize = 256;

/// Numbers that are kept for the files within one file: members of archives, and faults told of them.
const NUMBERS: u32 = 2 * MAX_MEMBERS + 2;

/// What the threads share.
struct Shared {
    files: Vec<EvidenceFile>,
    since: Option<Timestamp>,
    /// The next file that nobody has taken.
    next: AtomicUsize,
    /// Octets that were read.
    octets: AtomicU64,
    /// How many files are joined, and who waits for that.
    joined: Mutex<usize>,
    may_go_on: Condvar,
}

/// What a command says where Ctrl-C ended it.
#[derive(Clone, Copy, Debug)]
pub struct Interrupted {
    /// Why there is no answer.
    pub said: &'static str,
    /// What to do.
    pub hint: &'static str,
}

/// Reads all files.
///
/// # Errors
/// It was interrupted, which is told in the command's own words.
pub fn read(files: Vec<EvidenceFile>, since: Option<Timestamp>, interrupted: Interrupted) -> Result<Evidence, Failure> {
    let interruption = Interruption::listen();
    let count = files.len();
    let mut progress = Progress::new(count, files.iter().map(|file| file.length).sum());
    let shared = Arc::new(Shared {
        files,
        since,
        next: AtomicUsize::new(0),
        octets: AtomicU64::new(0),
        joined: Mutex::new(0),
        may_go_on: Condvar::new(),
    });
    let (sender, receiver) = channel();
    let threads = thread::available_parallelism().map_or(1, |threads| threads.get()).min(count);
    for _ in 0..threads {
        let (shared, sender) = (Arc::clone(&shared), sender.clone());
        thread::spawn(move || work(&shared, &sender));
    }
    drop(sender);
    let mut evidence = Evidence::default();
    let mut waiting = BTreeMap::new();
    let mut joined = 0;
    loop {
        match receiver.recv_timeout(TICK) {
            Ok((at, read)) => {
                waiting.insert(at, read);
                while let Some(read) = waiting.remove(&joined) {
                    evidence.merge(read);
                    joined += 1;
                }
                *shared.joined.lock().unwrap_or_else(PoisonError::into_inner) = joined;
                shared.may_go_on.notify_all();
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(evidence),
        }
        if interruption.is_told() {
            drop(progress);
            return Err(interrupted.after(joined, count));
        }
        progress.show(joined, shared.octets.load(Ordering::Relaxed));
    }
}

impl Interrupted {
    fn after(self, joined: usize, count: usize) -> Failure {
        let said = format!("interrupted after {joined} of {count} files: {}", self.said);
        Failure::new(Exit::Interrupted, said).hint(self.hint)
    }
}

/// Takes one file after the other until there is none.
fn work(shared: &Shared, sender: &Sender<(usize, Evidence)>) {
    loop {
        let at = shared.next.fetch_add(1, Ordering::Relaxed);
        let Some(file) = shared.files.get(at) else { return };
        wait(shared, at);
        // A fault of ours in one file must not keep from the others.
        let read = panic::catch_unwind(AssertUnwindSafe(|| read_file(shared, at, file)));
        let read = read.unwrap_or_else(|_| failed(number(at, 0), &file.name));
        if sender.send((at, read)).is_err() {
            return;
        }
    }
}

/// Waits while this file is too far ahead.
fn wait(shared: &Shared, at: usize) {
    let mut joined = shared.joined.lock().unwrap_or_else(PoisonError::into_inner);
    while at >= joined.saturating_add(AHEAD) {
        joined = shared.may_go_on.wait(joined).unwrap_or_else(PoisonError::into_inner);
    }
}

fn read_file(shared: &Shared, at: usize, file: &EvidenceFile) -> Evidence {
    let mut intake = Intake { at, since: shared.since, begun: 0, reader: None, evidence: Evidence::default() };
    file.read(&shared.octets, &mut intake);
    intake.evidence
}

fn failed(id: SourceId, name: &str) -> Evidence {
    let mut reader = Reader::new(id, name);
    reader.cut_short("problem-our-fault", Vec::new());
    reader.finish()
}

/// Gives octets to the reader of a file, and of each member where it is an archive.
struct Intake {
    at: usize,
    since: Option<Timestamp>,
    begun: u32,
    reader: Option<Reader>,
    evidence: Evidence,
}

impl Sink for Intake {
    fn begin(&mut self, name: &str) {
        let reader = Reader::new(number(self.at, self.begun), name);
        self.begun += 1;
        self.reader = Some(match self.since {
            Some(since) => reader.since(since),
            None => reader,
        });
    }

    fn block(&mut self, octets: &[u8]) -> bool {
        let Some(reader) = &mut self.reader else { return false };
        reader.feed(octets);
        reader.wants_more()
    }

    fn end(&mut self, outcome: Result<(), Unreadable>) {
        let Some(mut reader) = self.reader.take() else { return };
        if let Err(why) = outcome {
            reader.cut_short(why.code(), why.arguments());
        }
        self.evidence.merge(reader.finish());
    }
}

/// The number of what is within a file: in the order of the files, then of the members.
fn number(at: usize, member: u32) -> SourceId {
    let at = u32::try_from(at).unwrap_or(u32::MAX);
    SourceId(at.saturating_mul(NUMBERS).saturating_add(member))
}
