//! TLS both ways on rustls. This is the only crate that names rustls.
//!
//! Certificates are asked for and taken as they are: the handshake checks that the peer holds the key, and nothing else.
//! What a certificate proves is judged afterwards by `proto-certificate`, so that no certificate, however odd, fails a
//! handshake, and a refusal can say exactly why (rule A2). Nothing is ever resumed: a resumed session would show a
//! certificate whose key was not proved in it.

#![forbid(unsafe_code)]

mod client;
mod error;
mod https;
mod peer;
mod proof;
mod roots;
mod self_signed;
mod server;
mod server_certificate;

pub use client::{ClientStream, ClientTls, ClientTlsSettings, NextHopTls, NoSession};
pub use error::{Blame, TlsError, fault_text};
pub use https::{HttpsError, connect_https};
pub use peer::PeerTls;
pub use roots::{SystemRoots, roots_from_pem_file, system_roots};
pub use self_signed::{SelfSigned, self_signed};
pub use server::{ServerStream, ServerTls};
pub use server_certificate::ReloadEvent;

#[cfg(test)]
mod tests;
