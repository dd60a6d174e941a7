//! Protocol logs as an organisation with several Exchange servers has them, of any size, the same in every run: hourly files,
//! interleaved sessions, the three forms of certificate records, certificates that change, and refusals after that.

mod chance;
mod conversation;
mod server;

use std::fs;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use proto_exchange::protocol_log::{LogFileName, Record};

use chance::Chance;
use conversation::Conversation;
use server::{SERVERS, Server};

/// Octets after which a file of the hour is followed by another, as Exchange has it by default.
const MAX_FILE_SIZE: u64 = 10_000_000;

/// Sessions that are going on at once on one server.
const AT_ONCE: usize = 12;

/// When the logs begin.
const BEGIN: &str = "2026-11-02T06:00:00Z";

/// Writes logs of about so many octets into a folder, one folder a server and log. Returns the octets written.
///
/// # Errors
/// What the system says of files.
pub fn write_logs(folder: &Path, size: u64) -> io::Result<u64> {
    let share = size / SERVERS.len() as u64;
    let mut written = 0;
    for (number, server) in (0..).zip(SERVERS) {
        let folder = folder.join(server.name).join(server.kind.folder());
        fs::create_dir_all(&folder)?;
        written += Writer::new(server, number).write(&folder, share)?;
    }
    Ok(written)
}

/// One log of one server.
struct Writer<'a> {
    server: &'a Server,
    chance: Chance,
    now: Timestamp,
    sessions: Vec<Conversation>,
}

impl<'a> Writer<'a> {
    fn new(server: &'a Server, number: u64) -> Self {
        let now = BEGIN.parse().unwrap_or(Timestamp::UNIX_EPOCH);
        Self { server, chance: Chance::new(number), now, sessions: Vec::new() }
    }

    fn write(&mut self, folder: &Path, size: u64) -> io::Result<u64> {
        let mut total = 0;
        while total < size {
            let name = self.free_name(folder);
            let mut file = BufWriter::with_capacity(1 << 20, fs::File::create(folder.join(name.to_string()))?);
            let most = MAX_FILE_SIZE.min(size - total);
            let mut written = 0;
            // A file ends in the middle of sessions, when it is full or its hour is over.
            while written < most && name.is_for(self.now) {
                let text = match written {
                    0 => self.header(),
                    _ => self.row(total + written, size),
                };
                file.write_all(text.as_bytes())?;
                written += text.len() as u64;
            }
            file.flush()?;
            total += written;
        }
        Ok(total)
    }

    /// The first name of this hour that is not taken.
    fn free_name(&self, folder: &Path) -> LogFileName {
        let names = (1..).map(|number| LogFileName::new(self.server.kind, self.now, number));
        let mut free = names.filter(|name| !folder.join(name.to_string()).exists());
        free.next().unwrap_or_else(|| LogFileName::new(self.server.kind, self.now, u32::MAX))
    }

    fn header(&self) -> String {
        self.server.kind.header("Microsoft Exchange Server", self.now)
    }

    /// The next row of one of the sessions; `done` octets of `size` are written.
    fn row(&mut self, done: u64, size: u64) -> String {
        self.now = self.now.checked_add(SignedDuration::from_millis(self.chance.below(40) as i64)).unwrap_or(self.now);
        while self.sessions.len() < AT_ONCE {
            self.sessions.push(Conversation::new(self.server, &mut self.chance, done, size));
        }
        let at = self.chance.below(AT_ONCE as u64) as usize;
        let Some(session) = self.sessions.get_mut(at) else { return String::new() };
        let (number, row) = session.next_row();
        let record = Record {
            at: self.now,
            connector_id: self.server.connector.into(),
            session_id: session.id().into(),
            sequence_number: number,
            local_endpoint: session.local().into(),
            remote_endpoint: session.remote().into(),
            event: row.event,
            data: row.data.into(),
            context: row.context.into(),
        };
        let line = record.to_line();
        if session.is_over() {
            self.sessions.swap_remove(at);
        }
        line
    }
}
