//! Asks before something is done that cannot be taken back.

use std::io::{IsTerminal as _, Write as _};

use crate::exit::Failure;

/// Asks on a terminal, where anything but yes is no. Elsewhere nobody could answer: that is wrong usage, and `hint` says
/// what to type.
pub fn confirmed(question: &str, hint: &str) -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Err(Failure::usage("this is no terminal to ask on; nothing was changed").hint(hint));
    }
    let mut stderr = std::io::stderr();
    write!(stderr, "{question} [y/N] ")?;
    stderr.flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).map_err(|error| Failure::usage(format!("standard input: {error}")))?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}
