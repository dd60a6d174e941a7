//! A filter as a statement: only the conditions that were asked for stand in it, so that SQLite can choose an index for them.

use io_store::{DestinationFilter, MAX_QUEUE_PAGE, MessageId, QueueFilter, ReplyFilter, Scope, SenderFilter};
use rusqlite::types::Value;
use rusqlite::{Connection, ParamsFromIter, params_from_iter};

use super::rows::domain_key;
use crate::columns::{micros, number, owner, read_number};

/// The conditions of one filter and what stands for their question marks.
pub struct Selection {
    conditions: Vec<String>,
    values: Vec<Value>,
    limit: usize,
}

impl Selection {
    /// What a filter asks for in a scope.
    pub fn of(scope: Scope, filter: &QueueFilter) -> Self {
        let limit = filter.limit.min(MAX_QUEUE_PAGE);
        let mut selection = Self { conditions: Vec::new(), values: Vec::new(), limit };
        selection.add("id > ?", Some(filter.after.map_or(-1, |after| number(after.0))));
        selection.add("tenant = ?", owner(scope));
        selection.add("tenant = ?", filter.tenant.map(|tenant| number(tenant.0)));
        selection.add("send_connector = ?", filter.connector.map(|connector| number(connector.0)));
        selection.add("(hold IS NOT NULL) = ?", filter.held.map(i64::from));
        selection.add("reference = ? COLLATE NOCASE", filter.reference.clone());
        selection.add("accepted_at < ?", filter.accepted_before.map(micros));
        selection.add("accepted_at >= ?", filter.accepted_since.map(micros));
        filter.destination.iter().for_each(|destination| selection.destination(destination));
        filter.sender.iter().for_each(|sender| selection.sender(sender));
        filter.last_reply.iter().for_each(|reply| selection.last_reply(reply));
        selection
    }

    /// The statement for a page of these columns.
    pub fn page(&self, columns: &str) -> String {
        let conditions = self.conditions.join(" AND ");
        format!("SELECT {columns} FROM message WHERE {conditions} ORDER BY id LIMIT {}", self.limit)
    }

    /// The statement that counts all pages.
    fn count(&self) -> String {
        format!("SELECT count(*) FROM message WHERE {}", self.conditions.join(" AND "))
    }

    /// What stands for the question marks.
    pub fn bounds(&self) -> ParamsFromIter<&[Value]> {
        params_from_iter(&self.values)
    }

    fn add(&mut self, condition: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.conditions.push(condition.to_owned());
            self.values.push(value.into());
        }
    }

    fn destination(&mut self, destination: &DestinationFilter) {
        match destination {
            DestinationFilter::Exactly(domain) => self.add(
                "id IN (SELECT message FROM recipient WHERE state = 0 AND domain_key = ?)",
                Some(domain_key(domain)),
            ),
            // What begins with the key and goes on; behind the dot the slash comes next.
            DestinationFilter::Below(domain) => {
                let key = domain_key(domain);
                let end = key.strip_suffix('.').unwrap_or(&key).to_owned() + "/";
                let condition =
                    "id IN (SELECT message FROM recipient WHERE state = 0 AND domain_key > ? AND domain_key < ?)";
                self.add(condition, Some(key));
                self.values.push(end.into());
            }
        }
    }

    fn sender(&mut self, sender: &SenderFilter) {
        match sender {
            SenderFilter::Null => self.conditions.push("reverse_path IS NULL".to_owned()),
            SenderFilter::Address(address) => self.add("lower(reverse_path) = lower(?)", Some(address.clone())),
            SenderFilter::Domain(domain) => {
                let behind = format!("@{domain}");
                self.add("lower(substr(reverse_path, -length(?))) = ?", Some(behind.clone()));
                self.values.push(behind.into());
            }
        }
    }

    /// The message's last reply, or that of a recipient that is pending. It lies as `451 4.7.1 text`.
    fn last_reply(&mut self, reply: &ReplyFilter) {
        let (matches, text) = match reply {
            ReplyFilter::Code(code) => ("substr(last_reply || ' ', 1, length(?)) = ?", format!("{code} ")),
            ReplyFilter::Status(status) if status.ends_with('.') => {
                ("substr(last_reply, 5, length(?)) = ?", status.clone())
            }
            ReplyFilter::Status(status) => ("substr(last_reply || ' ', 5, length(?)) = ?", format!("{status} ")),
            ReplyFilter::Text(text) => ("instr(lower(last_reply), lower(?)) > 0", text.clone()),
        };
        self.conditions.push(format!(
            "({matches} OR EXISTS (SELECT 1 FROM recipient WHERE message = message.id AND state = 0 AND {matches}))"
        ));
        let marks = 2 * matches.matches('?').count();
        self.values.extend(std::iter::repeat_n(Value::from(text), marks));
    }
}

/// The messages of a page.
pub fn ids(connection: &Connection, scope: Scope, filter: &QueueFilter) -> rusqlite::Result<Vec<MessageId>> {
    let selection = Selection::of(scope, filter);
    let mut statement = connection.prepare_cached(&selection.page("id"))?;
    let rows = statement.query_map(selection.bounds(), |row| read_number(row, 0).map(MessageId))?;
    rows.collect()
}

/// How many messages all pages have.
pub fn count(connection: &Connection, scope: Scope, filter: &QueueFilter) -> rusqlite::Result<u64> {
    let selection = Selection::of(scope, filter);
    let mut statement = connection.prepare_cached(&selection.count())?;
    statement.query_row(selection.bounds(), |row| read_number(row, 0))
}
