//! From a line to a command.

use super::{Argument, Command, CommandError, HeloName, Verb};
use crate::limits::MAX_COMMAND_LINE;
use crate::param::Parameters;
use crate::path::{ForwardPath, ReversePath, split_path};

/// The verbs that have a variant of their own.
pub(super) const KNOWN: [&str; 14] =
    ["HELO", "EHLO", "STARTTLS", "MAIL", "RCPT", "DATA", "BDAT", "RSET", "NOOP", "QUIT", "VRFY", "EXPN", "HELP", ""];

const MAIL_FORM: &str = "MAIL FROM:<address> and parameters";
const RCPT_FORM: &str = "RCPT TO:<address> and parameters";

pub(super) fn parse(line: &[u8]) -> Result<Command, CommandError> {
    let line = checked(line)?.trim_end_matches(' ');
    let (verb, argument) = line.split_once(' ').unwrap_or((line, ""));
    let rest = || Argument(argument.trim_matches(' ').to_owned());
    match verb.to_ascii_uppercase().as_str() {
        "" => Err(CommandError::Empty),
        "HELO" => helo_name(argument).map(Command::Helo),
        "EHLO" => helo_name(argument).map(Command::Ehlo),
        "STARTTLS" => without_argument(argument, "STARTTLS alone", Command::StartTls),
        "MAIL" => mail(argument),
        "RCPT" => rcpt(argument),
        "DATA" => without_argument(argument, "DATA alone", Command::Data),
        "BDAT" => bdat(argument).ok_or(CommandError::ChunkSize),
        "RSET" => without_argument(argument, "RSET alone", Command::Rset),
        "NOOP" => Ok(Command::Noop(rest())),
        "QUIT" => without_argument(argument, "QUIT alone", Command::Quit),
        "VRFY" => Ok(Command::Vrfy(rest())),
        "EXPN" => Ok(Command::Expn(rest())),
        "HELP" => Ok(Command::Help(rest())),
        _ => {
            let verb = Verb::new(verb).ok_or(CommandError::Syntax { wanted: "a command of ASCII letters" })?;
            Ok(Command::Unknown { verb, argument: rest() })
        }
    }
}

/// The line as text: short enough, no control characters, UTF-8.
fn checked(line: &[u8]) -> Result<&str, CommandError> {
    if line.len() + 2 > MAX_COMMAND_LINE {
        return Err(CommandError::LineTooLong);
    }
    if let Some(at) = line.iter().position(u8::is_ascii_control) {
        return Err(CommandError::ControlCharacter { at });
    }
    let text = std::str::from_utf8(line).map_err(|error| CommandError::NotUtf8 { at: error.valid_up_to() })?;
    match text.char_indices().find(|(_, c)| c.is_control()) {
        Some((at, _)) => Err(CommandError::ControlCharacter { at }),
        None => Ok(text),
    }
}

fn helo_name(argument: &str) -> Result<HeloName, CommandError> {
    HeloName::new(argument.trim_matches(' ')).ok_or(CommandError::HeloName)
}

fn without_argument(argument: &str, wanted: &'static str, command: Command) -> Result<Command, CommandError> {
    if argument.trim_matches(' ').is_empty() { Ok(command) } else { Err(CommandError::Syntax { wanted }) }
}

fn mail(argument: &str) -> Result<Command, CommandError> {
    let (path, params) = path_and_params(argument, "FROM:", MAIL_FORM)?;
    let path = ReversePath::parse(path).map_err(CommandError::ReversePath)?;
    Ok(Command::Mail { path, params: Parameters::parse(params).ok_or(CommandError::Parameter)? })
}

fn rcpt(argument: &str) -> Result<Command, CommandError> {
    let (path, params) = path_and_params(argument, "TO:", RCPT_FORM)?;
    let path = ForwardPath::parse(path).map_err(CommandError::ForwardPath)?;
    Ok(Command::Rcpt { path, params: Parameters::parse(params).ok_or(CommandError::Parameter)? })
}

/// Path and parameters behind `FROM:` or `TO:`; a parameter must be divided from the path by a space.
fn path_and_params<'a>(
    argument: &'a str,
    keyword: &str,
    wanted: &'static str,
) -> Result<(&'a str, &'a str), CommandError> {
    let syntax = CommandError::Syntax { wanted };
    let (word, rest) = argument.trim_start_matches(' ').split_at_checked(keyword.len()).ok_or(syntax)?;
    if !word.eq_ignore_ascii_case(keyword) {
        return Err(syntax);
    }
    let (path, params) = split_path(rest.trim_start_matches(' '));
    if params.is_empty() || params.starts_with(' ') { Ok((path, params)) } else { Err(syntax) }
}

fn bdat(argument: &str) -> Option<Command> {
    let mut words = argument.split(' ').filter(|word| !word.is_empty());
    let size = words.next().filter(|size| size.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()?;
    let last = match words.next() {
        None => false,
        Some(word) if word.eq_ignore_ascii_case("LAST") => true,
        Some(_) => return None,
    };
    words.next().is_none().then_some(Command::Bdat { size, last })
}
