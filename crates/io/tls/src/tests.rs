//! Handshakes over loopback: our server, our client, bare rustls as a wilful peer, and OpenSSL as a real one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod client;
mod https;
mod identity;
mod openssl;
mod reload;
mod server;
