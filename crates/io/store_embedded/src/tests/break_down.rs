//! A thread that breaks down ends its database, and that is told.

use std::time::Duration;

use io_store::StoreError;
use tempfile::TempDir;

use crate::Embedded;
use crate::failure::Failure;
use crate::writer::Room;

async fn ended(store: &Embedded) -> StoreError {
    for _ in 0..1000 {
        if let Some(error) = store.poisoned() {
            return error;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("nobody was told that a thread has ended");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thread_that_broke_down_is_told() {
    let folder = TempDir::new().unwrap();
    let writing = Embedded::open(folder.path()).unwrap();
    assert_eq!(writing.poisoned(), None);
    let written = writing.queue.write(Room::NotNeeded, |_| -> Result<(), Failure> { panic!("a fault of ours") }).await;
    assert!(matches!(written, Err(StoreError::Unavailable { .. })), "{written:?}");
    assert!(matches!(ended(&writing).await, StoreError::Unavailable { .. }));
    drop(writing);

    let reading = Embedded::open(folder.path()).unwrap();
    let read = reading.directory.read(|_| -> Result<(), Failure> { panic!("a fault of ours") }).await;
    assert!(matches!(read, Err(StoreError::Unavailable { .. })), "{read:?}");
    assert!(matches!(ended(&reading).await, StoreError::Unavailable { .. }));
}
