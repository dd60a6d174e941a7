//! The layers are folders, and dependencies between our crates point down only. The order is told here and nowhere else.

use super::Complaint;
use super::workspace::{Crate, Workspace};

/// Services may depend on services of a lower rank: this is the whole order. `diagnosis` stands apart, see [`Layer`].
const SERVICES: &[(&str, u8)] = &[
    ("directory", 0),
    ("outbound", 0),
    ("reception", 1),
    ("delivery", 1),
    ("domain_proof", 1),
    ("probe", 1),
    ("hybrid", 2),
    ("admin", 3),
];

/// Only the program chooses the store's engine; the rest knows its traits. Tests may open one.
const ENGINE_PREFIX: &str = "io-store-";

/// Where a crate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// Pure rules and nouns.
    Core,
    /// Formats and protocols, bytes in and out.
    Proto,
    /// What touches the world.
    Io,
    /// What runs long, with its rank.
    Service(u8),
    /// `service/diagnosis` and `service/import`: core and proto only, for they must one day run in a browser.
    Diagnosis,
    /// The binary.
    Program,
    /// Tasks, benches, whole-program tests: not shipped, and nothing depends on them.
    Outside,
}

impl Layer {
    /// The layer of a crate's folder.
    pub fn of(folder: &str) -> Option<Layer> {
        match folder.split('/').collect::<Vec<_>>()[..] {
            ["crates", "core", _] => Some(Layer::Core),
            ["crates", "proto", _] => Some(Layer::Proto),
            ["crates", "io", _] => Some(Layer::Io),
            ["crates", "service", "diagnosis" | "import"] => Some(Layer::Diagnosis),
            ["crates", "service", name] => {
                SERVICES.iter().find(|(service, _)| *service == name).map(|(_, rank)| Layer::Service(*rank))
            }
            ["crates", "postwarden"] => Some(Layer::Program),
            ["bench" | "fuzz" | "tests" | "xtask"] => Some(Layer::Outside),
            _ => None,
        }
    }

    /// Whether code of this layer may know code of the other.
    fn may_use(self, other: Layer) -> bool {
        match self {
            Layer::Core => other == Layer::Core,
            Layer::Proto | Layer::Diagnosis => matches!(other, Layer::Core | Layer::Proto),
            Layer::Io => matches!(other, Layer::Core | Layer::Proto | Layer::Io),
            Layer::Service(rank) => match other {
                Layer::Service(below) => below < rank,
                Layer::Program | Layer::Outside => false,
                Layer::Core | Layer::Proto | Layer::Io | Layer::Diagnosis => true,
            },
            Layer::Program => other != Layer::Outside,
            Layer::Outside => true,
        }
    }
}

/// Every crate lies in a layer, and each of its dependencies on us points down.
pub fn check(workspace: &Workspace) -> Vec<Complaint> {
    workspace.crates.iter().flat_map(|member| check_crate(member, workspace)).collect()
}

fn check_crate(member: &Crate, workspace: &Workspace) -> Vec<Complaint> {
    let Some(layer) = member.layer else {
        let text = "lies in no layer: move it below crates/core, proto, io or service, or give a new service its place in \
                    the order in xtask/src/tidy/layers.rs";
        return vec![Complaint::new(member.manifest(), text)];
    };
    let mut complaints = Vec::new();
    for dependency in &member.dependencies {
        let Some(other) = workspace.find(&dependency.name) else { continue };
        if other.layer.is_some_and(|other| !layer.may_use(other)) {
            let text = format!(
                "depends on {} ({}), which does not lie below it: move the shared part down, or turn the call round",
                other.name, other.folder
            );
            complaints.push(Complaint::new(member.manifest(), text));
        }
        let chooses_engine = matches!(layer, Layer::Service(_) | Layer::Io) && !dependency.dev;
        if chooses_engine && other.name.starts_with(ENGINE_PREFIX) {
            let text =
                format!("names the store engine {}: only postwarden may; use the traits of io-store", other.name);
            complaints.push(Complaint::new(member.manifest(), text));
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    /// Puts the dependency `from` → `to` into a workspace of all layers and expects it to be allowed or not.
    fn check_edge(from: &str, to: &str, allowed: bool) {
        let folders = [
            "crates/core/a",
            "crates/core/b",
            "crates/proto/a",
            "crates/io/store",
            "crates/io/store_embedded",
            "crates/service/directory",
            "crates/service/outbound",
            "crates/service/reception",
            "crates/service/delivery",
            "crates/service/diagnosis",
            "crates/service/admin",
            "crates/postwarden",
            "bench",
        ];
        let name = |folder: &str| folder.trim_start_matches("crates/").replace(['/', '_'], "-");
        let dev = to.starts_with("dev:");
        let to = name(to.trim_start_matches("dev:"));
        let dependency = if dev { format!("dev:{to}") } else { to };
        let made_up = |folder: &&str| {
            let dependencies: &[&str] = if *folder == from { &[&dependency] } else { &[] };
            Crate::made_up(&name(folder), folder, dependencies)
        };
        let complaints = check(&Workspace { crates: folders.iter().map(made_up).collect() });
        assert_eq!(complaints.is_empty(), allowed, "{from} -> {dependency}: {complaints:?}");
        assert!(complaints.iter().all(|complaint| complaint.place == format!("{from}/Cargo.toml")), "{complaints:?}");
    }

    #[test]
    fn dependencies_point_down() {
        check_edge("crates/core/a", "crates/core/b", true);
        check_edge("crates/core/a", "crates/proto/a", false);
        check_edge("crates/core/a", "dev:crates/proto/a", false);
        check_edge("crates/proto/a", "crates/core/a", true);
        check_edge("crates/proto/a", "crates/io/store", false);
        check_edge("crates/io/store", "crates/proto/a", true);
        check_edge("crates/io/store", "crates/service/directory", false);
        check_edge("crates/service/directory", "crates/io/store", true);
        check_edge("crates/postwarden", "crates/service/admin", true);
        check_edge("crates/postwarden", "bench", false);
        check_edge("crates/service/admin", "crates/postwarden", false);
        check_edge("bench", "crates/service/admin", true);
    }

    #[test]
    fn services_know_only_those_of_a_lower_rank() {
        check_edge("crates/service/reception", "crates/service/directory", true);
        check_edge("crates/service/delivery", "crates/service/outbound", true);
        check_edge("crates/service/outbound", "crates/service/directory", false);
        check_edge("crates/service/reception", "crates/service/delivery", false);
        check_edge("crates/service/directory", "crates/service/reception", false);
        check_edge("crates/service/admin", "crates/service/delivery", true);
        check_edge("crates/service/admin", "crates/service/diagnosis", true);
        check_edge("crates/service/diagnosis", "crates/core/a", true);
        check_edge("crates/service/diagnosis", "crates/io/store", false);
    }

    #[test]
    fn only_the_program_names_a_store_engine() {
        check_edge("crates/postwarden", "crates/io/store_embedded", true);
        check_edge("crates/service/delivery", "crates/io/store_embedded", false);
        check_edge("crates/service/delivery", "dev:crates/io/store_embedded", true);
        check_edge("crates/io/store", "crates/io/store_embedded", false);
    }

    #[test]
    fn every_crate_lies_in_a_layer() {
        for folder in ["crates/stray", "crates/service/unranked", "lib/thing", "crates/core/a/deeper"] {
            let workspace = Workspace { crates: vec![Crate::made_up("stray", folder, &[])] };
            assert_eq!(check(&workspace).len(), 1, "{folder}");
        }
    }
}
