//! What the command line knows of each kind of object: its words, its flags, its examples. Flags are the directory file's
//! keys with dashes; a test holds them to what the file is written with.

mod certificate;
mod domain;
mod inbound_connector;
mod send_connector;
mod tenant;

#[cfg(test)]
mod tests;

use core_directory::{Field, ObjectKind};

pub use self::certificate::CERTIFICATE;
pub use self::domain::DOMAIN;
pub use self::inbound_connector::INBOUND_CONNECTOR;
pub use self::send_connector::SEND_CONNECTOR;
pub use self::tenant::TENANT;

/// A kind of object.
#[derive(Debug)]
pub struct Kind {
    /// Which.
    pub object: ObjectKind,
    /// The command.
    pub command: &'static str,
    /// The kind in plain words, in singular.
    pub noun: &'static str,
    /// The same in plural.
    pub nouns: &'static str,
    /// With its article.
    pub a_noun: &'static str,
    /// The key of its list in the directory file.
    pub key: &'static str,
    /// What NAME is.
    pub name_help: &'static str,
    /// All fields but the name, in the directory file's order.
    pub flags: &'static [Flag],
    /// Examples of `add`, `set`, `list`, `show` and `remove`, and what is to be said beside them.
    pub examples: Examples,
}

/// What the help of each action ends with.
#[derive(Debug)]
pub struct Examples {
    /// Of `add`.
    pub add: &'static str,
    /// Of `set`.
    pub set: &'static str,
    /// Of `list`.
    pub list: &'static str,
    /// Of `show`.
    pub show: &'static str,
    /// Of `remove`.
    pub remove: &'static str,
}

/// A field as a flag.
#[derive(Debug)]
pub struct Flag {
    /// The field, whose key with dashes is the flag.
    pub field: Field,
    /// What may stand behind it.
    pub value: Value,
    /// What it says.
    pub help: &'static str,
}

/// What may stand behind a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing, `true` or `false`; nothing is `true`.
    Switch,
    /// Text, by the name it has in help; empty for none.
    Text(&'static str),
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Several texts, by the name that one has in help: the flag repeated, or parted by commas; empty for none.
    List(&'static str),
    /// A whole number; `none` for no limit.
    Number,
    /// A number of octets, or one with a unit such as `25MB`; `none` for no limit.
    Size,
    /// A file with a certificate and its intermediates.
    CertificateFile,
    /// A file with a private key.
    KeyFile,
    /// Files with certificates of authorities, the flag repeated; empty for none.
    RootFiles,
}

impl Kind {
    /// The kind of this object.
    pub fn of(object: ObjectKind) -> &'static Self {
        match object {
            ObjectKind::Tenant => &TENANT,
            ObjectKind::Domain => &DOMAIN,
            ObjectKind::Certificate => &CERTIFICATE,
            ObjectKind::InboundConnector => &INBOUND_CONNECTOR,
            ObjectKind::SendConnector => &SEND_CONNECTOR,
        }
    }

    /// Whether objects of this kind belong to a tenant, and are none.
    pub fn is_in_tenant(&self) -> bool {
        self.object != ObjectKind::Tenant
    }

    /// Whether an object may get another name. A domain is its name.
    pub fn can_be_renamed(&self) -> bool {
        self.object != ObjectKind::Domain
    }
}

impl Flag {
    /// The flag without its two dashes.
    pub fn long(&self) -> String {
        dashed(self.field)
    }
}

/// A field's key with dashes.
pub fn dashed(field: Field) -> String {
    field.key().replace('_', "-")
}
