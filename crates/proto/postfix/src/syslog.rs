//! Lines of syslog and journalctl: time, host, program with its process, message. Whoever pasted them may have put signs
//! before.

use crate::stamp::Stamp;

/// A line taken apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SyslogLine<'a> {
    /// When.
    pub(crate) stamp: Option<Stamp>,
    /// The machine.
    pub(crate) host: Option<&'a str>,
    /// `postfix/smtp`, `sm-mta`, `exim`.
    pub(crate) program: &'a str,
    /// The process's number.
    pub(crate) pid: &'a str,
    /// What it says.
    pub(crate) message: &'a str,
}

/// Most words that stand before the time in pasted lines: `(b)`, `>`, a container's name and a bar.
const MAX_LEAD: usize = 3;

impl<'a> SyslogLine<'a> {
    /// Reads a line whose program stands as `name[pid]:`.
    pub(crate) fn parse(line: &'a str) -> Option<Self> {
        let (before, message) = line.split_once("]: ")?;
        let (before, pid) = before.rsplit_once('[')?;
        let is_pid = !pid.is_empty() && pid.len() <= 10 && pid.bytes().all(|octet| octet.is_ascii_alphanumeric());
        let (lead, program) = before.rsplit_once(' ').unwrap_or(("", before));
        let is_program = !program.is_empty() && program.bytes().all(|octet| octet.is_ascii_graphic());
        if !is_pid || !is_program || lead.len() > 200 {
            return None;
        }
        let (stamp, host) = time_and_host(lead);
        Some(Self { stamp, host, program, pid, message })
    }
}

/// What stands before the program: signs, time, host.
fn time_and_host(lead: &str) -> (Option<Stamp>, Option<&str>) {
    // A stamp is followed by a blank, which was cut off where no host stands behind it.
    let mut rest = lead;
    for _ in 0..=MAX_LEAD {
        if let Some((stamp, host)) = Stamp::take(rest) {
            return (Some(stamp), host.split_whitespace().next_back());
        }
        match rest.split_once(' ') {
            Some((_, behind)) => rest = behind.trim_start(),
            None => break,
        }
    }
    (None, None)
}
