//! The texts of one language, by id. A text that is missing shows its id, so that nothing here can fail; a test sees to it
//! that none is.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use crate::Language;

/// The sources, which are part of the program: name, English, Czech.
pub(crate) const SOURCES: &[(&str, &str, &str)] = &[
    ("verdicts", include_str!("en.ftl"), include_str!("cs.ftl")),
    ("evidence", include_str!("diagnosis/evidence.en.ftl"), include_str!("diagnosis/evidence.cs.ftl")),
    ("report", include_str!("diagnosis/report.en.ftl"), include_str!("diagnosis/report.cs.ftl")),
    ("lint", include_str!("diagnosis/lint.en.ftl"), include_str!("diagnosis/lint.cs.ftl")),
    (
        "causes_identity",
        include_str!("diagnosis/causes_identity.en.ftl"),
        include_str!("diagnosis/causes_identity.cs.ftl"),
    ),
    (
        "causes_ownership",
        include_str!("diagnosis/causes_ownership.en.ftl"),
        include_str!("diagnosis/causes_ownership.cs.ftl"),
    ),
    ("causes_path", include_str!("diagnosis/causes_path.en.ftl"), include_str!("diagnosis/causes_path.cs.ftl")),
];

static ENGLISH: LazyLock<Catalog> = LazyLock::new(|| Catalog::of(Language::English));
static CZECH: LazyLock<Catalog> = LazyLock::new(|| Catalog::of(Language::Czech));

/// The texts of one language.
pub(crate) struct Catalog {
    bundle: FluentBundle<FluentResource>,
}

impl Catalog {
    pub(crate) fn get(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::Czech => &CZECH,
        }
    }

    fn of(language: Language) -> Self {
        let mut bundle = FluentBundle::new_concurrent(vec![language.tag().parse().unwrap_or_default()]);
        // Marks around values would end up in copied commands and names.
        bundle.set_use_isolating(false);
        for (_, english, czech) in SOURCES {
            let source = match language {
                Language::English => english,
                Language::Czech => czech,
            };
            // What can be read of a source counts.
            let resource = FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(partial, _)| partial);
            bundle.add_resource_overriding(resource);
        }
        Self { bundle }
    }

    /// Whether there is a text of this id.
    pub(crate) fn knows(&self, id: &str) -> bool {
        self.bundle.has_message(id)
    }

    /// A text without arguments.
    pub(crate) fn plain(&self, id: &str) -> String {
        self.format(id, None)
    }

    /// A text with arguments by name.
    pub(crate) fn text(&self, id: &str, arguments: &[(&'static str, &str)]) -> String {
        let mut values = FluentArgs::with_capacity(arguments.len());
        for (name, value) in arguments {
            values.set(*name, FluentValue::from(*value));
        }
        self.format(id, Some(&values))
    }

    /// A text whose form depends on a number, `$count`.
    pub(crate) fn counted(&self, id: &str, count: u64) -> String {
        let mut values = FluentArgs::with_capacity(1);
        values.set("count", count);
        self.format(id, Some(&values))
    }

    fn format(&self, id: &str, arguments: Option<&FluentArgs<'_>>) -> String {
        let Some(pattern) = self.bundle.get_message(id).and_then(|message| message.value()) else {
            return id.to_owned();
        };
        let mut errors = Vec::new();
        self.bundle.format_pattern(pattern, arguments, &mut errors).into_owned()
    }
}
