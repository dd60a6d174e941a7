//! A log of one of the three, line by line. Lines of other programs are passed over.

use crate::delivery::{Delivery, Program, Quoted};
use crate::join::Join;
use crate::syslog::SyslogLine;
use crate::{exim, postfix, sendmail};

/// Longest line that is looked at, in octets: syslog cuts at 1 to 8 KiB.
const MAX_LINE: usize = 16 * 1024;

/// Reads a log.
#[derive(Debug, Default)]
pub struct LogReader {
    pub(crate) messages: Join<Message>,
    pub(crate) sessions: Join<postfix::Summary>,
}

/// What is known of a message.
#[derive(Clone, Debug, Default)]
pub(crate) struct Message {
    pub(crate) sender: Option<(String, Quoted)>,
    /// Domain of the first recipient.
    pub(crate) domain: Option<String>,
    pub(crate) several_domains: bool,
}

/// Whose line it is, if it is one of a log.
#[must_use]
pub fn program(line: &str) -> Option<Program> {
    if let Some(syslog) = SyslogLine::parse(line) {
        return of_syslog(&syslog);
    }
    exim::Line::parse(line).map(|_| Program::Exim)
}

fn of_syslog(line: &SyslogLine<'_>) -> Option<Program> {
    let name = line.program;
    if name.starts_with("postfix") && name.contains('/') {
        Some(Program::Postfix)
    } else if matches!(name, "sendmail" | "sm-mta" | "sm-que" | "sm-msp-queue") {
        Some(Program::Sendmail)
    } else if name.starts_with("exim") {
        Some(Program::Exim)
    } else {
        None
    }
}

impl LogReader {
    /// Takes the next line, without its end, with its number from 1.
    pub fn line(&mut self, number: u64, line: &str) -> Option<Delivery> {
        let line = line.get(..line.floor_char_boundary(MAX_LINE)).unwrap_or_default();
        let quoted = Quoted { line: number, text: line.to_owned() };
        let Some(syslog) = SyslogLine::parse(line) else {
            return exim::Line::parse(line).and_then(|own| exim::delivery(self, &own, quoted, None));
        };
        let mut delivery = match of_syslog(&syslog)? {
            Program::Postfix => postfix::delivery(self, &syslog, quoted),
            Program::Sendmail => sendmail::delivery(self, &syslog, quoted),
            Program::Exim => {
                exim::Line::parse(syslog.message).and_then(|own| exim::delivery(self, &own, quoted, syslog.host))
            }
        }?;
        delivery.stamp = delivery.stamp.or(syslog.stamp);
        Some(delivery)
    }

    /// Notes MAIL FROM of a message.
    pub(crate) fn sender(&mut self, id: &str, sender: &str, quoted: Quoted) {
        self.messages.put(id, Message { sender: Some((sender.to_owned(), quoted)), ..Message::default() });
    }

    /// Adds what is known of the message, and remembers its recipient.
    pub(crate) fn complete(&mut self, delivery: &mut Delivery) {
        let domain = delivery.recipient.as_deref().and_then(|recipient| recipient.rsplit_once('@'));
        let domain = domain.map(|(_, domain)| domain.to_ascii_lowercase());
        if self.messages.get(&delivery.id).is_none() {
            self.messages.put(&delivery.id, Message::default());
        }
        let Some(message) = self.messages.get(&delivery.id) else { return };
        message.several_domains |= message.domain.is_some() && domain.is_some() && message.domain != domain;
        message.domain = message.domain.take().or(domain);
        delivery.several_domains = message.several_domains;
        if let (None, Some((sender, line))) = (&delivery.sender, &message.sender) {
            delivery.sender = Some(sender.clone());
            delivery.sender_line = Some(line.clone());
        }
    }
}

/// The value of `key=value` or `key=<value>` in a list divided by commas; a value ends at the comma before the next key.
pub(crate) fn value<'a>(list: &'a str, key: &str) -> Option<&'a str> {
    let start = if list.starts_with(key) { 0 } else { list.find(&format!(" {key}"))? + 1 };
    let rest = list.get(start + key.len()..)?;
    match rest.strip_prefix('<') {
        Some(path) => path.split_once('>').map(|(path, _)| path),
        None => Some(rest.split_once(", ").map_or(rest, |(value, _)| value)),
    }
}
