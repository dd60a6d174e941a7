//! `send-connector`.

use core_directory::{Field, ObjectKind};

use super::{Examples, Flag, Kind, Value};

/// Send connectors.
pub const SEND_CONNECTOR: Kind = Kind {
    object: ObjectKind::SendConnector,
    command: "send-connector",
    noun: "send connector",
    nouns: "send connectors",
    a_noun: "a send connector",
    key: "send_connector",
    name_help: "The connector's name",
    flags: &[
        Flag { field: Field::Enabled, value: Value::Switch, help: "Whether it counts [default: true]" },
        Flag { field: Field::Comment, value: Value::Text("TEXT"), help: "For people" },
        Flag {
            field: Field::AddressSpaces,
            value: Value::List("DOMAIN;COST"),
            help: "Recipient domains that it takes, with a cost from 1 to 100; repeated or parted by commas [default: *;1]",
        },
        Flag {
            field: Field::SmartHosts,
            value: Value::List("HOST[:PORT]"),
            help: "Next hops, names or addresses, tried in turn; repeated or parted by commas",
        },
        Flag {
            field: Field::Tls,
            value: Value::Choice(&[
                "none",
                "opportunistic",
                "encryption-only",
                "certificate-validation",
                "domain-validation",
            ]),
            help: "What is demanded of the next hop [default: certificate-validation with smart hosts]",
        },
        Flag {
            field: Field::TlsDomain,
            value: Value::Text("NAME"),
            help: "With domain-validation: the name that the next hop's certificate must prove [default: the smart host's name]",
        },
        Flag {
            field: Field::Certificate,
            value: Value::Text("NAME"),
            help: "The tenant's certificate that is presented, by its name; '' for none",
        },
        Flag { field: Field::Fqdn, value: Value::Text("HOST"), help: "What EHLO says [default: the node's host name]" },
        Flag { field: Field::SourceAddress, value: Value::Text("ADDRESS"), help: "Local address to connect from" },
        Flag {
            field: Field::CutThrough,
            value: Value::Switch,
            help: "Offer incoming mail to the next hop while its client waits [default: true]",
        },
        Flag {
            field: Field::ProtocolLogging,
            value: Value::Choice(&["none", "verbose"]),
            help: "Whether its sessions are in the protocol logs [default: none]",
        },
    ],
    examples: Examples {
        add: "\
Examples:
  postwarden send-connector add 'Outbound to hub' --smart-hosts hub.example.net --tls domain-validation \\
      --certificate hq-2026
  postwarden send-connector add 'Own servers' --tenant contoso --address-spaces 'contoso.com;1,*.contoso.com;5' \\
      --smart-hosts mx1.contoso.com,mx2.contoso.com
  postwarden send-connector add Out --smart-hosts 192.0.2.25:2525 --tls encryption-only --dry-run",
        set: "\
Examples:
  postwarden send-connector set 'Outbound to hub' --certificate hq-2027
  postwarden send-connector set Out --smart-hosts mx1.example.org --smart-hosts mx2.example.org
  postwarden send-connector set Out --protocol-logging verbose
  postwarden send-connector set Out --name 'Outbound to hub'

What is not named stays as it is. Where somebody else changed the connector at the same time, nothing is changed, and \
both versions are shown.",
        list: "\
Examples:
  postwarden send-connector list
  postwarden send-connector list --tenant contoso --json",
        show: "\
Examples:
  postwarden send-connector show 'Outbound to hub'
  postwarden send-connector show Out --tenant contoso --json",
        remove: "\
Examples:
  postwarden send-connector remove Out              says what stops working, and asks
  postwarden send-connector remove Out --dry-run    says it, changes nothing
  postwarden send-connector remove Out --tenant contoso --yes

`postwarden send-connector set Out --enabled false` stops it and keeps it.",
    },
};
