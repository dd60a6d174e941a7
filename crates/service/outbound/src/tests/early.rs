//! A next hop that says the message is taken before it is sent whole. Mail would be lost if that were believed.

use std::sync::Arc;

use async_trait::async_trait;
use io_store::{Bodies, BodyId, BodyReader, BodyWriter, Orphans, Scope, StoreError};
use jiff::Timestamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use super::*;

/// A store with one body, whose end is reached only when the hop has spoken.
struct Late(Arc<Notify>);

struct LateReader {
    spoken: Arc<Notify>,
    text: Option<Bytes>,
}

#[async_trait]
impl Bodies for Late {
    async fn create(&self, _: Scope, _: TenantId, _: Timestamp) -> Result<Box<dyn BodyWriter>, StoreError> {
        Err(StoreError::not_found("body"))
    }
    async fn open(&self, _: Scope, _: BodyId) -> Result<Box<dyn BodyReader>, StoreError> {
        let text = Some(Bytes::from_static(MESSAGE.as_bytes()));
        Ok(Box::new(LateReader { spoken: Arc::clone(&self.0), text }))
    }
    async fn remove(&self, _: Scope, _: BodyId) -> Result<(), StoreError> {
        Err(StoreError::not_found("body"))
    }
    async fn collect_orphans(&self, _: Scope, _: Timestamp) -> Result<Orphans, StoreError> {
        Err(StoreError::not_found("body"))
    }
}

#[async_trait]
impl BodyReader for LateReader {
    fn len(&self) -> u64 {
        MESSAGE.len() as u64
    }

    async fn read(&mut self) -> Result<Option<Bytes>, StoreError> {
        let text = self.text.take();
        if text.is_none() {
            self.spoken.notified().await;
        }
        Ok(text)
    }
}

/// Answers each thing that it reads, the first part of the message too. What it read last.
async fn speak_early(listener: TcpListener, spoken: Arc<Notify>) -> Vec<u8> {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut heard = [0; 1024];
    let mut last = 0;
    for reply in ["220 hop", "250 hop", "250 ok", "250 ok", "354 go", "250 2.0.0 taken"] {
        stream.write_all(format!("{reply}\r\n").as_bytes()).await.unwrap();
        if reply.ends_with("taken") {
            spoken.notify_one();
        }
        last = stream.read(&mut heard).await.unwrap_or(0);
    }
    heard[..last].to_vec()
}

#[tokio::test]
async fn what_is_said_before_the_dot_is_no_answer_to_it() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let connector = connector(&[&listener.local_addr().unwrap().to_string()]);
    let spoken = Arc::new(Notify::new());
    let hop = tokio::spawn(speak_early(listener, Arc::clone(&spoken)));
    let attempt = Attempt {
        message: None,
        tenant: TENANT,
        connector: &connector,
        certificate: None,
        hostname: "relay.example.net",
        reverse_path: None,
        recipients: &[Recipient::from("a@example.com")],
        size: MESSAGE.len() as u64,
        eight_bit: false,
        binary: false,
        smtp_utf8: false,
        ret: None,
        envid: None,
        body: Body::Stored { bodies: Arc::new(Late(spoken)), scope: Scope::Operator, id: BodyId(1) },
        dot_sent: None,
    };
    let outcome = outbound().attempt(&attempt).await;
    let expected = "deferred ours: 451 4.4.2 hop: the peer sent an unexpected reply while the message was being sent: \
                    250 2.0.0 taken | unreachable at Transaction";
    assert_eq!(shown(&outcome), expected, "{}", transcript(&outcome));
    assert_eq!(String::from_utf8_lossy(&hop.await.unwrap()), "", "the dot went out all the same");
}
