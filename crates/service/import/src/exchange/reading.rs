//! One object while it is read: its properties by what they are about, and what becomes of each.

use std::collections::HashMap;
use std::sync::Arc;

use core_directory::Field;
use proto_exchange::dump::{ObjectKind, OtherObject, Property, PropertyBag, Shown};
use proto_exchange::spelling::{About, about, property};
use serde_json::{Value as Json, json};

use super::meaning;
use crate::account::{Fate, Ledger, Outcome, Reason};
use crate::drafts::{Draft, DraftId};

/// An object that is read.
pub(crate) struct Reading<'a> {
    pub(crate) kind: ObjectKind,
    bag: &'a PropertyBag,
    file: Arc<str>,
    /// What it became.
    draft: Option<DraftId>,
    /// Why it became nothing.
    whole: Option<Reason>,
    /// What became of single properties, where that is not told by what they are about.
    settled: HashMap<About, Outcome>,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(file: &Arc<str>, object: &'a OtherObject) -> Self {
        let OtherObject { kind, bag } = object;
        Self { kind: *kind, bag, file: Arc::clone(file), draft: None, whole: None, settled: HashMap::new() }
    }

    /// The object's name; its cmdlet where it has none.
    pub(crate) fn name(&self) -> String {
        let names = ["Name", "Identity", "DomainName", "Thumbprint"];
        let named = names.iter().filter_map(|name| self.bag.get(name)?.text().any().cloned().flatten());
        named.map(String::from).find(|name| !name.is_empty()).unwrap_or_else(|| self.kind.cmdlet().to_owned())
    }

    /// `file:line, Get-InboundConnector "Inbound from HQ"`.
    pub(crate) fn from(&self) -> String {
        format!("{}:{}, {}", self.file, self.bag.line, self.label())
    }

    /// The first property that is about something.
    pub(crate) fn property(&self, about: About) -> Option<&'a Property> {
        property(self.kind, about).find_map(|name| self.bag.get(name))
    }

    /// The property of this name, as Exchange spells it, among those that are about one thing together.
    pub(crate) fn named(&self, name: &str) -> Option<&'a Property> {
        self.bag.get(name)
    }

    /// Yes or no, where it is shown whole.
    pub(crate) fn boolean(&self, about: About) -> Option<bool> {
        self.property(about)?.boolean().whole().copied()
    }

    /// One text, where it is shown whole; none where it is not set.
    pub(crate) fn text(&self, about: About) -> Option<Option<Box<str>>> {
        self.property(about)?.text().whole().cloned()
    }

    /// Several texts, as far as they are shown.
    pub(crate) fn items(&self, about: About) -> Vec<Box<str>> {
        self.property(about).map(Property::items).and_then(|shown| shown.any().cloned()).unwrap_or_default()
    }

    /// Whether it is shown, all of it.
    pub(crate) fn is_whole(&self, about: About) -> bool {
        self.property(about)
            .is_some_and(|property| property.loss.is_none() && !matches!(property.value, Shown::NotShown))
    }

    /// Sets a field where the dump shows it.
    pub(crate) fn set(&self, field: Field, target: &mut bool) {
        if let Some(value) = self.boolean(About::Field(field)) {
            *target = value;
        }
    }

    /// Reads a list; what cannot be read of it is left out with why, and given to `unread`.
    pub(crate) fn list<T, E: std::fmt::Display>(
        &self,
        field: Field,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> (Vec<T>, Vec<(Box<str>, Reason)>) {
        let (mut read, mut unread) = (Vec::new(), Vec::new());
        for item in self.items(About::Field(field)) {
            match parse(&item) {
                Ok(value) => read.push(value),
                Err(error) => {
                    let reason = Reason::new(error.to_string(), "write what was meant, and take the remark sign away");
                    unread.push((item, reason));
                }
            }
        }
        (read, unread)
    }

    /// What a property that is about something became, in place of what it would be.
    pub(crate) fn settle(&mut self, about: About, outcome: Outcome) {
        self.settled.insert(about, outcome);
    }

    /// The object became a draft.
    pub(crate) fn becomes(&mut self, draft: DraftId) {
        self.draft = Some(draft);
    }

    /// The object becomes nothing.
    pub(crate) fn becomes_nothing(&mut self, reason: Reason) {
        self.whole = Some(reason);
    }

    /// Accounts for every property, and for those that the dump should have and does not show.
    pub(crate) fn account(self, ledger: &mut Ledger) {
        let object: Arc<str> = self.label().into();
        for property in &self.bag.properties {
            ledger.add(&self.file, property.line, &object, &property.name, self.fate(property));
        }
        if self.draft.is_none() {
            return;
        }
        for &field in Field::ALL {
            let mut names = property(self.kind, About::Field(field)).peekable();
            let Some(first) = names.peek().copied() else { continue };
            if names.any(|name| self.bag.has(name)) {
                continue;
            }
            let outcome = Outcome::NotShown { command: self.kind.whole_export(None) };
            ledger.add(&self.file, self.bag.line, &object, first, Fate::Settled(outcome));
        }
    }

    fn fate(&self, property: &Property) -> Fate {
        let Some(about) = about(self.kind, &property.name) else {
            return Fate::Settled(meaning::of_unknown(property));
        };
        if let Some(outcome) = self.settled.get(&about) {
            return Fate::Settled(outcome.clone());
        }
        let About::Field(field) = about else { return Fate::Settled(meaning::of(about, property)) };
        if let Some(reason) = &self.whole {
            return Fate::Settled(Outcome::NotCarried { why: reason.why.clone(), next: reason.next.clone() });
        }
        if property.loss.is_some() || matches!(property.value, Shown::NotShown) {
            return Fate::Settled(Outcome::NotShown { command: self.kind.whole_export(property.loss) });
        }
        match self.draft {
            Some(draft) => Fate::Field(draft, field),
            None => Fate::Settled(Outcome::NotShown { command: self.kind.whole_export(None) }),
        }
    }

    fn label(&self) -> String {
        format!("{} {:?}", self.kind.cmdlet(), self.name())
    }
}

/// Leaves items of a list out of a draft.
pub(crate) fn leave_out(draft: &mut Draft, field: Field, unread: Vec<(Box<str>, Reason)>) {
    let Some((_, reason)) = unread.first() else { return };
    let reason = reason.clone();
    let items: Vec<&str> = unread.iter().map(|(item, _)| &**item).collect();
    draft.leave_out(field, Json::from(items), reason);
}

/// A text as a value of the file.
pub(crate) fn value(text: &str) -> Json {
    json!(text)
}
