//! Backups of the running node's store, as the admin interface asks for them.

use std::sync::Arc;

use io_store_embedded::{BackupError, Embedded, Manifest};
use jiff::Timestamp;
use service_admin::wire::{Problem, ProblemKind};
use service_admin::{BeginBackup, BegunBackup};

/// What begins a backup of this store.
pub fn begins(store: &Arc<Embedded>, hostname: &str) -> BeginBackup {
    let (store, hostname) = (Arc::clone(store), hostname.to_owned());
    Arc::new(move |with_queue| {
        let backup = store.begin_backup(with_queue).map_err(problem)?;
        let manifest = Manifest::new(env!("CARGO_PKG_VERSION"), &hostname, Timestamp::now());
        Ok(BegunBackup {
            octets: backup.octets(),
            write: Box::new(move |output| backup.write(&manifest, output).map_err(|error| error.to_string())),
        })
    })
}

fn problem(error: BackupError) -> Problem {
    match error {
        BackupError::Store(error) => error.into(),
        BackupError::UnderWay => Problem::new(ProblemKind::Conflict, error.to_string()),
        BackupError::Output(_) => Problem::new(ProblemKind::Internal, error.to_string()),
    }
}
