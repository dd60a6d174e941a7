//! PowerShell as it is written for administrators to paste: literals that hold whatever is in them, and whole scripts.

mod script;
#[cfg(test)]
mod tests;

pub use script::script;

/// A text as a literal: single quotes, doubled inside, the typographic ones too, which PowerShell takes for quotes. Control
/// characters are left out, since they would act upon the terminal that it is pasted into.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut quoted = String::from("'");
    for c in text.chars().filter(|c| !c.is_control()) {
        if matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}') {
            quoted.push(c);
        }
        quoted.push(c);
    }
    quoted.push('\'');
    quoted
}
