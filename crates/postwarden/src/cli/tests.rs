//! What may be typed, and what it means.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clap::CommandFactory as _;
use clap::error::ErrorKind;

use super::global::LanguageChoice;
use super::*;

fn parse(typed: &str) -> Result<Cli, ErrorKind> {
    let words = shell_words(typed);
    Cli::try_parse_from(std::iter::once("postwarden".to_owned()).chain(words)).map_err(|error| error.kind())
}

/// Splits at spaces; `''` is the empty word.
fn shell_words(typed: &str) -> Vec<String> {
    typed.split_whitespace().map(|word| if word == "''" { String::new() } else { word.to_owned() }).collect()
}

fn explain(typed: &str) -> ExplainArgs {
    match parse(typed).unwrap().command {
        Some(Command::Explain(args)) => args,
        other => panic!("{typed:?}: {other:?}"),
    }
}

#[test]
fn the_definitions_are_sound() {
    Cli::command().debug_assert();
}

#[test]
fn everything_of_explain_may_be_left_out() {
    let args = explain("explain");
    assert_eq!((args.ip, args.certificate, args.mail_from, args.rcpt_to), (None, None, None, None));
    assert!(args.presented_name.is_empty() && !args.no_certificate && !args.no_tls && args.files.is_empty());
}

#[test]
fn names_are_given_at_once_or_one_by_one() {
    let check = |typed: &str| assert_eq!(explain(typed).presented_name, ["a.example", "b.example"], "{typed:?}");
    check("explain --presented-name a.example b.example");
    check("explain --presented-name a.example --presented-name b.example --mail-from x@y.example");
    check("explain --presented-name=a.example --ip 192.0.2.1 --presented-name=b.example");
}

#[test]
fn the_null_sender_can_be_typed() {
    assert_eq!(explain("explain --mail-from ''").mail_from.as_deref(), Some(""));
    assert_eq!(explain("explain --mail-from <>").mail_from.as_deref(), Some("<>"));
}

#[test]
fn options_of_every_command_stand_anywhere() {
    let check = |typed: &str| {
        let global = parse(typed).unwrap().global;
        assert!(global.json, "{typed:?}");
        assert_eq!(global.data.as_deref(), Some(std::path::Path::new("d")), "{typed:?}");
        assert_eq!(global.lang, Some(LanguageChoice::Cs), "{typed:?}");
    };
    check("--json --data d --lang cs status");
    check("status --json --data d --lang cs");
    check("--json queue --data d list --lang cs");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let check = |typed: &str, expected: ErrorKind| match parse(typed) {
        Ok(cli) => panic!("{typed:?} was taken: {cli:?}"),
        Err(kind) => assert_eq!(kind, expected, "{typed:?}"),
    };
    check("aply", ErrorKind::InvalidSubcommand);
    check("apply", ErrorKind::MissingRequiredArgument);
    check("apply --file", ErrorKind::InvalidValue);
    check("explain --trust ca.pem", ErrorKind::MissingRequiredArgument);
    check("explain --no-certificate --certificate a.pem", ErrorKind::ArgumentConflict);
    check("explain --no-certificate --presented-name a.example", ErrorKind::ArgumentConflict);
    check("explain --certificate a.pem --presented-name a.example", ErrorKind::ArgumentConflict);
    check("explain --no-tls --certificate a.pem", ErrorKind::ArgumentConflict);
    check("explain --no-tls --presented-name a.example", ErrorKind::ArgumentConflict);
    check("explain --at yesterday", ErrorKind::ValueValidation);
    check("why", ErrorKind::MissingRequiredArgument);
    check("queue", ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand);
    check("queue list --limit 0", ErrorKind::ValueValidation);
    check("queue list --limit 1001", ErrorKind::ValueValidation);
    check("queue list --limit many", ErrorKind::ValueValidation);
    check("status --lang de", ErrorKind::InvalidValue);
    check("status --color sometimes", ErrorKind::InvalidValue);
    check("serve --port 25", ErrorKind::UnknownArgument);
    check("completions cmd", ErrorKind::InvalidValue);
}

fn set(typed: &str) -> object::SetArgs {
    match parse(typed).unwrap().command {
        Some(Command::InboundConnector(ObjectCommand { action: object::Action::Set(args), .. })) => args,
        other => panic!("{typed:?}: {other:?}"),
    }
}

#[test]
fn fields_of_objects_are_typed_in_any_usual_form() {
    use object::TypedValue::{List, Switch, Text};
    let check = |typed: &str, expected: &[(&str, object::TypedValue)]| {
        let args = set(&format!("inbound-connector set HQ {typed}"));
        let got: Vec<_> = args.fields.iter().map(|own| (own.flag.field.key(), own.value.clone())).collect();
        assert_eq!(got, expected, "{typed:?}");
        assert_eq!(args.object.name, "HQ", "{typed:?}");
    };
    let list = |texts: &[&str]| List(texts.iter().map(|text| (*text).to_owned()).collect());
    check("", &[]);
    check("--enabled", &[("enabled", Switch(true))]);
    check("--enabled false", &[("enabled", Switch(false))]);
    check("--enabled=false --any-sender", &[("enabled", Switch(false)), ("any_sender", Switch(true))]);
    check("--comment ''", &[("comment", Text(String::new()))]);
    check("--comment=--x", &[("comment", Text("--x".to_owned()))]);
    let addresses = list(&["192.0.2.1", "192.0.2.2"]);
    check("--sender-ip-addresses 192.0.2.1,192.0.2.2", &[("sender_ip_addresses", addresses.clone())]);
    check("--sender-ip-addresses 192.0.2.1 --sender-ip-addresses 192.0.2.2", &[("sender_ip_addresses", addresses)]);
    check("--sender-ip-addresses ''", &[("sender_ip_addresses", list(&[]))]);
    check("--type partner", &[("type", Text("partner".to_owned()))]);
}

#[test]
fn what_no_object_can_have_is_refused_at_once() {
    let check = |typed: &str, expected: ErrorKind| match parse(typed) {
        Ok(cli) => panic!("{typed:?} was taken: {cli:?}"),
        Err(kind) => assert_eq!(kind, expected, "{typed:?}"),
    };
    check("tenant", ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand);
    check("tenant add", ErrorKind::MissingRequiredArgument);
    check("tenant add a --tenant b", ErrorKind::UnknownArgument);
    check("tenant set a --max-sessions many", ErrorKind::ValueValidation);
    check("tenant set a --max-message-size 25MiB", ErrorKind::ValueValidation);
    check("tenant set a --over-limit drop", ErrorKind::InvalidValue);
    check("domain set a.example --name b.example", ErrorKind::UnknownArgument);
    check("domain set a.example --verified perhaps", ErrorKind::InvalidValue);
    check("inbound-connector add HQ --smart-hosts a", ErrorKind::UnknownArgument);
    check("certificate add hq", ErrorKind::MissingRequiredArgument);
    check("inbound-connector remove", ErrorKind::MissingRequiredArgument);
}
