//! The numbers of one tenant: accepted in each window, set aside, open.

use std::time::Duration;

use core_directory::{TenantId, TenantLimits, Window};
use io_store::UseRecord;
use jiff::Timestamp;
use tokio::time::Instant;

use super::Exceeded;

/// How long the share of the queue that was read last serves: a tenant exceeds its own by what it sends in a second at most,
/// less what is counted meanwhile.
const SHARE_AGE: Duration = Duration::from_secs(1);

/// What one tenant uses.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// In the order of [`Window::ALL`].
    counts: [Count; Window::ALL.len()],
    /// Messages and recipients of transactions that are not answered yet.
    messages_aside: u64,
    recipients_aside: u64,
    /// Sessions with such a transaction.
    pub sessions: u64,
    /// Something was accepted since the last writing.
    changed: bool,
    share: Option<(Instant, Share)>,
}

/// What was accepted in one window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    start: Timestamp,
    pub messages: u64,
    pub recipients: u64,
}

/// What a tenant has in the queue.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Share {
    pub messages: u64,
    pub octets: u64,
}

impl Tally {
    /// Takes over what an earlier run of the program counted.
    pub fn resume(&mut self, record: &UseRecord) {
        let UseRecord { window, start, messages, recipients, .. } = *record;
        if let Some(count) = self.counts.get_mut(window as usize) {
            *count = Count { start, messages, recipients };
        }
    }

    /// What was accepted in the window in which `now` lies.
    pub fn count(&mut self, window: Window, now: Timestamp) -> Count {
        let start = window.start(now);
        match self.counts.get_mut(window as usize) {
            Some(count) if count.start == start => *count,
            Some(count) => {
                *count = Count { start, messages: 0, recipients: 0 };
                *count
            }
            None => Count::default(),
        }
    }

    /// The limit that one more recipient would exceed, and with the first one the message: the one that opens last.
    pub fn over_rate(&mut self, limits: &TenantLimits, now: Timestamp, is_first: bool) -> Option<Exceeded> {
        for window in Window::ALL.into_iter().rev() {
            let count = self.count(window, now);
            let used = count.messages.saturating_add(self.messages_aside);
            if let Some(number) = limits.messages.of(window).filter(|&number| is_first && used >= number) {
                return Some(Exceeded::Messages { number, window, opens: window.end(now) });
            }
            let used = count.recipients.saturating_add(self.recipients_aside);
            if let Some(number) = limits.recipients.of(window).filter(|&number| used >= number) {
                return Some(Exceeded::Recipients { number, window, opens: window.end(now) });
            }
        }
        None
    }

    /// Sets a recipient aside, and with the first one the message and the session.
    pub fn set_aside(&mut self, is_first: bool) {
        self.recipients_aside += 1;
        if is_first {
            self.messages_aside += 1;
            self.sessions += 1;
        }
    }

    /// Takes back what was set aside.
    pub fn take_back(&mut self, recipients: u64, with_message: bool) {
        self.recipients_aside = self.recipients_aside.saturating_sub(recipients);
        if with_message {
            self.messages_aside = self.messages_aside.saturating_sub(1);
            self.sessions = self.sessions.saturating_sub(1);
        }
    }

    /// Counts a message that was accepted.
    pub fn accepted(&mut self, recipients: u64, octets: u64, now: Timestamp) {
        for window in Window::ALL {
            self.count(window, now);
            if let Some(count) = self.counts.get_mut(window as usize) {
                count.messages = count.messages.saturating_add(1);
                count.recipients = count.recipients.saturating_add(recipients);
            }
        }
        if let Some((_, share)) = &mut self.share {
            share.messages = share.messages.saturating_add(1);
            share.octets = share.octets.saturating_add(octets);
        }
        self.changed = true;
    }

    /// The share of the queue, if it is known. None: whoever asks reads it, and meanwhile others take what was known before.
    pub fn share_to_ask(&mut self) -> Option<Share> {
        let now = Instant::now();
        match &mut self.share {
            Some((read_at, share)) if now.duration_since(*read_at) < SHARE_AGE => Some(*share),
            Some((read_at, _)) => {
                *read_at = now;
                None
            }
            None => None,
        }
    }

    /// The share was read.
    pub fn share_is(&mut self, share: Share) {
        self.share = Some((Instant::now(), share));
    }

    /// What is to be written; after that nothing is until more is accepted.
    pub fn take_records(&mut self, tenant: TenantId, now: Timestamp) -> Vec<UseRecord> {
        if !std::mem::take(&mut self.changed) {
            return Vec::new();
        }
        let record = |window| {
            let Count { start, messages, recipients } = self.count(window, now);
            UseRecord { tenant, window, start, messages, recipients }
        };
        Window::ALL.map(record).to_vec()
    }

    /// Whether nothing would be lost with it.
    pub fn is_idle(&self, now: Timestamp) -> bool {
        let busy = self.changed || self.sessions > 0 || self.recipients_aside > 0;
        let this_month = self.counts.last().is_some_and(|month| month.start == Window::Month.start(now));
        !busy && !this_month
    }
}
