//! How many files the process may have open: raised as far as it may be, since shells and service managers begin with 1,024,
//! which is less than the sessions that a node serves. Where it stays too low, fewer sessions are taken, so that clients get
//! an answer and attempts, databases and the admin socket keep what they need.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use service_reception::Limits;

/// Files beside sessions and kept connections: running attempts, databases, listeners, the admin socket.
const OTHERS: u64 = 500;

/// Limits that the system's bears.
#[derive(Debug, PartialEq, Eq)]
pub struct Fitting {
    /// With as many sessions as there is room for, at most those that were wished for.
    pub limits: Limits,
    /// A sentence with what to do, if they are fewer.
    pub attention: Option<String>,
}

/// Raises the system's limit as far as it may be, and says what fits into it.
pub fn fit(wanted: &Limits) -> Fitting {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    let allowed = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(error) => {
            tracing::debug!(%error, "the limit of open files stays as it is");
            limit.current
        }
    };
    fit_into(allowed, wanted)
}

/// No limit at all is `None`.
fn fit_into(allowed: Option<u64>, wanted: &Limits) -> Fitting {
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let others = count(service_outbound::MAX_IDLE).saturating_add(OTHERS);
    let needed = count(wanted.sessions).saturating_add(others);
    let Some(allowed) = allowed.filter(|allowed| *allowed < needed) else {
        return Fitting { limits: *wanted, attention: None };
    };
    // A limit below what the others may need at their most is shared evenly.
    let room = allowed.saturating_sub(others.min(allowed / 2));
    let sessions = usize::try_from(room).unwrap_or(usize::MAX).min(wanted.sessions);
    let attention = format!(
        "the system allows {allowed} open files, and {} sessions need {needed}: {sessions} sessions at a time are taken; raise \
         the hard limit (LimitNOFILE in the systemd unit, or `ulimit -Hn`) and restart, or lower `sessions` in [limits]",
        wanted.sessions
    );
    Fitting { limits: Limits { sessions, ..*wanted }, attention: Some(attention) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits() {
        let wanted = Limits { sessions: 2_000, ..Limits::default() };
        let check = |allowed, expected: usize| {
            let fitting = fit_into(allowed, &wanted);
            assert_eq!(fitting.limits.sessions, expected, "{allowed:?}");
            assert_eq!(fitting.attention.is_some(), expected < 2_000, "{allowed:?}");
        };
        check(None, 2_000);
        check(Some(524_288), 2_000);
        check(Some(3_500), 2_000);
        check(Some(3_499), 1_999);
        check(Some(1_024), 512);
        check(Some(20), 10);
    }
}
