//! Which crates of others each layer may use. `core` and `proto` have a list, so that no clock, file, socket or runtime
//! gets in (a `clippy.toml` over each keeps the standard library's out); some crates belong to one of ours, so that what
//! they do happens in one place. Dev-dependencies are free.

use super::layers::Layer;
use super::workspace::{Crate, Workspace};
use super::{Complaint, File, find};

/// What forbids the standard library's clocks, files and sockets, once for each pure layer.
const CLIPPY: [&str; 2] = ["crates/core/clippy.toml", "crates/proto/clippy.toml"];

/// What `core` may use: data structures, names, times as values, texts.
const CORE: &[&str] = &[
    "fluent-bundle",
    "foldhash",
    "hashbrown",
    "idna",
    "ipnet",
    "jiff",
    "prefix-trie",
    "psl",
    "serde",
    "smallvec",
    "strsim",
    "thiserror",
    "unicode-width",
];

/// What `proto` may use beside that: bytes, and formats that we do not own.
const PROTO: &[&str] = &[
    "aws-lc-rs",
    "bytes",
    "csv",
    "data-encoding",
    "encoding_rs",
    "memchr",
    "p12-keystore",
    "quick-xml",
    "rustls-pki-types",
    "rustls-webpki",
    "serde_json",
    "toml",
    "x509-parser",
];

/// Crates with an owner: nobody else among the shipped crates names them.
const OWNED: &[(&str, &[&str])] = &[
    ("aws-lc-rs", &["proto-certificate", "io-store-embedded", "io-tls", "service-domain-proof"]),
    ("axum", &["service-admin"]),
    ("clap", &["postwarden"]),
    ("flate2", &["io-evidence-files"]),
    ("hickory-resolver", &["io-dns"]),
    ("hyper", &["postwarden", "service-admin"]),
    ("p12-keystore", &["proto-certificate"]),
    ("quick-xml", &["proto-exchange"]),
    ("rusqlite", &["io-store-embedded"]),
    ("rustls", &["io-tls"]),
    ("rustls-native-certs", &["io-tls"]),
    ("rustls-webpki", &["proto-certificate"]),
    ("tokio-rustls", &["io-tls"]),
    ("tracing-subscriber", &["postwarden"]),
    ("utoipa", &["service-admin"]),
    ("x509-parser", &["proto-certificate", "io-tls"]),
    ("zip", &["io-evidence-files"]),
];

/// Looks at every dependency of a shipped crate that is not one of us, and at what the pure layers forbid.
pub fn check(workspace: &Workspace, files: &[File]) -> Vec<Complaint> {
    let shipped = workspace.crates.iter().filter(|member| member.layer != Some(Layer::Outside));
    shipped.flat_map(|member| check_crate(member, workspace)).chain(check_clippy(files)).collect()
}

/// Clippy takes the nearest file only, so the two layers need one each, and they must not drift apart.
fn check_clippy(files: &[File]) -> Option<Complaint> {
    let [core, proto] = CLIPPY.map(|path| find(files, path));
    let same = core.is_some_and(|core| proto.is_some_and(|proto| core.text == proto.text));
    (!same).then(|| Complaint::new(CLIPPY[1], format!("is not the same as {}: copy that one", CLIPPY[0])))
}

fn check_crate(member: &Crate, workspace: &Workspace) -> Vec<Complaint> {
    let foreign = |name: &str| workspace.find(name).is_none();
    let names = member.dependencies.iter().filter(|dependency| !dependency.dev).map(|dependency| &*dependency.name);
    names.filter(|name| foreign(name)).filter_map(|name| check_dependency(member, name)).collect()
}

fn check_dependency(member: &Crate, name: &str) -> Option<Complaint> {
    let listed = match member.layer {
        Some(Layer::Core) => CORE.contains(&name),
        Some(Layer::Proto) => CORE.contains(&name) || PROTO.contains(&name),
        _ => true,
    };
    if !listed {
        let text = format!(
            "depends on {name}, which its layer may not use: do that part in crates/io, or, if the crate is pure, add it \
             to the list in xtask/src/tidy/dependencies.rs"
        );
        return Some(Complaint::new(member.manifest(), text));
    }
    let (_, owners) = OWNED.iter().find(|(owned, _)| *owned == name)?;
    if owners.contains(&&*member.name) {
        return None;
    }
    let text = format!("depends on {name}, which is for {} only: call that crate", owners.join(" and "));
    Some(Complaint::new(member.manifest(), text))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn clippy(core: &str, proto: &str) -> [File; 2] {
        let [first, second] = CLIPPY.map(str::to_owned);
        [File { path: first, text: core.to_owned() }, File { path: second, text: proto.to_owned() }]
    }

    #[test]
    fn the_pure_layers_forbid_the_same() {
        let workspace = Workspace { crates: Vec::new() };
        let check = |files: &[File], expected: usize| assert_eq!(check(&workspace, files).len(), expected);
        check(&clippy("a", "a"), 0);
        check(&clippy("a", "b"), 1);
        check(&clippy("a", "a")[..1], 1);
        check(&[], 1);
    }

    #[test]
    fn layers_keep_to_their_lists_and_owners_to_themselves() {
        let check = |name: &str, folder: &str, dependency: &str, allowed: bool| {
            let workspace = Workspace { crates: vec![Crate::made_up(name, folder, &[dependency])] };
            let complaints = check(&workspace, &clippy("a", "a"));
            assert_eq!(complaints.is_empty(), allowed, "{name} -> {dependency}: {complaints:?}");
        };
        check("core-a", "crates/core/a", "smallvec", true);
        check("core-a", "crates/core/a", "bytes", false);
        check("core-a", "crates/core/a", "tokio", false);
        check("core-a", "crates/core/a", "dev:tokio", true);
        check("proto-a", "crates/proto/a", "bytes", true);
        check("proto-a", "crates/proto/a", "smallvec", true);
        check("proto-a", "crates/proto/a", "rustls", false);
        check("proto-a", "crates/proto/a", "rusqlite", false);
        check("proto-certificate", "crates/proto/certificate", "rustls-webpki", true);
        check("proto-smtp", "crates/proto/smtp", "rustls-webpki", false);
        check("io-tls", "crates/io/tls", "rustls", true);
        check("service-reception", "crates/service/reception", "rustls", false);
        check("service-reception", "crates/service/reception", "tokio", true);
        check("service-delivery", "crates/service/delivery", "rusqlite", false);
        check("bench", "bench", "rusqlite", true);
    }
}
