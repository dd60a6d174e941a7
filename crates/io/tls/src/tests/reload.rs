//! Certificates in files.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;

use super::identity::Identity;
use crate::{Blame, ReloadEvent, ServerTls, roots_from_pem_file};

struct Files {
    _folder: TempDir,
    certificate: PathBuf,
    key: PathBuf,
}

impl Files {
    fn new(identity: &Identity) -> Self {
        let folder = TempDir::new().unwrap();
        let files = Self {
            certificate: folder.path().join("fullchain.pem"),
            key: folder.path().join("key.pem"),
            _folder: folder,
        };
        files.write(identity);
        files
    }

    fn write(&self, identity: &Identity) {
        fs::write(&self.certificate, &identity.certificate).unwrap();
        fs::write(&self.key, &identity.key).unwrap();
    }

    fn load(&self) -> ServerTls {
        ServerTls::from_files(&self.certificate, &self.key, true).unwrap()
    }
}

fn subject(tls: &ServerTls) -> String {
    tls.certificate().unwrap().subject
}

#[test]
fn takes_changed_files_and_keeps_the_old_on_errors() {
    let old = Identity::self_signed("old.example.net");
    let new = Identity::self_signed("new.example.net");
    let files = Files::new(&old);
    let tls = files.load();
    assert_eq!((subject(&tls), tls.reload().unwrap()), ("CN=old.example.net".to_owned(), false));

    fs::write(&files.certificate, &new.certificate).unwrap();
    for _ in 0..2 {
        let error = tls.reload().unwrap_err();
        assert_eq!(error.blame(), Blame::Configuration);
        let text = error.to_string();
        assert!(text.contains("key.pem: the private key does not fit the certificate of CN=new.example.net"), "{text}");
    }
    assert_eq!(subject(&tls), "CN=old.example.net", "half a renewal changes nothing");

    files.write(&new);
    assert!(tls.reload().unwrap());
    assert!(!tls.reload().unwrap());
    assert_eq!(subject(&tls), "CN=new.example.net");

    fs::remove_file(&files.key).unwrap();
    assert!(tls.reload().unwrap_err().to_string().contains("key.pem"), "the missing file is named");
    assert_eq!(subject(&tls), "CN=new.example.net");
}

#[test]
fn says_what_is_wrong_with_a_file() {
    let identity = Identity::self_signed("relay.example.net");
    let files = Files::new(&identity);
    let check = |certificate: &Path, key: &Path, expected: &str| {
        let error = ServerTls::from_files(certificate, key, true).unwrap_err();
        assert_eq!(error.blame(), Blame::Configuration);
        assert!(error.to_string().contains(expected), "{error}");
    };
    check(&files.key, &files.key, "key.pem: line 1: PRIVATE KEY where a certificate is expected");
    check(&files.certificate, &files.certificate, "fullchain.pem: line 1: CERTIFICATE where a private key is expected");
    check(&files.certificate, &files.key.with_extension("none"), "key.none: ");
    assert_eq!(roots_from_pem_file(&files.certificate).unwrap(), identity.chain());
    assert!(roots_from_pem_file(&files.key).unwrap_err().to_string().contains("key.pem: line 1"));
}

#[tokio::test]
async fn watches_and_tells() {
    let files = Files::new(&Identity::self_signed("old.example.net"));
    let tls = Arc::new(files.load());
    let (send, mut receive) = tokio::sync::mpsc::unbounded_channel();
    let watch = tokio::spawn(Arc::clone(&tls).watch(Duration::from_millis(10), move |event| {
        let _ = send.send(event);
    }));
    fs::write(&files.certificate, "nothing").unwrap();
    assert!(matches!(receive.recv().await, Some(ReloadEvent::Failed(_))));
    files.write(&Identity::self_signed("new.example.net"));
    loop {
        // The files may be seen between the two writes.
        match receive.recv().await.unwrap() {
            ReloadEvent::Failed(_) => {}
            ReloadEvent::Reloaded(summary) => break assert_eq!(summary.subject, "CN=new.example.net"),
        }
    }
    assert_eq!(subject(&tls), "CN=new.example.net");
    watch.abort();
}
