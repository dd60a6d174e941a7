//! What may be typed, and what it means.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clap::CommandFactory as _;
use clap::error::ErrorKind;

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
