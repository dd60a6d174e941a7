//! What one run of the wizard did: the properties that it set, with what they were before where the run itself shows that, and
//! the errors that it met.

use super::command::Command;
use super::entry::{Entry, Severity};
use super::invocation::{Invocation, Outcome};
use super::results::{self, ShownObject};
use super::table;
use super::time::WizardTime;

/// Most changes of one run that are kept; a run makes some hundred.
pub const MAX_CHANGES: usize = 20_000;

/// Most errors that are kept; the first ones tell.
const MAX_ERRORS: usize = 200;

/// Most calls that wait for their end at a time; the wizard makes one or two at once.
const MAX_PENDING: usize = 64;

/// Most objects that are remembered from Get-cmdlets.
const MAX_KNOWN: usize = 2_000;

/// Verbs that change something.
const CHANGING: [&str; 6] = ["Set", "New", "Update", "Remove", "Enable", "Disable"];

/// Parameters that say which object is meant, or how the cmdlet should behave, and set nothing.
const NOT_PROPERTIES: [&str; 12] = [
    "Identity",
    "Name",
    "DomainController",
    "Confirm",
    "WhatIf",
    "Force",
    "ErrorAction",
    "WarningAction",
    "Verbose",
    "ErrorVariable",
    "WarningVariable",
    "OutVariable",
];

/// The properties that decide about certificates: told after each run even where it left them as they were.
const ALWAYS_TOLD: [&str; 3] = ["TlsCertificateName", "TlsSenderCertificateName", "TlsDomain"];

/// Parts of names of parameters whose values are secret.
const SECRET: [&str; 4] = ["password", "credential", "secret", "token"];

/// A property that was set, or is told as it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyChange {
    /// The line, from 1.
    pub line: u64,
    /// When.
    pub at: Option<WizardTime>,
    /// `OnPremises` or `Tenant`.
    pub session: Box<str>,
    /// `SendConnector`, ….
    pub object_type: Box<str>,
    /// The object's name; empty where there is only one, or a table does not tell.
    pub object: Box<str>,
    /// The property; empty: the object itself was removed.
    pub property: Box<str>,
    /// What it was, where the run shows that.
    pub before: Option<Box<str>>,
    /// What it became: items apart by `, `; empty for none.
    pub after: Box<str>,
    /// Whether the file says that the cmdlet succeeded. Failed ones are not told as changes.
    pub outcome: Outcome,
    /// The command, or the row of a table.
    pub text: Box<str>,
}

/// An error of the wizard, or of a cmdlet that it called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunError {
    /// The line, from 1.
    pub line: u64,
    /// The first line of its text.
    pub text: Box<str>,
}

/// A run, as far as it has been read.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// The first time.
    pub began: Option<WizardTime>,
    /// The last time.
    pub ended: Option<WizardTime>,
    /// The first entry's line and text.
    pub first: Option<(u64, Box<str>)>,
    /// What was set, in order.
    pub changes: Vec<PropertyChange>,
    /// The errors, in order.
    pub errors: Vec<RunError>,
    /// Lines of cmdlets that change something and of which no end is told, and their commands: whether they did is not known.
    pub unfinished: Vec<(u64, Box<str>)>,
    /// Entries or calls that were read.
    pub records: u64,
    /// Changes that were not kept.
    pub changes_not_kept: u64,
    known: Vec<Known>,
    pending: Vec<(Box<str>, Invocation)>,
    rows: Vec<(u64, Option<WizardTime>, table::Row, Box<str>)>,
}

/// An object that a cmdlet showed, or set.
#[derive(Clone, Debug)]
struct Known {
    /// The line where the result begins.
    line: u64,
    at: Option<WizardTime>,
    session: Box<str>,
    object_type: Box<str>,
    names: Vec<Box<str>>,
    shown: ShownObject,
}

impl Run {
    /// Takes the next entry of a log.
    pub fn entry(&mut self, entry: Entry) {
        self.saw(entry.line, entry.at, entry.first_line());
        if entry.severity == Severity::Error && self.errors.len() < MAX_ERRORS {
            self.errors.push(RunError { line: entry.line, text: entry.first_line().into() });
        }
        self.tables(&entry);
        let key = format!("{}\n{}\n{}", entry.field("Session"), entry.field("Cmdlet"), entry.field("Thread"));
        if entry.field("Cmdlet").is_empty() {
            return;
        }
        if let Some(command_line) = entry.text.strip_prefix("START ") {
            self.start(key.into(), &entry, command_line);
        } else if entry.text.starts_with("FINISH ") {
            self.finish_call(&key, &entry);
        }
    }

    /// Takes a call whose end is known.
    pub fn invocation(&mut self, call: Invocation) {
        self.saw(call.line, call.at, &call.command_line);
        self.completed(call);
    }

    /// The run has ended: what is left is told.
    pub fn finish(&mut self) {
        for (_, call) in std::mem::take(&mut self.pending) {
            self.leave(call);
        }
        self.tell_rows();
        self.tell_unchanged();
        self.known.clear();
    }

    fn saw(&mut self, line: u64, at: Option<WizardTime>, text: &str) {
        self.records += 1;
        self.began = self.began.or(at);
        self.ended = at.or(self.ended);
        self.first.get_or_insert_with(|| (line, text.into()));
    }

    fn start(&mut self, key: Box<str>, entry: &Entry, command_line: &str) {
        let Some(command) = Command::parse(command_line) else { return };
        if self.pending.len() >= MAX_PENDING {
            let (_, oldest) = self.pending.remove(0);
            self.leave(oldest);
        }
        let session = entry.field("Session").into();
        let call = Invocation { line: entry.line, at: entry.at, session, command, ..Invocation::default() };
        self.pending.push((key, Invocation { command_line: command_line.trim().into(), ..call }));
    }

    fn finish_call(&mut self, key: &str, entry: &Entry) {
        let Some(place) = self.pending.iter().rposition(|(own, _)| **own == *key) else { return };
        let (_, mut call) = self.pending.remove(place);
        let failed = entry.severity == Severity::Error || entry.text.contains("PowerShell failed to invoke");
        call.outcome = if failed { Outcome::Failed } else { Outcome::Succeeded };
        call.results_line = entry.line;
        call.results = entry.text.split_once("Results=").map(|(_, results)| results.to_owned()).unwrap_or_default();
        self.completed(call);
    }

    /// A call without an end.
    fn leave(&mut self, call: Invocation) {
        if changes_something(&call.command) && self.unfinished.len() < MAX_ERRORS {
            self.unfinished.push((call.line, shown(&call).into()));
        }
    }

    fn completed(&mut self, call: Invocation) {
        if call.outcome == Outcome::Failed {
            return;
        }
        if call.command.verb().eq_ignore_ascii_case("Get") {
            self.remember(&call);
        } else if changes_something(&call.command) {
            self.changed(&call);
        }
    }

    /// What a Get-cmdlet showed is how things were before what follows.
    fn remember(&mut self, call: &Invocation) {
        for shown in results::objects(&call.results) {
            if self.known.len() >= MAX_KNOWN {
                return;
            }
            let object_type: Box<str> = call.command.noun().into();
            let names = shown.names();
            self.known
                .retain(|own| own.object_type != object_type || own.session != call.session || own.names != names);
            let session = call.session.clone();
            self.known.push(Known { line: call.results_line, at: call.at, session, object_type, names, shown });
        }
    }

    fn changed(&mut self, call: &Invocation) {
        let text: Box<str> = shown(call).into();
        let new = |property: &str, before: Option<&str>, after: String| PropertyChange {
            line: call.line,
            at: call.at,
            session: call.session.clone(),
            object_type: call.command.noun().into(),
            object: call.command.object().into(),
            property: property.into(),
            before: before.map(Into::into),
            after: after.into(),
            outcome: call.outcome,
            text: text.clone(),
        };
        let mut changes = Vec::new();
        if call.command.verb().eq_ignore_ascii_case("Remove") {
            changes.push(new("", None, String::new()));
        }
        let known = self.known(&call.session, call.command.noun(), call.command.object());
        for parameter in &call.command.parameters {
            let name = &*parameter.name;
            if NOT_PROPERTIES.iter().any(|other| other.eq_ignore_ascii_case(name)) || is_secret(name) {
                continue;
            }
            let after = parameter.text();
            let before = known.and_then(|known| known.shown.property(name)).map(|own| &*own.value);
            let same = before.is_some_and(|before| before.eq_ignore_ascii_case(&after));
            if !same || always_told(name) {
                changes.push(new(name, before, after));
            }
        }
        changes.into_iter().for_each(|change| self.push(change));
        self.forget(call);
    }

    /// What was just set is known from now on.
    fn forget(&mut self, call: &Invocation) {
        let wanted = call.command.object();
        let noun = call.command.noun();
        let known = self.known.iter_mut().filter(|own| own.is(&call.session, noun) && own.is_called(wanted));
        for known in known {
            for parameter in &call.command.parameters {
                let mut all = known.shown.properties.iter_mut();
                let own = all.find(|own| own.name.eq_ignore_ascii_case(&parameter.name));
                if let Some(own) = own {
                    own.value = parameter.text().into();
                }
            }
        }
    }

    /// The object by one of its names; without a name the only one of its type.
    fn known(&self, session: &str, object_type: &str, object: &str) -> Option<&Known> {
        let of_type = || self.known.iter().filter(|own| own.is(session, object_type));
        if let Some(found) = of_type().find(|own| own.is_called(object)) {
            return Some(found);
        }
        let mut all = of_type();
        all.next().filter(|_| object.is_empty() && all.next().is_none())
    }

    fn push(&mut self, change: PropertyChange) {
        if self.changes.len() < MAX_CHANGES {
            self.changes.push(change);
        } else {
            self.changes_not_kept += 1;
        }
    }

    fn tables(&mut self, entry: &Entry) {
        if !entry.text.contains("Equals") {
            return;
        }
        let lines: Vec<&str> = entry.text.lines().collect();
        for row in table::rows(&entry.text) {
            let text = usize::try_from(row.offset).ok().and_then(|offset| lines.get(offset)).copied().unwrap_or("");
            if self.rows.len() < MAX_KNOWN {
                self.rows.push((entry.line + row.offset, entry.at, row, text.trim().into()));
            }
        }
    }

    /// Rows of tables give commands their earlier values; those without a command stand for themselves.
    fn tell_rows(&mut self) {
        for (line, at, row, text) in std::mem::take(&mut self.rows) {
            let Some(object_type) = row.object_type else { continue };
            let mut own = self.changes.iter_mut().filter(|change| {
                *change.object_type == *object_type && change.property.eq_ignore_ascii_case(&row.property)
            });
            if let Some(change) = own.next() {
                // Which of several objects the table is about, it does not say.
                if own.next().is_none() && change.before.is_none() && !row.equals {
                    change.before = Some(row.actual);
                }
                continue;
            }
            let after = match (row.equals, row.expected) {
                (true, _) if always_told(&row.property) => row.actual.clone(),
                (false, Some(expected)) => expected,
                _ => continue,
            };
            let session = if object_type.starts_with("Send") || object_type.starts_with("Receive") {
                "OnPremises"
            } else {
                "Tenant"
            };
            self.push(PropertyChange {
                line,
                at,
                session: session.into(),
                object_type: object_type.into(),
                object: Box::default(),
                property: row.property,
                before: Some(row.actual),
                after,
                outcome: Outcome::NotTold,
                text,
            });
        }
    }

    /// The deciding properties of objects that the run only looked at.
    fn tell_unchanged(&mut self) {
        for known in std::mem::take(&mut self.known) {
            for property in ALWAYS_TOLD {
                let Some(own) = known.shown.property(property) else { continue };
                let object = known.names.first().cloned().unwrap_or_default();
                let told = self.changes.iter().any(|change| {
                    change.object_type == known.object_type
                        && change.property.eq_ignore_ascii_case(property)
                        && (change.object.is_empty() || known.is_called(&change.object))
                });
                if told {
                    continue;
                }
                let text = format!("Get-{}: {property} = {}", known.object_type, own.value);
                self.push(PropertyChange {
                    line: known.line + own.offset,
                    at: known.at,
                    session: known.session.clone(),
                    object_type: known.object_type.clone(),
                    object,
                    property: property.into(),
                    before: Some(own.value.clone()),
                    after: own.value.clone(),
                    outcome: Outcome::Succeeded,
                    text: text.into(),
                });
            }
        }
    }
}

impl Known {
    fn is(&self, session: &str, object_type: &str) -> bool {
        self.session.eq_ignore_ascii_case(session) && self.object_type.eq_ignore_ascii_case(object_type)
    }

    fn is_called(&self, name: &str) -> bool {
        self.names.iter().any(|own| own.eq_ignore_ascii_case(name))
    }
}

fn changes_something(command: &Command) -> bool {
    CHANGING.iter().any(|verb| command.verb().eq_ignore_ascii_case(verb))
}

fn always_told(property: &str) -> bool {
    ALWAYS_TOLD.iter().any(|own| own.eq_ignore_ascii_case(property))
}

fn is_secret(parameter: &str) -> bool {
    let lower = parameter.to_ascii_lowercase();
    SECRET.iter().any(|part| lower.contains(part))
}

/// The command as it may be quoted: one with a secret is told without its parameters.
fn shown(call: &Invocation) -> String {
    if call.command.parameters.iter().any(|parameter| is_secret(&parameter.name)) {
        return format!("{} -Identity '{}' …", call.command.cmdlet, call.command.object());
    }
    call.command_line.to_string()
}
