//! Names of what a server has, where the command line takes one.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;

use clap::{Arg, Command};
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use core_directory::{Field, ObjectKind};
use service_admin::wire::{MAX_PAGE, Resource, ResourcePage, TokenPage, resource_path};

use crate::cli::Global;
use crate::cli::kind::Kind;
use crate::client::Client;

/// How long a server is waited for: longer would be felt at the prompt.
const LIMIT: Duration = Duration::from_millis(300);

/// What there are names of.
#[derive(Clone, Copy)]
enum Names {
    Objects(ObjectKind),
    Tokens,
}

/// Kinds of objects with their commands.
const KINDS: [ObjectKind; 5] = [
    ObjectKind::Tenant,
    ObjectKind::Domain,
    ObjectKind::Certificate,
    ObjectKind::InboundConnector,
    ObjectKind::SendConnector,
];

/// Attaches names to every argument that takes one.
pub fn attach(root: Command) -> Command {
    root.mut_subcommands(|command| {
        let name = command.get_name().to_owned();
        let kind = KINDS.into_iter().find(|kind| Kind::of(*kind).command == name);
        let of_command = kind.map(Names::Objects).or_else(|| (name == "token").then_some(Names::Tokens));
        with_names(command, None).mut_subcommands(|action| {
            // What is added has no name yet.
            let named = of_command.filter(|_| action.get_name() != "add");
            with_names(action, named)
        })
    })
}

fn with_names(command: Command, named: Option<Names>) -> Command {
    command.mut_args(|arg| match names_of(&arg, named) {
        Some(names) => arg.add(ArgValueCandidates::new(move || candidates(names))),
        None => arg,
    })
}

/// Of what an argument is a name.
fn names_of(arg: &Arg, named: Option<Names>) -> Option<Names> {
    let is = |field: Field| arg.get_id().as_str() == field.key();
    if arg.is_positional() {
        // Of `certificate inspect` and the like it is a file.
        let is_name = arg.get_value_names().is_some_and(|names| names.iter().any(|name| name == "NAME"));
        return named.filter(|_| is_name);
    }
    let takes_name = arg.get_value_names().is_some_and(|names| names.iter().any(|name| name == "NAME"));
    if arg.get_id() == "tenant" {
        Some(Names::Objects(ObjectKind::Tenant))
    } else if is(Field::Certificate) && takes_name {
        Some(Names::Objects(ObjectKind::Certificate))
    } else if is(Field::AssociatedAcceptedDomains) {
        Some(Names::Objects(ObjectKind::Domain))
    } else {
        None
    }
}

/// The names, or none where the server does not give them in time.
fn candidates(names: Names) -> Vec<CompletionCandidate> {
    let (sender, receiver) = mpsc::channel();
    // It is left behind where it takes longer; the program ends then, and it with it.
    std::thread::spawn(move || {
        let found = Typed::of_process().ask(names);
        let _ = sender.send(found.unwrap_or_default());
    });
    let found = receiver.recv_timeout(LIMIT).unwrap_or_default();
    found.into_iter().map(CompletionCandidate::new).collect()
}

/// What was typed so far that says whom to ask, and about whom.
#[derive(Debug, PartialEq, Eq)]
struct Typed {
    words: Vec<String>,
}

impl Typed {
    /// The words stand behind `--` of this process, and in bash in a variable.
    fn of_process() -> Self {
        let words = std::env::args_os().skip_while(|word| word != "--").skip(1);
        let words: Vec<String> = words.map(|word: OsString| word.to_string_lossy().into_owned()).collect();
        Self { words: super::bash::words().unwrap_or(words) }
    }

    /// What stands behind an option, in either form.
    fn value(&self, option: &str) -> Option<String> {
        let mut words = self.words.iter();
        while let Some(word) = words.next() {
            match word.strip_prefix(option) {
                Some("") => return words.next().filter(|value| !value.is_empty()).cloned(),
                Some(rest) if rest.starts_with('=') => return Some(rest.trim_start_matches('=').to_owned()),
                _ => {}
            }
        }
        None
    }

    fn global(&self) -> Global {
        let path = |option: &str| self.value(option).map(PathBuf::from);
        Global {
            config: path("--config"),
            data: path("--data"),
            socket: path("--socket"),
            url: self.value("--url"),
            token_file: path("--token-file"),
            ca: path("--ca"),
            ..Global::default()
        }
    }

    fn ask(&self, names: Names) -> Option<Vec<String>> {
        let client = Client::silent(&self.global())?;
        let kind = match names {
            Names::Objects(kind) => kind,
            Names::Tokens => {
                let page: TokenPage = client.get(&format!("/v1/tokens?limit={MAX_PAGE}")).ok()?;
                return Some(page.items.into_iter().map(|token| token.name).collect());
            }
        };
        if kind == ObjectKind::Tenant {
            return objects(&client, "", kind, MAX_PAGE);
        }
        let tenant = match self.value("--tenant") {
            Some(tenant) => tenant,
            // Where there are several, the command asks which.
            None => match objects(&client, "", ObjectKind::Tenant, 2)?.as_slice() {
                [only] => only.clone(),
                _ => return None,
            },
        };
        objects(&client, &tenant, kind, MAX_PAGE)
    }
}

/// The first names of a kind. Who has more types more of it.
fn objects(client: &Client, tenant: &str, kind: ObjectKind, most: usize) -> Option<Vec<String>> {
    let path = format!("{}?limit={most}", resource_path(tenant, kind, None));
    let page: ResourcePage = client.get(&path).ok()?;
    Some(page.items.iter().map(Resource::name).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::Typed;

    #[test]
    fn options_are_found_among_the_words() {
        let check = |line: &str, expected: Option<&str>| {
            let typed = Typed { words: line.split(' ').map(str::to_owned).collect() };
            assert_eq!(typed.value("--tenant").as_deref(), expected, "{line:?}");
        };
        check("postwarden domain show x --tenant contoso", Some("contoso"));
        check("postwarden domain show --tenant=contoso x", Some("contoso"));
        check("postwarden domain show --tenant", None);
        check("postwarden domain show --tenants contoso", None);
        check("postwarden domain show", None);
    }
}
