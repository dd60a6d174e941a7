//! What settings mean here that are nothing of the directory. A name with a star stands for those that begin so.

use crate::account::Outcome;

/// Settings on which nothing here depends, and why.
const WITHOUT_MEANING: &[(&str, &[&str])] = &[
    (
        "where Postfix's own files and programs are, and who they belong to",
        &[
            "*_directory",
            "*_path",
            "mail_owner",
            "setgid_group",
            "compatibility_level",
            "mail_version",
            "mail_release_date",
            "import_environment",
            "export_environment",
            "debugger_command",
            "debug_peer_*",
            "default_privs",
            "syslog_*",
            "maillog_*",
            "default_database_type",
            "tls_random_source",
            "smtp_tls_session_cache_database",
            "smtpd_tls_session_cache_database",
        ],
    ),
    (
        "delivery to mailboxes: the relay has none",
        &[
            "alias_maps",
            "alias_database",
            "mailbox_*",
            "mail_spool_*",
            "home_mailbox",
            "biff",
            "local_*",
            "virtual_mailbox_base",
            "virtual_mailbox_maps",
            "virtual_mailbox_limit",
            "virtual_uid_maps",
            "virtual_gid_maps",
            "virtual_transport",
            "virtual_minimum_uid",
            "recipient_delimiter",
            "forward_path",
            "luser_relay",
            "fallback_transport",
            "unknown_local_recipient_reject_code",
            "message_strip_characters",
            "owner_request_special",
            "dovecot_*",
            "mailman_*",
            "propagate_unmatched_extensions",
            "allow_mail_to_*",
        ],
    ),
    (
        "how Postfix's queue and processes work: the relay has its own",
        &[
            "*_process_limit",
            "*_destination_concurrency_limit",
            "*_destination_recipient_limit",
            "*_destination_rate_delay",
            "maximal_*",
            "minimal_backoff_time",
            "bounce_queue_lifetime",
            "delay_warning_time",
            "queue_*",
            "qmgr_*",
            "in_flow_delay",
            "hash_queue_*",
            "enable_long_queue_ids",
            "soft_bounce",
            "notify_classes",
            "*_timeout",
            "trigger_timeout",
            "ipc_*",
            "max_idle",
            "max_use",
            "berkeley_db_*",
            "lmdb_map_size",
        ],
    ),
    (
        "how sessions look that Postfix answers: listeners are the node's, postwarden.toml, [[listener]]",
        &[
            "inet_interfaces",
            "inet_protocols",
            "proxy_interfaces",
            "smtpd_banner",
            "smtpd_helo_required",
            "disable_vrfy_command",
            "smtpd_error_sleep_time",
            "smtpd_*_limit",
            "smtpd_client_*_rate_limit",
            "smtpd_delay_reject",
            "smtpd_tls_loglevel",
            "smtpd_tls_received_header",
            "smtpd_tls_ask_ccert",
            "smtpd_tls_req_ccert",
            "smtpd_tls_security_level",
            "smtpd_use_tls",
            "smtpd_tls_mandatory_*",
            "smtpd_tls_protocols",
            "smtpd_tls_ciphers",
            "smtpd_tls_exclude_ciphers",
            "smtpd_tls_eecdh_grade",
            "smtpd_tls_dh*_file",
            "smtpd_tls_auth_only",
            "tls_*",
            "postscreen_*",
            "smtputf8_*",
            "smtpd_forbid_*",
        ],
    ),
    (
        "how Postfix talks to next hops: the relay does it by its own rules",
        &[
            "smtp_tls_loglevel",
            "smtp_tls_mandatory_*",
            "smtp_tls_protocols",
            "smtp_tls_ciphers",
            "smtp_tls_note_starttls_offer",
            "smtp_tls_exclude_ciphers",
            "smtp_tls_connection_reuse",
            "smtp_connection_*",
            "smtp_host_lookup",
            "smtp_address_preference",
            "smtp_dns_support_level",
            "disable_dns_lookups",
            "ignore_mx_lookup_error",
            "smtp_randomize_addresses",
            "smtp_balance_inet_protocols",
            "smtp_skip_5xx_greeting",
            "smtp_tls_fingerprint_digest",
        ],
    ),
    (
        "names that Postfix puts in place of missing ones: the relay changes no address",
        &["myorigin", "mydomain", "append_*", "swap_bangpath", "masquerade_exceptions", "strict_rfc821_envelopes"],
    ),
    (
        "parts of the restrictions, which are not carried over as a whole",
        &[
            "parent_domain_matches_subdomains",
            "permit_mx_backup_networks",
            "mynetworks_style",
            "smtpd_tls_fingerprint_digest",
        ],
    ),
];

/// Settings that mail depends on, why they are not carried over, and what to do.
const NOT_CARRIED: &[(&[&str], &str, &str)] = &[
    (
        &["smtpd_*_restrictions", "smtpd_restriction_classes", "smtpd_reject_unlisted_*"],
        "who may send what is told by rules that are the same for everybody: docs/rules.md",
        "look what of it the connectors do not say; checks against junk mail are for a filter",
    ),
    (
        &[
            "smtpd_tls_cert_file",
            "smtpd_tls_key_file",
            "smtpd_tls_chain_files",
            "smtpd_tls_eccert_file",
            "smtpd_tls_eckey_file",
        ],
        "a listener's certificate is the node's",
        "name both files in postwarden.toml, [[listener]]",
    ),
    (
        &["smtp_tls_CAfile", "smtp_tls_CApath", "smtpd_tls_CAfile", "smtpd_tls_CApath", "tls_append_default_CA"],
        "roots are the node's, for both directions",
        "name them in postwarden.toml, [client_certificates] trust",
    ),
    (
        &["smtp_sasl_*", "smtpd_sasl_*", "cyrus_sasl_*", "broken_sasl_auth_clients", "lmtp_sasl_*"],
        "nobody logs in here by user name, in neither direction",
        "go by certificates and addresses",
    ),
    (
        &[
            "virtual_alias_maps",
            "virtual_maps",
            "canonical_maps",
            "sender_canonical_maps",
            "recipient_canonical_maps",
            "smtp_generic_maps",
            "masquerade_domains",
            "masquerade_classes",
            "relocated_maps",
            "sender_bcc_maps",
            "always_bcc",
            "recipient_bcc_maps",
        ],
        "addresses are not rewritten, and no copies are made",
        "have the next hop do it",
    ),
    (
        &["header_checks", "body_checks", "mime_header_checks", "nested_header_checks", "smtp_header_checks"],
        "headers and bodies are passed on as they are",
        "have a filter do it",
    ),
    (
        &[
            "content_filter",
            "smtpd_milters",
            "non_smtpd_milters",
            "milter_*",
            "smtpd_proxy_filter",
            "receive_override_options",
        ],
        "the relay hands mail to no filter on its way",
        "put the filter before the relay, or behind it as smart host",
    ),
    (
        &["sender_dependent_*", "default_transport", "relay_transport", "fallback_relay", "smtp_fallback_relay"],
        "mail is routed by its recipients' domains alone",
        "a send connector with further smart_hosts tries those in turn",
    ),
    (&["message_size_limit", "header_size_limit"], "the largest message is a limit here", "set it: docs/limits.md"),
    (
        &["relay_recipient_maps", "local_recipient_maps"],
        "the relay does not know the recipients of a domain",
        "the next hop refuses those that it does not have, and senders are told so at once",
    ),
    (
        &["smtp_tls_dane_*", "smtp_tls_per_site", "smtp_enforce_tls", "smtp_use_tls"],
        "there is no like of it",
        "set tls",
    ),
];

/// What becomes of a setting that is nothing of the directory.
pub(super) fn of(name: &str, value: &str) -> Outcome {
    if value.is_empty() {
        return Outcome::NoMeaning { why: "it is empty there".into() };
    }
    let lost = NOT_CARRIED.iter().find(|(names, ..)| names.iter().any(|own| is_named(own, name)));
    if let Some((_, why, next)) = lost {
        return Outcome::NotCarried { why: (*why).into(), next: (*next).into() };
    }
    let silent = WITHOUT_MEANING.iter().find(|(_, names)| names.iter().any(|own| is_named(own, name)));
    match silent {
        Some((why, _)) => Outcome::NoMeaning { why: (*why).into() },
        None => Outcome::NotCarried {
            why: "this setting is not known here".into(),
            next: "look it up in postconf(5), and tell us if mail depends on it".into(),
        },
    }
}

/// Whether a name is meant: a star stands for anything, once.
fn is_named(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        Some((begin, end)) => name.len() >= pattern.len() - 1 && name.starts_with(begin) && name.ends_with(end),
        None => pattern == name,
    }
}
