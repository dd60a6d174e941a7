//! The socket's own life.

use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};

use super::*;
use crate::{SOCKET_MODE, serve};

#[tokio::test]
async fn only_user_and_group_may_open_it_and_it_goes_at_the_end() {
    let server = Server::empty().await;
    let metadata = std::fs::symlink_metadata(server.path()).unwrap();
    assert!(metadata.file_type().is_socket());
    assert_eq!(metadata.permissions().mode() & 0o777, SOCKET_MODE);
    let names: Vec<_> =
        std::fs::read_dir(server.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!names.iter().any(|name| name == ".socket"), "{names:?}");
    server.stop().await;
}

#[tokio::test]
async fn a_server_that_answers_keeps_its_socket() {
    let server = Server::empty().await;
    let error = AdminSocket::bind(&server.path()).expect_err("in use");
    assert!(matches!(error, SocketError::InUse(_)), "{error:?}");
    assert_eq!(server.client.send("GET", "/healthz", "").await.status, 200);
    server.stop().await;
}

#[tokio::test]
async fn a_stale_socket_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("admin.sock");
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    assert!(path.exists(), "a dropped listener leaves its socket");
    // What a crash between the steps of binding leaves does not matter either.
    std::fs::create_dir(folder.path().join(".socket")).unwrap();
    drop(std::os::unix::net::UnixListener::bind(folder.path().join(".socket/new")).unwrap());
    AdminSocket::bind(&path).unwrap();
}

#[tokio::test]
async fn what_is_no_socket_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("admin.sock");
    std::fs::write(&path, "notes").unwrap();
    let error = AdminSocket::bind(&path).expect_err("a file");
    assert!(matches!(error, SocketError::NotASocket(_)), "{error:?}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "notes");
    let nowhere = folder.path().join("missing/admin.sock");
    let error = AdminSocket::bind(&nowhere).expect_err("no such folder");
    assert!(matches!(error, SocketError::System { .. }), "{error:?}");
}

#[tokio::test]
async fn serving_ends_although_a_client_stays() {
    let server = Server::empty().await;
    let path = server.folder.path().join("second.sock");
    let shutdown = CancellationToken::new();
    let state = Arc::new(server.state.clone());
    let running = tokio::spawn({
        let (path, shutdown) = (path.clone(), shutdown.clone());
        async move { serve(state, &path, shutdown).await }
    });
    while !path.exists() {
        tokio::task::yield_now().await;
    }
    let idle = tokio::net::UnixStream::connect(&path).await.unwrap();
    shutdown.cancel();
    running.await.unwrap().unwrap();
    assert!(!path.exists());
    drop(idle);
    server.stop().await;
}
