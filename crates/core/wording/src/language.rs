//! The languages that there are texts in.

/// A language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// The default.
    #[default]
    English,
    /// Czech.
    Czech,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::English, Self::Czech];

    /// The language of a tag as in `LANG` or `--lang`: `cs`, `cs-CZ`, `cs_CZ.UTF-8`. Anything else is English.
    #[must_use]
    pub fn from_tag(tag: &str) -> Self {
        let primary = tag.split(['_', '-', '.', '@']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("cs") { Self::Czech } else { Self::English }
    }

    /// The tag of BCP 47.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Czech => "cs",
        }
    }
}
