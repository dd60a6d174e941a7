//! OpenSSL's `s_client` as a peer that shares no code with us. Skipped where there is no `openssl`.

use std::fs;
use std::process::{Command, Stdio};

use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use super::identity::{Authority, Identity};
use crate::{PeerTls, ServerTls};

/// One session; what the server saw, and what OpenSSL printed.
async fn session(server: &ServerTls, version: &str, identity: Option<&Identity>) -> (PeerTls, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let folder = TempDir::new().unwrap();
    let mut command = Command::new("openssl");
    // Security level 0 lets OpenSSL use a key that it would otherwise refuse itself.
    command.args(["s_client", "-connect", &address, version, "-cipher", "DEFAULT@SECLEVEL=0", "-ign_eof"]);
    if let Some(Identity { certificate, key }) = identity {
        let (certificate_file, key_file) = (folder.path().join("certificate.pem"), folder.path().join("key.pem"));
        fs::write(&certificate_file, certificate).unwrap();
        fs::write(&key_file, key).unwrap();
        command
            .arg("-cert")
            .arg(&certificate_file)
            .arg("-key")
            .arg(&key_file)
            .arg("-cert_chain")
            .arg(&certificate_file);
    }
    command.stdin(Stdio::null());
    let client = tokio::task::spawn_blocking(move || command.output().unwrap());
    let (stream, _) = listener.accept().await.unwrap();
    let outcome = server.accept(stream).await;
    let peer = match outcome {
        Ok((mut stream, peer)) => {
            stream.write_all(b"220 relay\r\n").await.unwrap();
            stream.shutdown().await.unwrap();
            peer
        }
        Err(error) => panic!("{version}: {error}\n{:?}", client.await.unwrap()),
    };
    let output = client.await.unwrap();
    (peer, String::from_utf8_lossy(&output.stdout).into_owned())
}

#[tokio::test]
async fn talks_to_openssl() {
    if Command::new("openssl").arg("version").output().is_err() {
        eprintln!("openssl is not installed: nothing tested");
        return;
    }
    let authority = Authority::new();
    let relay = authority.issue("relay.example.net", |_| {});
    let server = ServerTls::from_pem(relay.certificate.as_bytes(), relay.key.as_bytes(), true).unwrap();
    let good = authority.issue("mail.contoso.com", |_| {});
    let (version_1, weak) = (Identity::version_1(), Identity::rsa_1024());
    let cases = [
        ("none", None, false),
        ("good", Some(&good), true),
        ("version 1", Some(&version_1), true),
        ("weak", Some(&weak), false),
    ];
    for (flag, version) in [("-tls1_2", "TLS1.2"), ("-tls1_3", "TLS1.3")] {
        for (case, identity, proved) in cases {
            let (peer, output) = session(&server, flag, identity).await;
            assert_eq!((peer.version, peer.key_proved), (version, proved), "{case}");
            assert_eq!(peer.chain.first(), identity.map(|identity| identity.chain().remove(0)).as_ref(), "{case}");
            assert!(output.contains("220 relay"), "{case}: {output}");
            assert!(output.contains("No client certificate CA names sent"), "{case}: {output}");
            assert!(!output.to_lowercase().contains("session ticket"), "{case}: a ticket was sent\n{output}");
        }
    }
}
