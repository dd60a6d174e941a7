//! Runs the tests, as many at a time as there are cores, and shows how far it is.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use super::executables::Test;
use super::process;
use super::report::{Outcome, Report};
use super::timed;

/// How often the progress is told where it cannot be told in place.
const PROGRESS_EVERY: Duration = Duration::from_secs(15);

type Finished = (usize, Duration, Result<Outcome, String>);

/// Runs them all into the report.
///
/// # Errors
/// A test cannot be started, or the folder for their output cannot be made: a fault of the machine.
pub fn run(tests: &[Test<'_>], target: &Path, report: &mut Report) -> Result<(), String> {
    // Two runs in one tree do not meet in this folder.
    let scratch = target.join("xtask").join(std::process::id().to_string());
    std::fs::create_dir_all(&scratch).map_err(|e| format!("{}: {e}", scratch.display()))?;
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(tests.len());
    let next = AtomicUsize::new(0);
    let (sender, receiver) = channel();
    let result = std::thread::scope(|scope| {
        for worker in 0..workers {
            let output = scratch.join(format!("{worker}.txt"));
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || work(tests, next, &output, &sender));
        }
        drop(sender);
        let mut progress = Progress::new(tests.len());
        for (index, took, outcome) in receiver {
            let outcome = outcome?;
            progress.clear();
            report.record(tests[index].to_string(), took, outcome);
            progress.advance(report);
        }
        progress.clear();
        Ok(())
    });
    let _ = std::fs::remove_dir_all(&scratch);
    result
}

/// One worker: takes the next test until there is none, or nobody listens any more.
fn work(tests: &[Test<'_>], next: &AtomicUsize, output: &Path, sender: &Sender<Finished>) {
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let Some(test) = tests.get(index) else { return };
        let (outcome, took) = timed(|| process::run(test, output));
        if sender.send((index, took, outcome)).is_err() {
            return;
        }
    }
}

/// The counter: one line rewritten on a terminal, elsewhere a line now and then.
struct Progress {
    all: usize,
    done: usize,
    terminal: bool,
    told: Instant,
}

impl Progress {
    fn new(all: usize) -> Self {
        Progress { all, done: 0, terminal: std::io::stdout().is_terminal(), told: Instant::now() }
    }

    fn advance(&mut self, report: &Report) {
        self.done += 1;
        let line = format!("{}/{} tests, {} failed", self.done, self.all, report.failures());
        if self.terminal {
            print!("\r{line}");
            let _ = std::io::stdout().flush();
        } else if self.told.elapsed() > PROGRESS_EVERY {
            println!("      {line}");
            self.told = Instant::now();
        }
    }

    fn clear(&self) {
        if self.terminal {
            print!("\r\x1b[K");
        }
    }
}
