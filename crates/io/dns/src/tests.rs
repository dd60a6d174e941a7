//! A server of the tests' own on loopback: what it says, and what is understood.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod server;

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use core_directory::Domain;

use self::server::{Answer, DnsServer};
use crate::{DnsFailure, Resolver, TxtLookup};

/// Long enough for a busy machine; nothing waits for it but what is never answered.
const DEADLINE: Duration = Duration::from_secs(60);

fn domain(name: &str) -> Domain {
    Domain::parse(name).unwrap()
}

#[tokio::test]
async fn answers_are_told_apart() {
    let server = DnsServer::start();
    let resolver = Resolver::new(&[server.address()]);
    let long = "x".repeat(255);
    let many: Vec<String> = (0..40).map(|number| format!("{number:03}{}", "y".repeat(250))).collect();
    let check = async |name: &str, answer: Answer, expected: Result<Vec<String>, DnsFailure>| {
        server.set(name, answer);
        let got = resolver.txt(&domain(name), DEADLINE).await;
        let got = got.map(|records| {
            let mut texts: Vec<String> =
                records.into_iter().map(|record| String::from_utf8_lossy(&record).into_owned()).collect();
            texts.sort();
            texts
        });
        assert_eq!(got, expected, "{name}");
    };
    let of = |texts: &[&str]| Ok(texts.iter().map(|text| (*text).to_owned()).collect());
    check("one.example.com", Answer::txt(&["a b"]), of(&["a b"])).await;
    check("two.example.com", Answer::txt(&["second", "first"]), of(&["first", "second"])).await;
    check("empty.example.com", Answer::txt(&[""]), of(&[""])).await;
    check("split.example.com", Answer::Txt(vec![vec![long.clone(), "tail".into()]]), of(&[&format!("{long}tail")]))
        .await;
    // Ten kilobytes do not fit into a packet: the rest comes over TCP.
    let large = many.iter().map(|text| vec![text.clone()]).collect();
    check("large.example.com", Answer::Txt(large), Ok(many)).await;
    check("missing.example.com", Answer::NoSuchName, Err(DnsFailure::NoSuchName)).await;
    check("no-text.example.com", Answer::NoData, Err(DnsFailure::NoData)).await;
    check("broken.example.com", Answer::ServerFailure, Err(DnsFailure::ServerFailure)).await;
    check("refused.example.com", Answer::Refused, Err(DnsFailure::Refused)).await;
    check("alias.example.com", Answer::Alias("one.example.com".into()), of(&["a b"])).await;
    check("dead-alias.example.com", Answer::Alias("missing.example.com".into()), Err(DnsFailure::NoSuchName)).await;
}

#[tokio::test]
async fn nothing_is_remembered() {
    let server = DnsServer::start();
    let resolver = Resolver::new(&[server.address()]);
    let name = domain("_postwarden-challenge.contoso.com");
    assert_eq!(resolver.txt(&name, DEADLINE).await, Err(DnsFailure::NoSuchName));
    for text in ["first", "second"] {
        server.set(name.as_str(), Answer::txt(&[text]));
        assert_eq!(resolver.txt(&name, DEADLINE).await, Ok(vec![text.as_bytes().to_vec()]));
    }
}

#[tokio::test]
async fn silence_ends_at_the_deadline() {
    let silent = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let resolver = Resolver::new(&[silent.local_addr().unwrap()]);
    let got = resolver.txt(&domain("contoso.com"), Duration::from_millis(50)).await;
    assert_eq!(got, Err(DnsFailure::TimedOut));
}

#[tokio::test]
async fn other_servers_are_asked_from_then_on() {
    let (old, new) = (DnsServer::start(), DnsServer::start());
    new.set("contoso.com", Answer::txt(&["new"]));
    let resolver = Resolver::new(&[old.address()]);
    assert_eq!(resolver.txt(&domain("contoso.com"), DEADLINE).await, Err(DnsFailure::NoSuchName));
    resolver.replace(&[new.address()]);
    assert_eq!(resolver.txt(&domain("contoso.com"), DEADLINE).await, Ok(vec![b"new".to_vec()]));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_no_absence() {
    let gone: SocketAddr = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    let got = Resolver::new(&[gone]).txt(&domain("contoso.com"), Duration::from_millis(200)).await;
    assert!(got.as_ref().is_err_and(|failure| !failure.is_absence()), "{got:?}");
}
