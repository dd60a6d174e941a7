//! `domain`.

use core_directory::{Field, ObjectKind};

use super::{Examples, Flag, Kind, Value};

/// Accepted domains.
pub const DOMAIN: Kind = Kind {
    object: ObjectKind::Domain,
    command: "domain",
    noun: "domain",
    nouns: "domains",
    a_noun: "a domain",
    key: "domain",
    name_help: "The domain",
    flags: &[
        Flag {
            field: Field::Type,
            value: Value::Choice(&["authoritative", "internal-relay"]),
            help: "Whether all its recipients are the tenant's, or some are elsewhere",
        },
        Flag { field: Field::MatchSubdomains, value: Value::Switch, help: "The domains below it are held too" },
        Flag {
            field: Field::Verified,
            value: Value::Switch,
            help: "It is the tenant's: the operator's word. Only verified domains count",
        },
    ],
    examples: Examples {
        add: "\
Examples:
  postwarden domain add contoso.com
  postwarden domain add contoso.com --tenant contoso --verified
  postwarden domain add contoso.com --match-subdomains --type internal-relay",
        set: "\
Examples:
  postwarden domain set contoso.com --verified
  postwarden domain set contoso.com --match-subdomains false --tenant contoso",
        list: "\
Examples:
  postwarden domain list
  postwarden domain list --tenant contoso --json",
        show: "\
Examples:
  postwarden domain show contoso.com
  postwarden domain show contoso.com --tenant contoso --json",
        remove: "\
Examples:
  postwarden domain remove contoso.com              says what stops working, and asks
  postwarden domain remove contoso.com --dry-run    says it, changes nothing
  postwarden domain remove contoso.com --tenant contoso --yes",
    },
};
