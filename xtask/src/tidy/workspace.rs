//! The workspace's crates as the checks see them: name, folder, layer, dependencies. Made from `cargo metadata`.

use std::path::Path;

use serde_json::Value;

use super::layers::Layer;
use crate::cargo::Metadata;

/// All members.
pub struct Workspace {
    pub crates: Vec<Crate>,
}

/// One member.
pub struct Crate {
    pub name: String,
    /// Its folder from the root, with `/`.
    pub folder: String,
    /// `None` if the folder belongs to no layer.
    pub layer: Option<Layer>,
    pub description: String,
    pub dependencies: Vec<Dependency>,
}

/// One line of a manifest's dependencies.
pub struct Dependency {
    pub name: String,
    /// A dev-dependency: only tests and benches see it.
    pub dev: bool,
}

impl Workspace {
    /// # Errors
    /// Cargo's answer lacks what it promises.
    pub fn read(metadata: &Metadata) -> Result<Workspace, String> {
        let crates = metadata.packages.iter().map(|package| Crate::read(package, &metadata.root));
        Ok(Workspace { crates: crates.collect::<Result<_, _>>()? })
    }

    /// The member of this name.
    pub fn find(&self, name: &str) -> Option<&Crate> {
        self.crates.iter().find(|member| member.name == name)
    }
}

impl Crate {
    fn read(package: &Value, root: &Path) -> Result<Crate, String> {
        let lacks = |key: &str| format!("`cargo metadata` gives a package without {key}");
        let name = package["name"].as_str().ok_or_else(|| lacks("name"))?.to_owned();
        let manifest = Path::new(package["manifest_path"].as_str().ok_or_else(|| lacks("manifest_path"))?);
        let folder = manifest.parent().and_then(|folder| folder.strip_prefix(root).ok());
        let folder = folder.ok_or_else(|| format!("{name} lies outside of the workspace"))?;
        let folder = folder.to_string_lossy().replace('\\', "/");
        let dependencies = package["dependencies"].as_array().ok_or_else(|| lacks("dependencies"))?;
        let dependencies = dependencies.iter().map(|dependency| Dependency {
            name: dependency["name"].as_str().unwrap_or_default().to_owned(),
            dev: dependency["kind"] == "dev",
        });
        Ok(Crate {
            layer: Layer::of(&folder),
            description: package["description"].as_str().unwrap_or_default().to_owned(),
            dependencies: dependencies.collect(),
            name,
            folder,
        })
    }

    /// The path of its manifest from the root.
    pub fn manifest(&self) -> String {
        format!("{}/Cargo.toml", self.folder)
    }

    /// A made-up member for the tests of the checks; a dependency written `dev:NAME` is one of tests only.
    #[cfg(test)]
    pub fn made_up(name: &str, folder: &str, dependencies: &[&str]) -> Crate {
        let dependency = |text: &&str| match text.strip_prefix("dev:") {
            Some(name) => Dependency { name: name.to_owned(), dev: true },
            None => Dependency { name: (*text).to_owned(), dev: false },
        };
        Crate {
            name: name.to_owned(),
            folder: folder.to_owned(),
            layer: Layer::of(folder),
            description: "Made up.".to_owned(),
            dependencies: dependencies.iter().map(dependency).collect(),
        }
    }
}
