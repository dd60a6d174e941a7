//! Changes as data: a directory, a change, what is different and what then is in force; and the directory's life over
//! restarts, other nodes and a store out of reach.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod applying;
mod editing;
mod lifetime;
mod refusing;
mod replacing;

use std::sync::Arc;

use core_directory::{Standing, Tenant};
use io_store::Directories;
use io_store_embedded::Embedded;
use jiff::Timestamp;
use proto_directory_file::{read_toml, write_toml};

use crate::{Applied, ApplyError, ApplyRequest, DirectoryService};

/// A tenant with one object of each kind.
const CONTOSO: &str = r#"
[[tenant]]
name = "contoso"
  [[tenant.domain]]
  name = "contoso.com"
  verified = true
  [[tenant.certificate]]
  name = "hq"
  certificate = "hq.pem"
  key = "hq.key"
  [[tenant.inbound_connector]]
  name = "Inbound from HQ"
  tls_sender_certificate_name = "*.contoso.com"
  [[tenant.send_connector]]
  name = "Outbound"
  smart_hosts = ["hub.example.net"]
  certificate = "hq"
"#;

/// A directory in a folder of its own.
struct Relay {
    folder: tempfile::TempDir,
    store: Arc<dyn Directories>,
    service: Arc<DirectoryService>,
}

/// Two certificates with keys, made once.
struct Files {
    hq: (String, String),
    other: (String, String),
}

impl Files {
    fn get() -> &'static Self {
        static FILES: std::sync::OnceLock<Files> = std::sync::OnceLock::new();
        FILES.get_or_init(|| Self { hq: pair("hq.contoso.com"), other: pair("other.contoso.com") })
    }
}

fn pair(name: &str) -> (String, String) {
    let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
    (made.cert.pem(), made.signing_key.serialize_pem())
}

fn read(toml: &str) -> Vec<Tenant> {
    let mut files = |path: &str| {
        let files = Files::get();
        let text = match path {
            "hq.pem" => &files.hq.0,
            "hq.key" => &files.hq.1,
            "other.pem" => &files.other.0,
            "other.key" => &files.other.1,
            _ => return Err("no such file".to_owned()),
        };
        Ok(text.clone().into_bytes())
    };
    read_toml("d.toml", toml, &mut files).unwrap_or_else(|errors| panic!("{toml}: {errors:#?}")).tenants
}

fn request(toml: &str) -> ApplyRequest {
    ApplyRequest {
        tenants: read(toml),
        prune: false,
        dry_run: false,
        standing: Standing::Operator,
        actor: "root".into(),
        origin: "admin.sock".into(),
        at: "2030-01-01T00:00:00Z".parse().unwrap(),
        expected_version: None,
    }
}

impl Relay {
    async fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Embedded::open(folder.path()).unwrap().directories();
        let service = DirectoryService::open(store.clone()).await.unwrap();
        Self { folder, store, service }
    }

    async fn with(toml: &str) -> Self {
        let relay = Self::empty().await;
        relay.service.apply(request(toml)).await.unwrap();
        relay
    }

    async fn apply(&self, request: ApplyRequest) -> Result<Applied, ApplyError> {
        self.service.apply(request).await
    }

    /// What is in force as a directory file.
    fn text(&self) -> String {
        write_toml(&self.service.export(None))
    }
}

/// The texts of a difference.
fn lines(applied: &Applied) -> Vec<String> {
    applied.diff.iter().map(ToString::to_string).collect()
}

fn far_in_the_future() -> Timestamp {
    "2100-01-01T00:00:00Z".parse().unwrap()
}
