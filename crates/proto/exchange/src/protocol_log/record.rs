//! One row of a protocol log.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;

use super::csv;

/// What a row is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// `+` a connection was made.
    Connect,
    /// `-` it ended.
    Disconnect,
    /// `>` the server that writes the log said it.
    Send,
    /// `<` its peer said it.
    Receive,
    /// `*` anything else.
    Information,
    /// A sign that is none of these, kept as it stands.
    Other(Cow<'a, str>),
}

/// One row: who said or did what in which session. The texts are free of control characters once they were written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// When, to the millisecond.
    pub at: Timestamp,
    /// `Outbound to Office 365` in Send logs, `SERVER\Default Frontend SERVER` in Receive logs.
    pub connector_id: Cow<'a, str>,
    /// 16 hexadecimal digits. Sessions interleave; rows of one belong together by this.
    pub session_id: Cow<'a, str>,
    /// Counts the rows of a session from 0. Real files repeat and skip numbers.
    pub sequence_number: u64,
    /// Address and port of the server that writes; empty before there is a connection. A text, since copies are masked.
    pub local_endpoint: Cow<'a, str>,
    /// Address and port of its peer.
    pub remote_endpoint: Cow<'a, str>,
    /// What the row is.
    pub event: Event<'a>,
    /// What was said, or values.
    pub data: Cow<'a, str>,
    /// What the data is, in words.
    pub context: Cow<'a, str>,
}

impl<'a> Event<'a> {
    const SIGNS: [(Event<'static>, &'static str); 5] = [
        (Event::Connect, "+"),
        (Event::Disconnect, "-"),
        (Event::Send, ">"),
        (Event::Receive, "<"),
        (Event::Information, "*"),
    ];

    /// The event of a sign. Any other text is kept.
    pub fn of_sign(sign: impl Into<Cow<'a, str>>) -> Self {
        let sign = sign.into();
        let known = Self::SIGNS.into_iter().find(|(_, known)| *known == sign);
        known.map_or(Self::Other(sign), |(event, _)| event)
    }

    /// Its sign.
    pub fn sign(&self) -> &str {
        match self {
            Self::Connect => "+",
            Self::Disconnect => "-",
            Self::Send => ">",
            Self::Receive => "<",
            Self::Information => "*",
            Self::Other(sign) => sign,
        }
    }

    fn into_owned(self) -> Event<'static> {
        Event::of_sign(self.sign().to_owned())
    }
}

impl Record<'_> {
    /// The row as one line with its CRLF. What would break it into several, or disturb a terminal, is shown by a stand-in.
    pub fn to_line(&self) -> String {
        // To be parsed back to the same instant, cut and not rounded to the millisecond.
        let mut line = format!("{:.3}", self.at);
        let sequence = self.sequence_number.to_string();
        let fields = [
            &*self.connector_id,
            &*self.session_id,
            &sequence,
            &*self.local_endpoint,
            &*self.remote_endpoint,
            self.event.sign(),
            &*self.data,
            &*self.context,
        ];
        for field in fields {
            line.push(',');
            csv::push_field(&mut line, field);
        }
        line.push_str("\r\n");
        line
    }

    /// The same, independent of the file that it was read from.
    pub fn into_owned(self) -> Record<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        Record {
            at: self.at,
            connector_id: owned(self.connector_id),
            session_id: owned(self.session_id),
            sequence_number: self.sequence_number,
            local_endpoint: owned(self.local_endpoint),
            remote_endpoint: owned(self.remote_endpoint),
            event: self.event.into_owned(),
            data: owned(self.data),
            context: owned(self.context),
        }
    }
}

impl fmt::Display for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sign())
    }
}
