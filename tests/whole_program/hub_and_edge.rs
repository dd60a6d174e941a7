//! The page about a hub and an edge, typed word by word: certificates are made, both nodes run, a message passes through both.

use std::path::Path;
use std::process::{Child, Stdio};

use crate::peers::Peer;
use crate::program::{Ran, postwarden};
use crate::readme::{blocks, commands, typed};
use crate::relay::Relay;
use crate::waiting::until;

const PAGE: &str = include_str!("../../docs/hub-and-edge.md");

/// The nodes that run, ended when dropped.
struct Nodes(Vec<Child>);

impl Drop for Nodes {
    fn drop(&mut self) {
        for node in &mut self.0 {
            // It may have ended by itself, and then there is nothing to kill.
            let _ = node.kill();
            let _ = node.wait();
        }
    }
}

#[test]
fn the_page_works() {
    if !Peer::Swaks.is_there() || !Peer::OpenSsl.is_there() {
        return;
    }
    let folder = Relay::folder_only();
    let path = folder.path();
    let mut nodes = Nodes(Vec::new());
    // Ports that the page names, and those that are theirs here. Nobody listens at the hub's next hop.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut ports = vec![("127.0.0.1:2526", closed.to_string())];
    for block in blocks(PAGE) {
        let text = ports.iter().fold(block.text, |text, (named, own)| text.replace(named, own));
        match block.language.as_str() {
            "toml pair" => {
                let name = text.lines().next().unwrap().trim_start_matches("# ");
                std::fs::write(path.join(name), listening_anywhere(name, &text)).unwrap();
            }
            "sh pair" => {
                for command in commands(&text) {
                    if let Some(config) = command.strip_prefix("postwarden serve --config ") {
                        let config = config.trim_end_matches(" &");
                        let named = if nodes.0.is_empty() { "127.0.0.1:2530" } else { "127.0.0.1:2531" };
                        nodes.0.push(start(path, config));
                        ports.push((named, address(path, config)));
                    } else {
                        told(path, &command);
                    }
                }
            }
            language => panic!("what is a block of {language:?} for?"),
        }
    }
    assert_eq!(nodes.0.len(), 2, "the page starts a hub and an edge");
}

/// A node's file with a listener on a free port.
fn listening_anywhere(name: &str, text: &str) -> String {
    let own = name.ends_with("/postwarden.toml");
    if own {
        text.replace("127.0.0.1:2530", "127.0.0.1:0").replace("127.0.0.1:2531", "127.0.0.1:0")
    } else {
        text.into()
    }
}

fn start(path: &Path, config: &str) -> Child {
    let log = std::fs::File::create(path.join(config).with_extension("log")).unwrap();
    let mut command = postwarden(path);
    command.args(["serve", "--config", config]).stdout(Stdio::null()).stderr(log).spawn().unwrap()
}

/// Where a node listens, once it does.
fn address(path: &Path, config: &str) -> String {
    until(&format!("the node of {config} is ready"), || {
        let ran = Ran::of(postwarden(path).args(["status", "--json", "--config", config]));
        (ran.code == 0).then(|| ran.json()["listeners"][0]["address"].as_str().unwrap().to_owned())
    })
}

/// Types a command. What it should show comes in its own time, so the last two are typed until it does.
fn told(path: &Path, command: &str) {
    let shown = match command.split_whitespace().next() {
        Some("grep") => "CN=mail.contoso.com",
        Some("postwarden") if command.contains("queue list") => "<scanner@contoso.com>",
        _ => return drop(typed(path, command, "").expect(0)),
    };
    until(&format!("`{command}` shows {shown}"), || typed(path, command, "").stdout.contains(shown).then_some(()));
}
