//! The lines with `#` at the top of a file.

use jiff::Timestamp;

/// Which side of the mail a log is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LogKind {
    /// Sessions that others opened.
    Receive,
    /// Sessions that the server opened.
    Send,
}

/// The columns, in the order in which they are written.
pub(super) const COLUMNS: [&str; 9] = [
    "date-time",
    "connector-id",
    "session-id",
    "sequence-number",
    "local-endpoint",
    "remote-endpoint",
    "event",
    "data",
    "context",
];

/// What real files of Exchange 2016 and 2019 say, whatever the build.
const VERSION: &str = "15.0.0.0";

impl LogKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Receive, Self::Send];

    /// The folder below the log directory.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Receive => "SmtpReceive",
            Self::Send => "SmtpSend",
        }
    }

    /// What file names begin with.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::Receive => "RECV",
            Self::Send => "SEND",
        }
    }

    fn log_type(self) -> &'static str {
        match self {
            Self::Receive => "SMTP Receive Protocol Log",
            Self::Send => "SMTP Send Protocol Log",
        }
    }

    /// The header of a file that is begun at this time, with its line ends. `software` is who writes it.
    pub fn header(self, software: &str, at: Timestamp) -> String {
        let (log_type, fields) = (self.log_type(), COLUMNS.join(","));
        format!(
            "#Software: {software}\r\n#Version: {VERSION}\r\n#Log-type: {log_type}\r\n#Date: {at:.3}\r\n#Fields: {fields}\r\n"
        )
    }
}

/// Who wrote a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// Exchange, of whatever version.
    Exchange,
    /// This program.
    Postwarden,
}

/// What a header says, each as it stands; what it lacks is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// `Microsoft Exchange Server`.
    pub software: String,
    /// `15.0.0.0`; 14 is Exchange 2010.
    pub version: String,
    /// `SMTP Send Protocol Log`.
    pub log_type: String,
    /// When the file was begun. The first row may be older, since rows are buffered.
    pub date: String,
    /// The columns; without the line, those that are usual.
    pub fields: Vec<String>,
}

impl Header {
    /// Takes a line that begins with `#`. Unknown ones are passed over.
    pub(super) fn take(&mut self, line: &str) {
        let Some((key, value)) = line.trim_start_matches('#').split_once(':') else { return };
        let value = value.trim();
        match key.trim().to_ascii_lowercase().as_str() {
            "software" => self.software = value.to_owned(),
            "version" => self.version = value.to_owned(),
            "log-type" => self.log_type = value.to_owned(),
            "date" => self.date = value.to_owned(),
            "fields" => self.fields = value.split(',').map(|name| name.trim().to_ascii_lowercase()).collect(),
            _ => {}
        }
    }

    /// Who wrote it, if the header says so: the name, a version may follow.
    pub fn writer(&self) -> Option<Writer> {
        let names = [("Microsoft Exchange", Writer::Exchange), ("Postwarden", Writer::Postwarden)];
        let writes = |name: &str| self.software.get(..name.len()).is_some_and(|own| own.eq_ignore_ascii_case(name));
        names.into_iter().find(|(name, _)| writes(name)).map(|(_, writer)| writer)
    }

    /// Which log it is, if the header says so.
    pub fn kind(&self) -> Option<LogKind> {
        LogKind::ALL.into_iter().find(|kind| self.log_type.eq_ignore_ascii_case(kind.log_type()))
    }
}
