//! What the Hybrid Configuration Wizard did to the fields that decide about certificates, told as remarks: what a field was
//! before is often the repair. It must not judge: anybody may have changed the field since, and its clock may be a local one.

use std::collections::BTreeSet;

use crate::answer::Message;
use crate::evidence::{Evidence, Proof, SettingChange};

/// The fields that decide.
const DECIDING: [&str; 3] = ["TlsSenderCertificateName", "TlsCertificateName", "TlsDomain"];

/// Most changes that are told, the newest: a run makes three or four.
const MAX_TOLD: usize = 8;

/// An empty value, as PowerShell has it.
const EMPTY: &str = "$null";

/// What was changed, the newest first; what a run left as it was, only where nothing newer is told of the same field.
pub(crate) fn remarks(evidence: &Evidence) -> Vec<Message> {
    let deciding = || evidence.changes.iter().rev().filter(|change| decides(change));
    let result = |change: &SettingChange| (field(change), change.after.clone());
    // The log and the record of one run tell the same, and only the log whether it was done.
    let confirmed: BTreeSet<_> = deciding().filter(|change| change.is_confirmed).map(result).collect();
    let mut told = BTreeSet::new();
    let mut remarks = Vec::new();
    for change in deciding() {
        if remarks.len() >= MAX_TOLD {
            break;
        }
        let is_twice = !change.is_confirmed && confirmed.contains(&result(change));
        let is_nothing = is_left(change) && (change.after.is_empty() || told.contains(&field(change)));
        if !is_twice && !is_nothing {
            told.insert(field(change));
            remarks.push(remark(change, evidence));
        }
    }
    remarks
}

fn decides(change: &SettingChange) -> bool {
    DECIDING.iter().any(|property| change.property.eq_ignore_ascii_case(property))
}

/// Which field of which object it is.
fn field(change: &SettingChange) -> [String; 3] {
    [&change.object_type, &change.object, &change.property].map(|part| part.to_lowercase())
}

/// Whether the run left it as it was.
fn is_left(change: &SettingChange) -> bool {
    change.before.as_ref() == Some(&change.after)
}

fn remark(change: &SettingChange, evidence: &Evidence) -> Message {
    let shown = |value: &str| match value {
        "" => EMPTY.into(),
        value => Proof::new(change.proof.source, change.proof.line, value).text,
    };
    let object = if change.object.is_empty() { &change.object_type } else { &change.object };
    let (object, after) = (shown(object), shown(&change.after));
    let (known, before) = match (&change.before, &change.earlier) {
        (Some(before), _) => ("before", before),
        (None, Some(earlier)) => ("last", earlier),
        (None, None) => ("none", &change.after),
    };
    let before = shown(before);
    let time = change.at.map(|at| at.strftime("%Y-%m-%d %H:%M:%S").to_string()).unwrap_or_default();
    let clock = match (change.at, change.is_local_time) {
        (None, _) => "none",
        (Some(_), true) => "local",
        (Some(_), false) => "utc",
    };
    let file = evidence.source(change.proof.source).map(|source| &*source.name).unwrap_or_default();
    let place = format!("{file}:{}", change.proof.line);
    let mut arguments = vec![
        ("property", &*change.property),
        ("object", &*object),
        ("after", &*after),
        ("time", &*time),
        ("clock", clock),
        ("place", &*place),
    ];
    if is_left(change) {
        return Message::new("remark-wizard-left", &arguments);
    }
    let confirmed = if change.is_confirmed { "yes" } else { "no" };
    arguments.extend([("known", known), ("before", &*before), ("confirmed", confirmed)]);
    Message::new("remark-wizard-set", &arguments)
}
