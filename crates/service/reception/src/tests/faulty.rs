//! A store that fails at one step, on top of one that works.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use core_directory::TenantId;
use io_store::{
    Accepted, Ages, Bodies, BodyId, BodyReader, BodyWriter, ClaimExcept, ClaimNumber, ClaimedMessage, LaneKey,
    MessageDetails, MessageId, NewMessage, Orphans, Queue, QueueChange, QueueChanged, QueueFilter, QueueStats,
    QueueSummary, Scope, Settled, Settlement, StoreError,
};
use jiff::{SignedDuration, Timestamp};

/// Where it fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// As the body of this number is opened, from 0, since the fault was set.
    Create(usize),
    /// As these octets are written.
    Write(&'static str),
    /// As the body of this number is sealed.
    Seal(usize),
    Accept,
}

/// What fails, and how; nothing: it works.
#[derive(Default)]
pub struct Fault {
    failing: Mutex<Option<(Step, StoreError)>>,
    created: AtomicUsize,
    written: AtomicUsize,
    removed: AtomicUsize,
}

/// The store.
pub struct Faulty {
    pub fault: Arc<Fault>,
    pub bodies: Arc<dyn Bodies>,
    pub queue: Arc<dyn Queue>,
}

impl Fault {
    pub fn set(&self, fault: Option<(Step, StoreError)>) {
        *self.failing.lock().unwrap() = fault;
        self.created.store(0, Ordering::SeqCst);
    }

    /// Octets that were written so far, to all bodies.
    pub fn written(&self) -> usize {
        self.written.load(Ordering::SeqCst)
    }

    /// Bodies that were removed so far, outside the queue.
    pub fn removed(&self) -> usize {
        self.removed.load(Ordering::SeqCst)
    }

    fn check(&self, is_step: impl Fn(Step) -> bool) -> Result<(), StoreError> {
        match &*self.failing.lock().unwrap() {
            Some((step, error)) if is_step(*step) => Err(error.clone()),
            _ => Ok(()),
        }
    }
}

struct Writer {
    fault: Arc<Fault>,
    number: usize,
    inner: Box<dyn BodyWriter>,
}

#[async_trait]
impl BodyWriter for Writer {
    async fn write(&mut self, octets: Bytes) -> Result<(), StoreError> {
        let text = String::from_utf8_lossy(&octets).into_owned();
        self.fault.check(|step| matches!(step, Step::Write(part) if text.contains(part)))?;
        let count = octets.len();
        self.inner.write(octets).await?;
        self.fault.written.fetch_add(count, Ordering::SeqCst);
        Ok(())
    }

    async fn seal(self: Box<Self>) -> Result<BodyId, StoreError> {
        self.fault.check(|step| step == Step::Seal(self.number))?;
        self.inner.seal().await
    }
}

#[async_trait]
impl Bodies for Faulty {
    async fn create(&self, scope: Scope, tenant: TenantId, at: Timestamp) -> Result<Box<dyn BodyWriter>, StoreError> {
        let number = self.fault.created.fetch_add(1, Ordering::SeqCst);
        self.fault.check(|step| step == Step::Create(number))?;
        let inner = self.bodies.create(scope, tenant, at).await?;
        Ok(Box::new(Writer { fault: Arc::clone(&self.fault), number, inner }))
    }

    async fn open(&self, scope: Scope, body: BodyId) -> Result<Box<dyn BodyReader>, StoreError> {
        self.bodies.open(scope, body).await
    }

    async fn remove(&self, scope: Scope, body: BodyId) -> Result<(), StoreError> {
        self.bodies.remove(scope, body).await?;
        self.fault.removed.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    async fn collect_orphans(&self, scope: Scope, before: Timestamp) -> Result<Orphans, StoreError> {
        self.bodies.collect_orphans(scope, before).await
    }
}

#[async_trait]
impl Queue for Faulty {
    async fn accept(&self, scope: Scope, messages: Vec<NewMessage>) -> Result<Vec<Accepted>, StoreError> {
        self.fault.check(|step| step == Step::Accept)?;
        self.queue.accept(scope, messages).await
    }

    async fn claim(
        &self,
        scope: Scope,
        node: &str,
        now: Timestamp,
        limit: usize,
        until: Timestamp,
        except: &ClaimExcept,
    ) -> Result<Vec<ClaimedMessage>, StoreError> {
        self.queue.claim(scope, node, now, limit, until, except).await
    }

    async fn claim_aged(
        &self,
        scope: Scope,
        node: &str,
        now: Timestamp,
        limit: usize,
        until: Timestamp,
        lanes: &HashSet<LaneKey>,
        ages: Ages,
    ) -> Result<Vec<ClaimedMessage>, StoreError> {
        self.queue.claim_aged(scope, node, now, limit, until, lanes, ages).await
    }

    async fn renew(&self, scope: Scope, claim: ClaimNumber, until: Timestamp) -> Result<(), StoreError> {
        self.queue.renew(scope, claim, until).await
    }

    async fn settle(&self, scope: Scope, claim: ClaimNumber, settlement: Settlement) -> Result<Settled, StoreError> {
        self.queue.settle(scope, claim, settlement).await
    }

    async fn release_node(&self, scope: Scope, node: &str) -> Result<u64, StoreError> {
        self.queue.release_node(scope, node).await
    }

    async fn list(&self, scope: Scope, filter: QueueFilter) -> Result<Vec<QueueSummary>, StoreError> {
        self.queue.list(scope, filter).await
    }

    async fn count(&self, scope: Scope, filter: QueueFilter) -> Result<u64, StoreError> {
        self.queue.count(scope, filter).await
    }

    async fn change(&self, scope: Scope, filter: QueueFilter, change: QueueChange) -> Result<QueueChanged, StoreError> {
        self.queue.change(scope, filter, change).await
    }

    async fn get(&self, scope: Scope, message: MessageId) -> Result<MessageDetails, StoreError> {
        self.queue.get(scope, message).await
    }

    async fn hold(&self, scope: Scope, messages: Vec<MessageId>, reason: &str) -> Result<(), StoreError> {
        self.queue.hold(scope, messages, reason).await
    }

    async fn release(&self, scope: Scope, messages: Vec<MessageId>) -> Result<(), StoreError> {
        self.queue.release(scope, messages).await
    }

    async fn retry_now(&self, scope: Scope, messages: Vec<MessageId>, now: Timestamp) -> Result<(), StoreError> {
        self.queue.retry_now(scope, messages, now).await
    }

    async fn remove(&self, scope: Scope, messages: Vec<MessageId>) -> Result<(), StoreError> {
        self.queue.remove(scope, messages).await
    }

    async fn rejuvenate(
        &self,
        scope: Scope,
        before: Timestamp,
        by: SignedDuration,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        self.queue.rejuvenate(scope, before, by, now).await
    }

    async fn mend_times(&self, scope: Scope, now: Timestamp, latest: Timestamp) -> Result<u64, StoreError> {
        self.queue.mend_times(scope, now, latest).await
    }

    async fn stats(&self, scope: Scope, now: Timestamp) -> Result<QueueStats, StoreError> {
        self.queue.stats(scope, now).await
    }
}
