//! Completion for shells, names of objects among it: the scripts that shells load ask the program itself, which knows the
//! definitions of the command line, and asks the server for names. It must be quick and silent: a prompt waits for it.

mod bash;
mod names;

use clap::{Command, CommandFactory as _};
use clap_complete::env::{Elvish, Fish, Powershell, Shells, Zsh};
use clap_complete::{CompleteEnv, Shell};

use self::bash::Bash;
use crate::cli::Cli;

/// The variable by which a script asks: its value is the shell.
const VARIABLE: &str = "POSTWARDEN_COMPLETE";

const NAME: &str = "postwarden";

const SHELLS: Shells<'static> = Shells(&[&Bash, &Elvish, &Fish, &Powershell, &Zsh]);

/// Answers a shell's script, if it was one that started the program. Then there is nothing else to do. What goes wrong is said
/// to nobody: somebody is in the middle of typing.
pub fn answered() -> bool {
    if std::env::var_os(VARIABLE).is_none() {
        return false;
    }
    let folder = std::env::current_dir().ok();
    let complete = CompleteEnv::with_factory(command).var(VARIABLE).completer(NAME).shells(SHELLS);
    complete.try_complete(std::env::args_os(), folder.as_deref()).unwrap_or(true)
}

/// The script that a shell loads.
///
/// # Errors
/// The shell has none.
pub fn script(shell: Shell) -> std::io::Result<String> {
    let no = || std::io::Error::other(format!("there are no completions for {shell}"));
    let shell = SHELLS.completer(&shell.to_string()).ok_or_else(no)?;
    let mut script = Vec::new();
    shell.write_registration(VARIABLE, NAME, NAME, NAME, &mut script)?;
    Ok(String::from_utf8_lossy(&script).into_owned())
}

/// The command line with the names of what the server has.
fn command() -> Command {
    names::attach(Cli::command())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn the_definitions_stay_sound() {
        command().debug_assert();
    }

    #[test]
    fn every_shell_has_a_script_that_asks_the_program() {
        for shell in [Shell::Bash, Shell::Elvish, Shell::Fish, Shell::PowerShell, Shell::Zsh] {
            let script = script(shell).unwrap();
            assert!(script.contains(VARIABLE) && script.contains("postwarden"), "{shell}:\n{script}");
        }
    }
}
