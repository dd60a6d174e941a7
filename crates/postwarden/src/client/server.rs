//! Which server: its admin socket, or the address of its API. What is asked of it is not known here.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use hyper::Uri;

use super::SOCKET_NAME;
use crate::cli::Global;
use crate::config;
use crate::exit::Failure;

/// The variable that names a server, where no option does.
const URL_VARIABLE: &str = "POSTWARDEN_URL";

/// A server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Server {
    /// Its admin socket on this machine.
    Socket(PathBuf),
    /// Its API over TCP.
    Url(Url),
}

/// The address of an API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// As it was typed, for texts.
    pub text: String,
    /// Whether it is HTTPS.
    pub tls: bool,
    /// Host name or address, without brackets.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// What stands before every path: empty, or `/…` without a slash at its end, behind a proxy that keeps it.
    pub prefix: String,
}

impl Server {
    /// The server that the options mean. What was typed goes before the environment.
    ///
    /// # Errors
    /// A URL that is none, or a configuration that cannot be read.
    pub fn of(global: &Global) -> Result<Self, Failure> {
        let typed = global.url.clone().map(|text| ("--url", text));
        let is_local = [&global.socket, &global.data, &global.config].iter().any(|place| place.is_some());
        let set = || std::env::var(URL_VARIABLE).ok().filter(|text| !text.is_empty() && !is_local);
        if let Some((whose, text)) = typed.or_else(|| set().map(|text| (URL_VARIABLE, text))) {
            let url = Url::parse(&text).map_err(|error| {
                Failure::usage(format!("{whose}: {text:?}: {error}"))
                    .hint("such as https://relay.example.net:8025, or http://127.0.0.1:8025 on the same machine")
            })?;
            return Ok(Self::Url(url));
        }
        socket(global).map(Self::Socket)
    }
}

fn socket(global: &Global) -> Result<PathBuf, Failure> {
    match (&global.socket, &global.data) {
        (Some(socket), _) => Ok(socket.clone()),
        (None, Some(data)) => Ok(data.join(SOCKET_NAME)),
        (None, None) => {
            let config: Option<&Path> = global.config.as_deref();
            let data = config::data_directory(config).map_err(|errors| Failure::files(&errors))?;
            Ok(data.join(SOCKET_NAME))
        }
    }
}

impl Url {
    /// Reads it. Plain HTTP is for this machine alone: elsewhere the token could be read on its way.
    fn parse(text: &str) -> Result<Self, &'static str> {
        let uri: Uri = text.parse().map_err(|_| "this is no URL")?;
        let tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err("it must begin with https:// or http://"),
        };
        let authority = uri.authority().ok_or("it names no host")?;
        if authority.as_str().contains('@') {
            return Err("a token goes into a file that --token-file names, and not into the URL");
        }
        if uri.query().is_some() {
            return Err("it must not have a query");
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        if !tls && !is_this_machine(&host) {
            return Err("http is for this machine alone, since the token could be read on its way; give an https URL");
        }
        let port = match authority.port_u16() {
            Some(port) => port,
            None if authority.as_str() != authority.host() => return Err("its port is no number up to 65535"),
            None if tls => 443,
            None => 80,
        };
        Ok(Self { text: text.to_owned(), tls, host, port, prefix: uri.path().trim_end_matches('/').to_owned() })
    }

    /// `host:port`, with brackets where the host is an IPv6 address.
    pub fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

/// Whether a host is this machine for sure. `localhost` is looked up, and connected to on loopback alone.
fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn urls() {
        let check = |text: &str, expected: Result<(bool, &str, &str), &str>| {
            let parsed = Url::parse(text).map(|url| (url.tls, url.authority(), url.prefix));
            let got = parsed.as_ref().map(|(tls, authority, prefix)| (*tls, authority.as_str(), prefix.as_str()));
            match (got, expected) {
                (Err(error), Err(part)) => assert!(error.contains(part), "{text:?}: {error}"),
                (got, expected) => assert_eq!(got.ok(), expected.ok(), "{text:?}"),
            }
        };
        check("https://relay.example.net:8025", Ok((true, "relay.example.net:8025", "")));
        check("https://relay.example.net", Ok((true, "relay.example.net:443", "")));
        check("https://relay.example.net/", Ok((true, "relay.example.net:443", "")));
        check("https://example.net/postwarden/", Ok((true, "example.net:443", "/postwarden")));
        check("https://[2001:db8::1]:8025", Ok((true, "[2001:db8::1]:8025", "")));
        check("http://127.0.0.1:8025", Ok((false, "127.0.0.1:8025", "")));
        check("http://[::1]:8025", Ok((false, "[::1]:8025", "")));
        check("http://localhost", Ok((false, "localhost:80", "")));
        check("http://relay.example.net:8025", Err("for this machine alone"));
        check("http://192.0.2.1:8025", Err("for this machine alone"));
        check("https://operator:pw@relay.example.net", Err("--token-file"));
        check("https://relay.example.net/?tenant=a", Err("query"));
        check("https://relay.example.net:99999", Err("port"));
        check("relay.example.net:8025", Err(""));
        check("relay.example.net", Err("https://"));
        check("ftp://relay.example.net", Err("https://"));
        check("", Err("no URL"));
    }
}
