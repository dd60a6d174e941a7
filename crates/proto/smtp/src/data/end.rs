//! What a message came to when it has been read to its end, by DATA or by BDAT, and the reply that it must get for it.

use thiserror::Error;

use crate::reply::Reply;

/// Something that SMTP forbids in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DataFault {
    /// An LF that no CR precedes.
    #[error("bare LF")]
    BareLf,
    /// A CR that no LF follows.
    #[error("bare CR")]
    BareCr,
    /// A NUL.
    #[error("NUL")]
    Nul,
}

/// The first place of each fault, in octets of the decoded body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DataFaults {
    /// The first bare LF.
    pub bare_lf: Option<u64>,
    /// The first bare CR.
    pub bare_cr: Option<u64>,
    /// The first NUL.
    pub nul: Option<u64>,
}

impl DataFaults {
    /// The fault that came first, and its place.
    #[must_use]
    pub fn first(&self) -> Option<(DataFault, u64)> {
        let all = [(DataFault::BareLf, self.bare_lf), (DataFault::BareCr, self.bare_cr), (DataFault::Nul, self.nul)];
        all.into_iter().filter_map(|(fault, at)| at.map(|at| (fault, at))).min_by_key(|&(_, at)| at)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.first().is_none()
    }

    pub(super) fn note(&mut self, fault: DataFault, at: u64) {
        let place = match fault {
            DataFault::BareLf => &mut self.bare_lf,
            DataFault::BareCr => &mut self.bare_cr,
            DataFault::Nul => &mut self.nul,
        };
        place.get_or_insert(at);
    }
}

/// What one message came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DataEnd {
    /// Octets of the decoded body, CRLFs counted, stuffed dots and the end not (RFC 1870 §5).
    pub size: u64,
    /// The limit, if the size exceeds it.
    pub over_limit: Option<u64>,
    /// What was wrong.
    pub faults: DataFaults,
    /// Octets of the longest line, its CRLF counted.
    pub longest_line: u64,
}

impl DataEnd {
    /// The reply that this message must get, if it cannot be accepted.
    #[must_use]
    pub fn refusal(&self) -> Option<Reply> {
        if let Some((fault, at)) = self.faults.first() {
            let text =
                format!("Message refused: {fault} at octet {at}; lines must end in CRLF and hold no CR, LF or NUL");
            return Some(Reply::with_status(550, (5, 6, 11), text));
        }
        self.over_limit.map(|limit| {
            let text = format!("Message of {} octets exceeds the limit of {limit}", self.size);
            Reply::with_status(552, (5, 3, 4), text)
        })
    }
}
