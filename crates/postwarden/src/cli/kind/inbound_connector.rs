//! `inbound-connector`.

use core_directory::{Field, ObjectKind};

use super::{Examples, Flag, Kind, Value};

/// Inbound connectors.
pub const INBOUND_CONNECTOR: Kind = Kind {
    object: ObjectKind::InboundConnector,
    command: "inbound-connector",
    noun: "inbound connector",
    nouns: "inbound connectors",
    a_noun: "an inbound connector",
    key: "inbound_connector",
    name_help: "The connector's name",
    flags: &[
        Flag { field: Field::Enabled, value: Value::Switch, help: "Whether it counts [default: true]" },
        Flag { field: Field::Comment, value: Value::Text("TEXT"), help: "For people" },
        Flag {
            field: Field::Type,
            value: Value::Choice(&["on-premises", "partner"]),
            help: "Whether it says which servers are the tenant's own, or what is demanded of others that send to it",
        },
        Flag {
            field: Field::TlsSenderCertificateName,
            value: Value::Text("NAME"),
            help: "The name that the server's certificate must prove: mail.contoso.com or *.contoso.com",
        },
        Flag {
            field: Field::SenderIpAddresses,
            value: Value::List("ADDRESS"),
            help: "Addresses and ranges that the server may come from; repeated or parted by commas",
        },
        Flag {
            field: Field::PinnedCertificates,
            value: Value::List("SHA256"),
            help: "Thumbprints: the certificate must be one of these, and its chain and use are not asked for",
        },
        Flag {
            field: Field::SenderDomains,
            value: Value::List("DOMAIN"),
            help: "For which domains of MAIL FROM it is there: *, *.contoso.com, contoso.com [default: *]",
        },
        Flag {
            field: Field::AssociatedAcceptedDomains,
            value: Value::List("DOMAIN"),
            help: "MAIL FROM must be in one of these domains of the tenant",
        },
        Flag {
            field: Field::RequireTls,
            value: Value::Switch,
            help: "Refuse mail without TLS [default: true with a certificate name, else false]",
        },
        Flag {
            field: Field::RequireClientAuth,
            value: Value::Switch,
            help: "The certificate must be made for client authentication",
        },
        Flag {
            field: Field::RestrictDomainsToIpAddresses,
            value: Value::Switch,
            help: "Partner: mail in its scope must come from --sender-ip-addresses",
        },
        Flag {
            field: Field::RestrictDomainsToCertificate,
            value: Value::Switch,
            help: "Partner: mail in its scope must come with --tls-sender-certificate-name",
        },
        Flag {
            field: Field::AnySender,
            value: Value::Switch,
            help: "By address any sender passes, not only the tenant's domains: for devices and applications",
        },
    ],
    examples: Examples {
        add: "\
Examples:
  postwarden inbound-connector add 'Inbound from HQ' --tls-sender-certificate-name '*.contoso.com'
  postwarden inbound-connector add Printers --sender-ip-addresses 192.0.2.0/28,192.0.2.77 --any-sender
  postwarden inbound-connector add Fabrikam --tenant contoso --type partner --sender-domains fabrikam.com \\
      --sender-ip-addresses 198.51.100.7 --restrict-domains-to-ip-addresses
  postwarden inbound-connector add HQ --tls-sender-certificate-name mail.contoso.com --dry-run",
        set: "\
Examples:
  postwarden inbound-connector set HQ --enabled false
  postwarden inbound-connector set HQ --tls-sender-certificate-name mail.contoso.com
  postwarden inbound-connector set HQ --sender-ip-addresses 192.0.2.7,192.0.2.8    these alone
  postwarden inbound-connector set HQ --sender-ip-addresses ''                     none
  postwarden inbound-connector set HQ --name 'Inbound from HQ'

What is not named stays as it is. Where somebody else changed the connector at the same time, nothing is changed, and \
both versions are shown.",
        list: "\
Examples:
  postwarden inbound-connector list
  postwarden inbound-connector list --tenant contoso --json",
        show: "\
Examples:
  postwarden inbound-connector show 'Inbound from HQ'
  postwarden inbound-connector show HQ --tenant contoso --json",
        remove: "\
Examples:
  postwarden inbound-connector remove HQ              says what stops working, and asks
  postwarden inbound-connector remove HQ --dry-run    says it, changes nothing
  postwarden inbound-connector remove HQ --tenant contoso --yes

`postwarden inbound-connector set HQ --enabled false` stops it and keeps it.",
    },
};
