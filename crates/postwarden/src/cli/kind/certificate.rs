//! `certificate`: those that send connectors present.

use core_directory::{Field, ObjectKind};

use super::{Examples, Flag, Kind, Value};

/// Certificates with their keys.
pub const CERTIFICATE: Kind = Kind {
    object: ObjectKind::Certificate,
    command: "certificate",
    noun: "certificate",
    nouns: "certificates",
    a_noun: "a certificate",
    key: "certificate",
    name_help: "The certificate's name, by which send connectors name it",
    flags: &[
        Flag {
            field: Field::Certificate,
            value: Value::CertificateFile,
            help: "PEM file with the certificate and its intermediates",
        },
        Flag {
            field: Field::Key,
            value: Value::KeyFile,
            help: "PEM file with its private key [default: that in the certificate's file]",
        },
    ],
    examples: Examples {
        add: "\
Examples:
  postwarden certificate add hq-2026 --certificate fullchain.pem --key privkey.pem
  postwarden certificate add hq-2026 --tenant contoso --certificate fullchain.pem --key privkey.pem

The files are read once and kept by the server, the key too, which it never shows again.",
        set: "\
Examples:
  postwarden certificate set hq-2026 --certificate fullchain.pem --key privkey.pem    after a renewal
  postwarden certificate set hq-2026 --name hq

Send connectors present the new one from their next connection on. They follow a new name.",
        list: "\
Examples:
  postwarden certificate list
  postwarden certificate list --tenant contoso --json",
        show: "\
Examples:
  postwarden certificate show hq-2026
  postwarden certificate show hq-2026 --tenant contoso --json",
        remove: "\
Examples:
  postwarden certificate remove hq-2025              says what stops working, and asks
  postwarden certificate remove hq-2025 --dry-run    says it, changes nothing
  postwarden certificate remove hq-2025 --tenant contoso --yes

One that a send connector presents stays: give the connector another one first.",
    },
};
