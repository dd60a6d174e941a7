//! Objects as they are found, gathered into the [`Dump`]: typed, their losses noted once, listings told from single objects.

use std::collections::BTreeSet;

use super::bag::{Loss, Property, PropertyBag};
use super::command::Command;
use super::date::DateOrder;
use super::fields::{Lack, Why};
use super::kind::ObjectKind;
use super::reading::MAX_OBJECTS;
use super::{Dump, DumpProblem, Form, OtherObject, typed};

/// Longest text of an odd value that a problem quotes, in characters.
const MAX_QUOTED: usize = 80;

/// Most problems that are kept. They are told once each, and a text of random lines should not fill the memory with them.
const MAX_PROBLEMS: usize = 200;

/// What was gathered so far.
pub(super) struct Collection {
    pub(super) dump: Dump,
    dates: DateOrder,
    form: Form,
    /// Letters beyond ASCII may be others: the encoding is guessed.
    letters_are_guessed: bool,
    /// The command that the objects to come are the answer to.
    command: Option<Command>,
    group: Group,
    told: BTreeSet<String>,
    passed_over: u64,
    /// Objects whose type is known by more than one property.
    pub(super) recognised: usize,
}

/// Objects that followed each other with nothing in between.
#[derive(Default)]
struct Group {
    counts: Vec<(ObjectKind, usize)>,
    /// It stood there as a list.
    is_list: bool,
    /// Some of it was not understood.
    is_broken: bool,
    /// Something other than objects came after the command.
    has_other_text: bool,
}

impl Collection {
    pub(super) fn new(dates: DateOrder, letters_are_guessed: bool, form: Form) -> Self {
        Self {
            dump: Dump::default(),
            dates,
            form,
            letters_are_guessed,
            command: None,
            group: Group::default(),
            told: BTreeSet::new(),
            passed_over: 0,
            recognised: 0,
        }
    }

    /// A command was met, or an empty prompt: what came before is complete.
    pub(super) fn command(&mut self, command: Option<Command>) {
        let is_empty = self.group.counts.is_empty() && !self.group.has_other_text && !self.group.is_broken;
        if let Some(before) = self.command.as_ref().filter(|before| is_empty && before.is_whole) {
            // A whole listing with nothing in it, and the next prompt to show that it ended there.
            let nothing = ObjectKind::ALL.iter().copied().find(|kind| kind.is_asked_by(before));
            self.dump.listed.extend(nothing);
        }
        self.end_group();
        self.group = Group::default();
        self.command = command;
    }

    /// Text that is no object was met.
    pub(super) fn other_text(&mut self) {
        self.end_group();
        self.group.has_other_text = true;
    }

    /// The objects since the last end belong together as a list.
    pub(super) fn is_list(&mut self) {
        self.group.is_list = true;
    }

    /// Something among the objects was not understood.
    pub(super) fn broken(&mut self, problem: DumpProblem) {
        self.group.is_broken = true;
        self.problem(problem);
    }

    pub(super) fn problem(&mut self, problem: DumpProblem) {
        if self.dump.problems.len() < MAX_PROBLEMS {
            self.dump.problems.push(problem);
        }
    }

    /// Ends a group: whether it is a whole listing is known now.
    pub(super) fn end_group(&mut self) {
        let group = std::mem::take(&mut self.group);
        if group.counts.is_empty() {
            // Tables begin with their line of names, which is other text: the command still stands.
            self.group = Group { has_other_text: group.has_other_text, is_broken: group.is_broken, ..Group::default() };
            return;
        }
        let command = self.command.take();
        for (kind, count) in group.counts {
            let is_whole = match &command {
                Some(command) if kind.is_asked_by(command) => command.is_whole,
                Some(_) => false,
                None => count > 1 || group.is_list,
            };
            if is_whole && !group.is_broken && !self.dump.listed.contains(&kind) {
                self.dump.listed.push(kind);
            }
        }
    }

    /// What kind an object is, given the command before it.
    pub(super) fn kind_of(&self, bag: &PropertyBag) -> Option<ObjectKind> {
        ObjectKind::of(bag, self.command.as_ref())
    }

    /// Takes an object.
    pub(super) fn object(&mut self, mut bag: PropertyBag) {
        if self.dump.objects.len() + self.dump.other.len() >= MAX_OBJECTS {
            self.passed_over += 1;
            self.group.is_broken = true;
            return;
        }
        if self.letters_are_guessed {
            bag.properties.iter_mut().for_each(doubt_letters);
        }
        self.group.is_broken |= bag.properties.iter().any(|property| property.loss == Some(Loss::Unfinished));
        let Some(kind) = self.kind_of(&bag) else {
            self.unknown(&bag);
            return;
        };
        self.recognised += usize::from(bag.properties.len() > 1 || bag.type_name.is_some());
        match self.group.counts.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => *count += 1,
            None => self.group.counts.push((kind, 1)),
        }
        let typed = match self.form {
            Form::Typed => typed::object(kind, &bag, self.dates),
            Form::AsItStands => None,
        };
        match typed {
            Some((object, lacks)) => {
                self.dump.objects.push(object);
                lacks.into_iter().for_each(|lack| self.lack(kind, lack));
            }
            None => self.dump.other.push(OtherObject { kind, bag }),
        }
    }

    /// The text has ended.
    pub(super) fn finish(mut self) -> Dump {
        self.end_group();
        if self.passed_over > 0 {
            self.problem(DumpProblem::TooMany(self.passed_over));
        }
        self.dump
    }

    fn unknown(&mut self, bag: &PropertyBag) {
        // One property alone is a sentence with a colon as often as an object.
        let properties = bag.first_names();
        if bag.properties.len() > 1 && self.is_new(format!("unknown {properties}")) {
            self.problem(DumpProblem::UnknownObject { line: bag.line, properties });
        }
    }

    fn lack(&mut self, kind: ObjectKind, lack: Lack) {
        let Lack { property, line, why } = lack;
        if !self.is_new(format!("{kind:?} {property} {}", matches!(why, Why::Lost(_)))) {
            return;
        }
        self.problem(match why {
            Why::Lost(loss) => DumpProblem::Lost { line, kind, property, loss },
            Why::Odd(value) => {
                let value = value.chars().take(MAX_QUOTED).collect::<String>().into();
                DumpProblem::OddValue { line, property, value }
            }
        });
    }

    fn is_new(&mut self, what: String) -> bool {
        self.told.len() < MAX_PROBLEMS && self.told.insert(what)
    }
}

/// A value with letters that may be others is not whole.
fn doubt_letters(property: &mut Property) {
    if property.any_text(|text| !text.is_ascii()) {
        let doubtful = std::mem::replace(property, Property::lost("", 0, Loss::Letters));
        *property = doubtful.cut(Loss::Letters);
    }
}
