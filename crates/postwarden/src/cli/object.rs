//! `add`, `set`, `list`, `show` and `remove` of one kind of object: the commands are made of what [`Kind`] says of it, once for
//! all kinds.

use std::marker::PhantomData;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, Str};
use clap::{Arg, ArgAction, ArgMatches, Command, Error, FromArgMatches, Subcommand, value_parser};
use core_directory::Field;

use super::kind::{CERTIFICATE, DOMAIN, Flag, INBOUND_CONNECTOR, Kind, SEND_CONNECTOR, TENANT, Value};

/// A kind of object as a type, for the definitions of commands alone.
pub trait OfKind {
    /// The kind.
    const KIND: &'static Kind;
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $kind:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub struct $name;

            impl OfKind for $name {
                const KIND: &'static Kind = &$kind;
            }
        )*
    };
}

kinds! {
    /// Tenants.
    Tenants = TENANT;
    /// Accepted domains.
    Domains = DOMAIN;
    /// Certificates with their keys.
    Certificates = CERTIFICATE;
    /// Inbound connectors.
    InboundConnectors = INBOUND_CONNECTOR;
    /// Send connectors.
    SendConnectors = SEND_CONNECTOR;
}

/// What was typed behind the command of a kind.
#[derive(Debug)]
pub struct ObjectCommand<K> {
    /// What to do.
    pub action: Action,
    kind: PhantomData<K>,
}

/// What is done to objects.
#[derive(Debug)]
pub enum Action {
    /// Makes one.
    Add(AddArgs),
    /// Changes one.
    Set(SetArgs),
    /// Lists them.
    List(ListArgs),
    /// Shows one.
    Show(ShowArgs),
    /// Removes one.
    Remove(RemoveArgs),
}

/// Which object.
#[derive(Debug, Default)]
pub struct ObjectName {
    /// Its tenant; none: the only one that there is. Of a tenant itself always none.
    pub tenant: Option<String>,
    /// Its name.
    pub name: String,
}

/// `add`.
#[derive(Debug)]
pub struct AddArgs {
    /// What is made.
    pub object: ObjectName,
    /// Its fields.
    pub fields: Vec<Typed>,
    /// Say what would change, and change nothing.
    pub dry_run: bool,
}

/// `set`.
#[derive(Debug)]
pub struct SetArgs {
    /// What is changed.
    pub object: ObjectName,
    /// The fields that change.
    pub fields: Vec<Typed>,
    /// Its name from now on.
    pub new_name: Option<String>,
    /// Change this version and no other, by its ETag.
    pub if_match: Option<String>,
    /// Say what would change, and change nothing.
    pub dry_run: bool,
}

/// `list`.
#[derive(Debug)]
pub struct ListArgs {
    /// Whose; none: all tenants'.
    pub tenant: Option<String>,
}

/// `show`.
#[derive(Debug)]
pub struct ShowArgs {
    /// Which.
    pub object: ObjectName,
}

/// `remove`.
#[derive(Debug)]
pub struct RemoveArgs {
    /// Which.
    pub object: ObjectName,
    /// Remove this version and no other, by its ETag.
    pub if_match: Option<String>,
    /// Say what would change, and change nothing.
    pub dry_run: bool,
    /// Do not ask.
    pub yes: bool,
}

/// A field that was typed.
#[derive(Debug)]
pub struct Typed {
    /// Which.
    pub flag: &'static Flag,
    /// What stood behind it.
    pub value: TypedValue,
}

/// What stood behind a flag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypedValue {
    /// Behind a switch.
    Switch(bool),
    /// One text.
    Text(String),
    /// Several texts, empty ones left out.
    List(Vec<String>),
    /// Files, empty names left out.
    Files(Vec<PathBuf>),
}

/// The names of arguments that are no fields.
const TENANT_NAME: &str = "tenant";
const NAME: &str = "object_name";
const NEW_NAME: &str = "new_name";
const IF_MATCH: &str = "if_match";
const DRY_RUN: &str = "dry_run";
const YES: &str = "yes";

impl<K: OfKind> ObjectCommand<K> {
    /// The kind.
    pub fn kind(&self) -> &'static Kind {
        K::KIND
    }
}

impl<K: OfKind> Subcommand for ObjectCommand<K> {
    fn augment_subcommands(command: Command) -> Command {
        command.subcommands(commands(K::KIND)).subcommand_required(true).arg_required_else_help(true)
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        ["add", "set", "list", "show", "remove"].contains(&name)
    }
}

impl<K: OfKind> FromArgMatches for ObjectCommand<K> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let kind = K::KIND;
        let action = match matches.subcommand() {
            Some(("add", typed)) => Action::Add(AddArgs {
                object: object_name(kind, typed),
                fields: fields(kind, typed),
                dry_run: typed.get_flag(DRY_RUN),
            }),
            Some(("set", typed)) => Action::Set(SetArgs {
                object: object_name(kind, typed),
                fields: fields(kind, typed),
                new_name: kind.can_be_renamed().then(|| typed.get_one(NEW_NAME).cloned()).flatten(),
                if_match: typed.get_one(IF_MATCH).cloned(),
                dry_run: typed.get_flag(DRY_RUN),
            }),
            Some(("list", typed)) => Action::List(ListArgs { tenant: tenant(kind, typed) }),
            Some(("show", typed)) => Action::Show(ShowArgs { object: object_name(kind, typed) }),
            Some(("remove", typed)) => Action::Remove(RemoveArgs {
                object: object_name(kind, typed),
                if_match: typed.get_one(IF_MATCH).cloned(),
                dry_run: typed.get_flag(DRY_RUN),
                yes: typed.get_flag(YES),
            }),
            _ => return Err(Error::new(clap::error::ErrorKind::MissingSubcommand)),
        };
        Ok(Self { action, kind: PhantomData })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn object_name(kind: &Kind, typed: &ArgMatches) -> ObjectName {
    ObjectName { tenant: tenant(kind, typed), name: typed.get_one::<String>(NAME).cloned().unwrap_or_default() }
}

fn tenant(kind: &Kind, typed: &ArgMatches) -> Option<String> {
    kind.is_in_tenant().then(|| typed.get_one(TENANT_NAME).cloned()).flatten()
}

fn fields(kind: &Kind, typed: &ArgMatches) -> Vec<Typed> {
    let value = |flag: &Flag| {
        let id = flag.field.key();
        match flag.value {
            Value::Switch => typed.get_one(id).copied().map(TypedValue::Switch),
            Value::Text(_) | Value::Choice(_) | Value::Number | Value::Size => {
                typed.get_one(id).cloned().map(TypedValue::Text)
            }
            Value::List(_) => typed
                .get_many::<String>(id)
                .map(|texts| TypedValue::List(texts.filter(|text| !text.is_empty()).cloned().collect())),
            Value::CertificateFile | Value::KeyFile | Value::RootFiles => typed
                .get_many::<PathBuf>(id)
                .map(|paths| TypedValue::Files(paths.filter(|path| !path.as_os_str().is_empty()).cloned().collect())),
        }
    };
    kind.flags.iter().filter_map(|flag| Some(Typed { flag, value: value(flag)? })).collect()
}

/// The five commands.
fn commands(kind: &'static Kind) -> [Command; 5] {
    let examples = &kind.examples;
    let add = Command::new("add").about(format!("Add {}", kind.a_noun)).arg(name(kind)).args(flags(kind, true));
    let set = Command::new("set").about(format!("Change {}", kind.a_noun)).arg(name(kind)).args(flags(kind, false));
    let renames = kind.can_be_renamed().then(|| {
        Arg::new(NEW_NAME).long(Field::Name.key()).value_name("NAME").help("Its name from now on").display_order(0)
    });
    let list = Command::new("list").about(format!("List {}", kind.nouns));
    let show = Command::new("show").about(format!("Show {} with all that is known of it", kind.a_noun)).arg(name(kind));
    let remove = Command::new("remove").about(format!("Remove {}", kind.a_noun)).arg(name(kind));
    [
        add.args(of_tenant(kind, "Its tenant [default: the only one]")).arg(dry_run()).after_long_help(examples.add),
        set.args(renames)
            .args(of_tenant(kind, "Its tenant [default: the only one]"))
            .arg(if_match())
            .arg(dry_run())
            .after_long_help(examples.set),
        list.args(of_tenant(kind, "Only this tenant's")).after_long_help(examples.list),
        show.args(of_tenant(kind, "Its tenant [default: the only one]")).after_long_help(examples.show),
        remove
            .args(of_tenant(kind, "Its tenant [default: the only one]"))
            .arg(if_match())
            .arg(dry_run())
            .arg(Arg::new(YES).long("yes").action(ArgAction::SetTrue).help("Do not ask").display_order(102))
            .after_long_help(examples.remove),
    ]
}

fn name(kind: &Kind) -> Arg {
    Arg::new(NAME).value_name("NAME").required(true).help(kind.name_help)
}

fn of_tenant(kind: &Kind, help: &'static str) -> Option<Arg> {
    kind.is_in_tenant().then(|| Arg::new(TENANT_NAME).long("tenant").value_name("TENANT").help(help).display_order(99))
}

fn dry_run() -> Arg {
    let help = "Show what would change, and change nothing";
    Arg::new(DRY_RUN).long("dry-run").action(ArgAction::SetTrue).help(help).display_order(101)
}

fn if_match() -> Arg {
    let help = "Only if this is its version still: the etag that `show --json` prints";
    Arg::new(IF_MATCH).long("if-match").value_name("ETAG").help(help).display_order(100)
}

/// The flags of all fields. Where an object is made, what a certificate cannot be without is asked for.
fn flags(kind: &'static Kind, is_new: bool) -> impl Iterator<Item = Arg> {
    let required = move |flag: &Flag| is_new && flag.value == Value::CertificateFile;
    kind.flags.iter().zip(1..).map(move |(flag, order)| arg(flag).display_order(order).required(required(flag)))
}

fn arg(flag: &'static Flag) -> Arg {
    let arg = Arg::new(flag.field.key()).long(Str::from(flag.long())).help(flag.help);
    match flag.value {
        Value::Switch => arg
            .num_args(0..=1)
            .default_missing_value("true")
            .value_parser(value_parser!(bool))
            .value_name("true|false")
            .hide_possible_values(true),
        Value::Text(name) => arg.value_name(name),
        Value::Choice(words) => arg.value_name("WORD").value_parser(PossibleValuesParser::new(words.iter().map(word))),
        Value::List(name) => arg.value_name(name).action(ArgAction::Append).value_delimiter(','),
        Value::Number => arg.value_name("NUMBER|none").value_parser(number),
        Value::Size => arg.value_name("SIZE|none").value_parser(size),
        Value::CertificateFile | Value::KeyFile => arg.value_name("FILE").value_parser(value_parser!(PathBuf)),
        Value::RootFiles => {
            arg.value_name("FILE").action(ArgAction::Append).value_parser(clap::builder::PathBufValueParser::new())
        }
    }
}

fn word(word: &&'static str) -> PossibleValue {
    PossibleValue::new(*word)
}

/// What stands for no limit.
pub const NO_LIMIT: &str = "none";

fn number(text: &str) -> Result<String, &'static str> {
    if text == NO_LIMIT || text.parse::<u64>().is_ok() {
        return Ok(text.to_owned());
    }
    Err("give a whole number, or `none` for no limit")
}

fn size(text: &str) -> Result<String, &'static str> {
    if text == NO_LIMIT || text.parse::<u64>().is_ok() || proto_placed_toml::quantity::size(text).is_ok() {
        return Ok(text.to_owned());
    }
    Err("give octets, a size such as 25MB, or `none` for no limit")
}
