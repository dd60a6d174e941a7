//! Warm connections, and how many may be open at one next hop.
//!
//! A connection is taken up only for the same tenant, send connector (by content, so that a changed one starts afresh),
//! client certificate, EHLO name and smart host.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use core_directory::{SendConnector, SendConnectorId, SmartHost, TenantId, Thumbprint};
use proto_smtp::HeloName;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::connection::Connection;
use crate::limits::{IDLE_LIMIT, MAX_CONNECTIONS_PER_HOP, MAX_IDLE, MAX_IDLE_PER_HOP};
use crate::{Attempt, Timeouts};

/// One smart host of one send connector.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct HopKey {
    pub(crate) tenant: TenantId,
    pub(crate) connector: SendConnectorId,
    pub(crate) host: SmartHost,
}

/// What a connection was made with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    connector: SendConnector,
    certificate: Option<Thumbprint>,
    helo_name: HeloName,
}

/// The warm connections of this process.
pub(crate) struct Pool {
    hops: Mutex<Hops>,
    times: Timeouts,
}

#[derive(Default)]
struct Hops {
    by_key: HashMap<HopKey, Hop>,
    idle: usize,
    /// A task looks after idle connections.
    swept: bool,
}

struct Hop {
    slots: Arc<Semaphore>,
    idle: Vec<Idle>,
}

struct Idle {
    identity: Arc<Identity>,
    connection: Connection,
    since: Instant,
}

impl Identity {
    pub(crate) fn of(attempt: &Attempt<'_>, helo_name: &HeloName) -> Self {
        Self {
            connector: attempt.connector.clone(),
            certificate: attempt.certificate.map(|certificate| certificate.leaf_sha256),
            helo_name: helo_name.clone(),
        }
    }
}

impl Pool {
    pub(crate) fn new(times: Timeouts) -> Arc<Self> {
        Arc::new(Self { hops: Mutex::default(), times })
    }

    /// Waits until one more connection to the hop may be in use.
    pub(crate) async fn slot(&self, key: &HopKey) -> Option<OwnedSemaphorePermit> {
        let slots = {
            let mut hops = self.lock();
            if hops.by_key.len() >= MAX_IDLE && !hops.by_key.contains_key(key) {
                hops.by_key.retain(|_, hop| hop.is_used());
            }
            Arc::clone(&hops.by_key.entry(key.clone()).or_insert_with(Hop::new).slots)
        };
        slots.acquire_owned().await.ok()
    }

    /// Whether all connections that may be in use at the hop are.
    pub(crate) fn is_full(&self, key: &HopKey) -> bool {
        self.lock().by_key.get(key).is_some_and(|hop| hop.slots.available_permits() == 0)
    }

    /// A warm connection made with the same identity that is still alive, the one used last. Others that cannot serve any
    /// more are closed.
    pub(crate) fn take(&self, key: &HopKey, identity: &Identity) -> Option<Connection> {
        let (found, closing) = {
            let mut hops = self.lock();
            let Hops { by_key, idle, .. } = &mut *hops;
            let hop = by_key.get_mut(key)?;
            let mut closing = Vec::new();
            let mut found = None;
            while let Some(mut warm) = hop.idle.pop() {
                *idle = idle.saturating_sub(1);
                if *warm.identity == *identity && !warm.is_over() && warm.connection.link.is_alive() {
                    found = Some(warm.connection);
                    break;
                }
                closing.push(warm.connection);
            }
            (found, closing)
        };
        self.close(closing);
        found
    }

    /// Keeps a connection for the next message, or closes it.
    pub(crate) fn put(self: &Arc<Self>, key: &HopKey, identity: &Arc<Identity>, connection: Connection) {
        let closing = {
            let mut hops = self.lock();
            let Hops { by_key, idle, swept } = &mut *hops;
            let hop = by_key.entry(key.clone()).or_insert_with(Hop::new);
            if connection.is_reusable() && hop.idle.len() < MAX_IDLE_PER_HOP && *idle < MAX_IDLE {
                hop.idle.push(Idle { identity: Arc::clone(identity), connection, since: Instant::now() });
                *idle += 1;
                if !std::mem::replace(swept, true) {
                    tokio::spawn(sweep(Arc::downgrade(self)));
                }
                return;
            }
            connection
        };
        self.close([closing]);
    }

    /// How many connections are idle.
    pub(crate) fn idle(&self) -> usize {
        self.lock().idle
    }

    /// Closes all idle connections.
    pub(crate) fn clear(&self) {
        let closing: Vec<_> = {
            let mut hops = self.lock();
            hops.idle = 0;
            hops.by_key.values_mut().flat_map(|hop| hop.idle.drain(..)).map(|warm| warm.connection).collect()
        };
        self.close(closing);
    }

    /// Closes what has been idle too long and forgets hops that nobody uses. True while there is something left.
    fn expire(&self) -> bool {
        let (closing, more) = {
            let mut hops = self.lock();
            let mut closing = Vec::new();
            for hop in hops.by_key.values_mut() {
                let (over, kept) = hop.idle.drain(..).partition(Idle::is_over);
                hop.idle = kept;
                closing.extend(Vec::<Idle>::into_iter(over).map(|warm| warm.connection));
            }
            hops.idle = hops.idle.saturating_sub(closing.len());
            hops.by_key.retain(|_, hop| hop.is_used());
            hops.swept = hops.idle > 0;
            (closing, hops.swept)
        };
        self.close(closing);
        more
    }

    /// Says goodbye without making anybody wait.
    fn close(&self, connections: impl IntoIterator<Item = Connection>) {
        for connection in connections {
            tokio::spawn(connection.quit(self.times));
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Hops> {
        self.hops.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hop {
    fn new() -> Self {
        Self { slots: Arc::new(Semaphore::new(MAX_CONNECTIONS_PER_HOP)), idle: Vec::new() }
    }

    /// Whether it has idle connections, or somebody holds a slot or waits for one.
    fn is_used(&self) -> bool {
        !self.idle.is_empty() || Arc::strong_count(&self.slots) > 1
    }
}

impl Idle {
    fn is_over(&self) -> bool {
        self.since.elapsed() >= IDLE_LIMIT
    }
}

/// Looks after idle connections until there are none, or the pool is gone.
async fn sweep(pool: Weak<Pool>) {
    loop {
        tokio::time::sleep(IDLE_LIMIT / 4).await;
        match pool.upgrade() {
            Some(pool) if pool.expire() => {}
            _ => return,
        }
    }
}
