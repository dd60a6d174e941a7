//! How many files the process may have open: raised as far as it may be, since shells and service managers begin with 1,024,
//! which is less than the sessions that a node serves.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use service_reception::Limits;

/// Files beside sessions and kept connections: running attempts, databases, listeners, the admin socket.
const OTHERS: u64 = 500;

/// Raises the limit. A sentence with what to do, if it stays too low for the node's own limits.
pub fn raise(limits: &Limits) -> Option<String> {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    let current = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(error) => {
            tracing::debug!(%error, "the limit of open files stays as it is");
            limit.current
        }
    };
    too_few(current, needed(limits))
}

fn needed(limits: &Limits) -> u64 {
    let connections = limits.sessions.saturating_add(service_outbound::MAX_IDLE);
    u64::try_from(connections).unwrap_or(u64::MAX).saturating_add(OTHERS)
}

/// No limit at all is `None`.
fn too_few(current: Option<u64>, needed: u64) -> Option<String> {
    let current = current.filter(|current| *current < needed)?;
    Some(format!(
        "the system allows {current} open files, and a full node needs {needed}: raise the hard limit (LimitNOFILE in the \
         systemd unit, or `ulimit -Hn`), or connections will be refused under load"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_few() {
        let check = |current, expected: bool| assert_eq!(too_few(current, 3500).is_some(), expected, "{current:?}");
        check(None, false);
        check(Some(524_288), false);
        check(Some(3500), false);
        check(Some(3499), true);
    }
}
