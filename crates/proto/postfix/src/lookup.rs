//! Lists in the values of settings, and the tables that they name: `hash:/etc/postfix/transport`, `inline:{a=b, {c = d e}}`,
//! `static:x`, `proxy:hash:/etc/x`, `!192.0.2.1`, `/etc/postfix/networks` (postconf(5), DATABASE_README).

use crate::table::TableEntry;

/// An item of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A value as it stands there.
    Plain(String),
    /// A table.
    Table(Lookup),
    /// A file whose lines are items.
    File(String),
    /// What stands behind an exclamation mark: it is excepted from what follows.
    Not(String),
}

/// A table that is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// A file of keys and values: its path. `hash`, `lmdb`, `texthash` and the like.
    Keys(String),
    /// A file of networks and values: its path.
    Networks(String),
    /// The entries themselves.
    Inline(Vec<TableEntry>),
    /// One value for every key.
    Static(String),
    /// A table that cannot be read as text, or whose keys are patterns: its type and name.
    Other(String, String),
}

/// Types whose source is a text of keys and values.
const KEYS: [&str; 8] = ["hash", "texthash", "lmdb", "btree", "cdb", "dbm", "sdbm", "fail"];

/// Most items of a list.
const MAX_ITEMS: usize = 10_000;

/// Splits a list at commas and blanks outside of braces, and says what each item is.
#[must_use]
pub fn items(value: &str) -> Vec<Item> {
    split(value).into_iter().take(MAX_ITEMS).map(item).collect()
}

fn item(text: &str) -> Item {
    if let Some(rest) = text.strip_prefix('!') {
        return Item::Not(rest.to_owned());
    }
    if text.starts_with('/') {
        return Item::File(text.to_owned());
    }
    match Lookup::parse(text) {
        Some(lookup) => Item::Table(lookup),
        None => Item::Plain(text.to_owned()),
    }
}

impl Lookup {
    /// Reads `type:name`. `None`: the text is none, such as an IPv6 address or a host with a port.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, name) = text.split_once(':')?;
        let is_type = kind.len() > 1 && kind.bytes().all(|octet| octet.is_ascii_lowercase() || octet == b'-');
        if !is_type {
            return None;
        }
        Some(match kind {
            // A table behind a server, or looked up in between: the table itself is the same.
            "proxy" | "memcache" if name.contains(':') => return Self::parse(name),
            kind if KEYS.contains(&kind) => Self::Keys(name.to_owned()),
            "cidr" => Self::Networks(name.to_owned()),
            "inline" => Self::Inline(inline(name)),
            "static" => Self::Static(unbraced(name).to_owned()),
            // What names a file, or something in braces, is a table; `host:25` is none.
            _ if name.starts_with(['/', '{', '$']) => Self::Other(kind.to_owned(), name.to_owned()),
            "ldap" | "mysql" | "pgsql" | "sqlite" | "nis" | "nisplus" | "tcp" | "socketmap" | "unix" | "environ"
            | "internal" | "randmap" | "regexp" | "pcre" => Self::Other(kind.to_owned(), name.to_owned()),
            _ => return None,
        })
    }

    /// The path of the file that the table is made from.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::Keys(path) | Self::Networks(path) => Some(path),
            Self::Other(kind, path) if matches!(&**kind, "regexp" | "pcre") => Some(path),
            Self::Inline(_) | Self::Static(_) | Self::Other(..) => None,
        }
    }
}

/// `{a=b, {c = d e}}`.
fn inline(text: &str) -> Vec<TableEntry> {
    let entry = |item: &str| {
        let (key, value) = unbraced(item).split_once('=')?;
        Some(TableEntry { key: key.trim().to_owned(), value: value.trim().to_owned(), line: 0 })
    };
    split(unbraced(text)).into_iter().take(MAX_ITEMS).filter_map(entry).collect()
}

fn unbraced(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).map_or(text, str::trim)
}

/// Splits at commas and blanks outside of braces.
fn split(text: &str) -> Vec<&str> {
    let (mut items, mut start, mut depth) = (Vec::new(), 0, 0_usize);
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            c if depth == 0 && (c == ',' || c.is_whitespace()) => {
                items.push(text.get(start..at).unwrap_or_default());
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    items.push(text.get(start..).unwrap_or_default());
    items.retain(|item| !item.is_empty());
    items
}
