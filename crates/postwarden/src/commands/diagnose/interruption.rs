//! Ctrl-C while files are read. No answer is given then: half of what was named could point to the wrong one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use tokio::runtime::Builder;

use crate::exit::Exit;

/// How long the program has to end by itself once it was told to.
const GRACE: Duration = Duration::from_secs(2);

/// Whether Ctrl-C was pressed.
#[derive(Clone, Debug, Default)]
pub struct Interruption(Arc<AtomicBool>);

impl Interruption {
    /// Listens from now on. Where that is not possible the system ends the program, as ever.
    pub fn listen() -> Self {
        let interruption = Self::default();
        let told = interruption.clone();
        thread::spawn(move || {
            let Ok(runtime) = Builder::new_current_thread().enable_all().build() else { return };
            if runtime.block_on(tokio::signal::ctrl_c()).is_ok() {
                told.0.store(true, Ordering::Relaxed);
                thread::sleep(GRACE);
                std::process::exit(Exit::Interrupted as i32);
            }
        });
        interruption
    }

    /// Whether it was.
    pub fn is_told(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
