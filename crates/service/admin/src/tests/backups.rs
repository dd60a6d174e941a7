//! Backups as they flow: whole, refused, and broken off so that the reader notices.

use http_body_util::{BodyExt as _, Empty};
use hyper_util::rt::TokioIo;

use super::*;
use crate::wire::{BACKUP_OCTETS, Problem, ProblemKind};
use crate::{BeginBackup, BegunBackup};

/// A backup of so many pieces of 100,000 octets, then perhaps an error.
fn pieces(count: usize, error: Option<&'static str>) -> BeginBackup {
    Arc::new(move |with_queue| {
        let octets = if with_queue { 1000 } else { 10 };
        let write = move |output: &mut dyn std::io::Write| {
            (0..count).try_for_each(|_| output.write_all(&[7; 100_000])).map_err(|error| error.to_string())?;
            error.map_or(Ok(()), |error| Err(error.to_owned()))
        };
        Ok(BegunBackup { octets, write: Box::new(write) })
    })
}

/// The announced size and the octets, or that the answer had no end.
async fn download(server: &Server, path: &str) -> (String, Result<usize, hyper::Error>) {
    let stream = tokio::net::UnixStream::connect(server.path()).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request = hyper::Request::builder().uri(path).header("host", "localhost").body(Empty::<bytes::Bytes>::new());
    let response = sender.send_request(request.unwrap()).await.unwrap();
    let announced = response.headers()[BACKUP_OCTETS].to_str().unwrap().to_owned();
    (announced, response.into_body().collect().await.map(|body| body.to_bytes().len()))
}

#[tokio::test]
async fn whole_or_known_not_to_be() {
    let check = async |begin: BeginBackup, path: &str, announced: &str, octets: Option<usize>| {
        let server = Server::build(|directories| directories, |state| state.begin_backup = begin).await;
        let (told, got) = download(&server, path).await;
        assert_eq!((told.as_str(), got.ok()), (announced, octets), "{path}");
        server.stop().await;
    };
    check(pieces(0, None), "/v1/backup", "1000", Some(0)).await;
    check(pieces(50, None), "/v1/backup", "1000", Some(5_000_000)).await;
    check(pieces(1, None), "/v1/backup?queue=false", "10", Some(100_000)).await;
    check(pieces(50, Some("the disk")), "/v1/backup?queue=true", "1000", None).await;
}

#[tokio::test]
async fn what_is_refused_is_said() {
    let begin: BeginBackup = Arc::new(|_| Err(Problem::new(ProblemKind::Conflict, "another backup is under way")));
    let server = Server::build(|directories| directories, |state| state.begin_backup = begin).await;
    server.client.refuses("GET", "/v1/backup", "", ProblemKind::Conflict, "another backup is under way").await;
    server.client.refuses("GET", "/v1/backup?mail=1", "", ProblemKind::BadRequest, "unknown field").await;
    let unknown = r#"{"objects":[{"kind":"mailbox","id":1,"tenant":1,"name":"a","body":"{}"}]}"#;
    server.client.refuses("POST", "/v1/directory/replace", unknown, ProblemKind::BadRequest, "no kind of object").await;
    let damaged = r#"{"objects":[{"kind":"tenant","id":1,"tenant":1,"name":"a","body":"{"}]}"#;
    server.client.refuses("POST", "/v1/directory/replace", damaged, ProblemKind::Internal, "cannot be read").await;
    server.stop().await;
}
