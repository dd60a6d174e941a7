//! A client as small as can be: one connection a request.

use std::path::PathBuf;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::net::UnixStream;

use crate::wire::{Problem, ProblemKind};

/// A client of one socket.
pub struct Client {
    path: PathBuf,
}

/// What came back.
pub struct Reply {
    pub status: u16,
    pub content_type: String,
    pub headers: hyper::HeaderMap,
    pub body: String,
}

impl Client {
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub async fn send(&self, method: &str, path: &str, body: impl Into<Bytes>) -> Reply {
        self.send_with(method, path, &[("content-type", "application/json")], body).await
    }

    pub async fn send_with(&self, method: &str, path: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Reply {
        let stream = UnixStream::connect(&self.path).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        let running = tokio::spawn(connection);
        let request = Request::builder().method(method).uri(path).header("host", "localhost");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let response = sender.send_request(request.body(Full::new(body.into())).unwrap()).await.unwrap();
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let content_type = response.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
        let body = response.into_body().collect().await.unwrap().to_bytes();
        running.abort();
        Reply {
            status,
            content_type: content_type.unwrap_or_default(),
            headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> T {
        self.send("GET", path, "").await.json(path)
    }

    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> T {
        self.send("POST", path, serde_json::to_vec(body).unwrap()).await.json(path)
    }

    /// Expects a problem of this kind whose detail and errors together say these words.
    pub async fn refuses(&self, method: &str, path: &str, body: &str, kind: ProblemKind, expected: &str) -> Problem {
        let reply = self.send(method, path, body.to_owned()).await;
        let what = format!("{method} {path} {body}");
        assert_eq!(reply.content_type, "application/problem+json", "{what}: {}", reply.body);
        let problem: Problem = serde_json::from_str(&reply.body).unwrap();
        assert_eq!(problem.kind, kind, "{what}: {}", reply.body);
        assert_eq!((reply.status, problem.status), (kind.status(), kind.status()), "{what}");
        assert!(
            reply.body.contains(&expected.replace('"', "\\\"")),
            "{what} does not say {expected:?}: {}",
            reply.body
        );
        problem
    }
}

impl Reply {
    /// The header's text; empty without it.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn json<T: DeserializeOwned>(&self, what: &str) -> T {
        assert_eq!(self.status, 200, "{what}: {}", self.body);
        assert_eq!(self.content_type, "application/json", "{what}");
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{what}: {error}: {}", self.body))
    }
}
