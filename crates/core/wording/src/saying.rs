//! Texts by id: what diagnosis, lint and their reports say. Their codes are the ids; the texts lie in `diagnosis/`.

use crate::Language;
use crate::catalog::Catalog;

/// The text of an id with its arguments by name; an id without a text is shown as itself.
#[must_use]
pub fn say(id: &str, arguments: &[(&'static str, &str)], language: Language) -> String {
    Catalog::get(language).text(id, arguments)
}

/// A text whose form depends on a number, `$count`.
#[must_use]
pub fn say_counted(id: &str, count: u64, language: Language) -> String {
    Catalog::get(language).counted(id, count)
}

/// Whether an id has a text in this language.
#[must_use]
pub fn knows(id: &str, language: Language) -> bool {
    Catalog::get(language).knows(id)
}
