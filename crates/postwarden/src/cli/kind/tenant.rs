//! `tenant`.

use core_directory::{Field, ObjectKind};

use super::{Examples, Flag, Kind, Value};

/// Tenants.
pub const TENANT: Kind = Kind {
    object: ObjectKind::Tenant,
    command: "tenant",
    noun: "tenant",
    nouns: "tenants",
    a_noun: "a tenant",
    key: "tenant",
    name_help: "The tenant's name",
    flags: &[
        Flag {
            field: Field::RejectDirectSend,
            value: Value::Switch,
            help: "Refuse mail to it that comes from a domain of its own and not through a connector of its own",
        },
        Flag {
            field: Field::TrustedRoots,
            value: Value::RootFiles,
            help: "PEM file of an authority of its own, which proves names to its inbound connectors alone; may be repeated",
        },
        Flag {
            field: Field::Suspended,
            value: Value::Switch,
            help: "Its mail waits, in both directions; `tenant suspend` and `tenant resume` say the same",
        },
        Flag {
            field: Field::MessagesPerMinute,
            value: Value::Number,
            help: "Most messages that are accepted of or for it in a minute of UTC",
        },
        Flag { field: Field::MessagesPerHour, value: Value::Number, help: "In an hour" },
        Flag { field: Field::MessagesPerDay, value: Value::Number, help: "In a day" },
        Flag { field: Field::MessagesPerMonth, value: Value::Number, help: "In a calendar month" },
        Flag {
            field: Field::RecipientsPerMinute,
            value: Value::Number,
            help: "Most recipients that these messages have together, in a minute",
        },
        Flag { field: Field::RecipientsPerHour, value: Value::Number, help: "In an hour" },
        Flag { field: Field::RecipientsPerDay, value: Value::Number, help: "In a day" },
        Flag { field: Field::RecipientsPerMonth, value: Value::Number, help: "In a calendar month" },
        Flag { field: Field::MaxSessions, value: Value::Number, help: "Most sessions that carry its mail at one time" },
        Flag { field: Field::MaxQueuedMessages, value: Value::Number, help: "Most of its messages in the queue" },
        Flag { field: Field::MaxMessageSize, value: Value::Size, help: "Largest message, such as 25MB" },
        Flag {
            field: Field::MaxQueuedSize,
            value: Value::Size,
            help: "Most that its messages in the queue take together, such as 2GB",
        },
        Flag {
            field: Field::OverLimit,
            value: Value::Choice(&["refuse", "hold"]),
            help: "What becomes of mail above the numbers for a time: it is put off, or accepted and held [default: refuse]",
        },
    ],
    examples: Examples {
        add: "\
Examples:
  postwarden tenant add contoso
  postwarden tenant add contoso --reject-direct-send --trusted-roots company-ca.pem
  postwarden tenant add contoso --messages-per-day 20000 --max-message-size 25MB",
        set: "\
Examples:
  postwarden tenant set contoso --reject-direct-send
  postwarden tenant set contoso --reject-direct-send false
  postwarden tenant set contoso --name contoso-eu
  postwarden tenant set contoso --messages-per-hour 5000 --over-limit hold
  postwarden tenant set contoso --messages-per-hour none
  postwarden tenant set contoso --trusted-roots old-ca.pem --trusted-roots new-ca.pem
  postwarden tenant set contoso --trusted-roots ''      none any more",
        list: "\
Examples:
  postwarden tenant list
  postwarden tenant list --json",
        show: "\
Examples:
  postwarden tenant show contoso
  postwarden tenant show contoso --json",
        remove: "\
Examples:
  postwarden tenant remove contoso              says what goes with it, and asks
  postwarden tenant remove contoso --dry-run    says it, changes nothing
  postwarden tenant remove contoso --yes

All that it has goes with it: domains, certificates, connectors. `postwarden tenant suspend` stops its mail and keeps \
everything.",
    },
};
