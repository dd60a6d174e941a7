//! How far reading is, on a terminal's standard error, once it takes long enough to wonder.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Nothing is shown for what takes less.
const PATIENCE: Duration = Duration::from_millis(500);

const SHAPE: &str = "{bar:30} {bytes} of {total_bytes}, {msg}";

/// Files and octets, as they are read.
pub struct Progress {
    began: Instant,
    files: usize,
    octets: u64,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Of so many files with so many octets.
    pub fn new(files: usize, octets: u64) -> Self {
        Self { began: Instant::now(), files, octets, bar: None }
    }

    /// So much is read. Called a few times a second. Where standard error is no terminal nothing is drawn.
    pub fn show(&mut self, files: usize, octets: u64) {
        if self.began.elapsed() < PATIENCE {
            return;
        }
        let total = self.octets;
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
            bar.set_style(ProgressStyle::with_template(SHAPE).unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar
        });
        // Standard input and pipes have no length of which one knows.
        bar.set_length(total.max(octets));
        bar.set_position(octets);
        bar.set_message(format!("{files} of {} files", self.files));
    }
}

/// Whatever comes next begins on a clean line.
impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
