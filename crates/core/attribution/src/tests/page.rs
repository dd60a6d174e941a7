//! The page of rules has every rule, with whose it is, and every reply with its rules' ids.

use crate::{RefusalReply, RuleId, Source};

const PAGE: &str = include_str!("../../../../../docs/rules.md");

#[test]
fn every_rule() {
    let rows = PAGE.lines().filter(|line| line.starts_with("| A")).collect::<Vec<_>>();
    assert_eq!(rows.len(), RuleId::ALL.len());
    for (row, rule) in rows.into_iter().zip(RuleId::ALL) {
        assert!(row.starts_with(&format!("| {rule} | *")), "{rule}: {row}");
        assert_eq!(row.contains("* (ours)"), rule.source() == Source::Ours, "{rule}: whose it is: {row}");
    }
}

#[test]
fn every_reply() {
    let rows = PAGE.lines().filter(|line| line.starts_with("| `")).collect::<Vec<_>>();
    for reply in [
        RefusalReply::TenantAttribution,
        RefusalReply::Attr36,
        RefusalReply::ForeignSender,
        RefusalReply::TlsRequired,
        RefusalReply::PartnerRestriction,
        RefusalReply::DirectSend,
        RefusalReply::NoRoute,
        RefusalReply::Suspended,
        RefusalReply::DirectoryUnavailable,
    ] {
        let said = reply.to_string();
        let is_told = |row: &&str| {
            let quoted = row.trim_start_matches("| `").split('`').next().unwrap_or_default();
            // A long text is cut.
            quoted.strip_suffix(" …").map_or(quoted == said, |begin| said.starts_with(begin))
        };
        assert_eq!(rows.iter().copied().filter(|row| is_told(row)).count(), 1, "one row for {said}");
    }
    assert_eq!(rows.len(), 9, "no other rows");
}
