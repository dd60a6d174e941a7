//! What the documentation tells to type works, and its files are accepted. The commands of one document are typed one
//! after the other into a shell, beside a relay on free ports.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::peers::Peer;
use crate::pki::Authority;
use crate::program::{POSTWARDEN, Ran};
use crate::relay::Relay;

/// Commands, by how they begin, that are not typed here, and why.
const NOT_TYPED: [(&str, &str); 5] = [
    ("cargo run --release -- demo", "the demo has a test of its own"),
    ("cargo xtask test", "this is a part of it"),
    ("cargo build --release", "the binary is built"),
    ("export PATH=", "the binary is on the path"),
    ("postwarden serve &", "the relay runs"),
];

/// Commands, by what is in them, that do not end with 0.
const ENDS: [(&str, i32); 6] = [
    // Something cannot be carried over.
    ("import tests/import/", 4),
    // The relay has had no mail yet.
    ("postwarden trace --", 1),
    // A cause is found; none can be, from a bounce alone.
    ("diagnose tests/cases/C01", 1),
    ("diagnose tests/evidence/ndr/01-", 4),
    // Undetermined: the address is not told.
    ("explain --presented-name mail.contoso.net", 4),
    // swaks' code for a refused recipient.
    ("swaks --server 127.0.0.1:PORT --from eve@", 24),
];

/// The ports that the documentation names: the relay's own, and its next hop's.
const PORTS: [&str; 2] = ["2525", "2526"];

#[test]
fn commands_work() {
    if !Peer::Swaks.is_there() {
        return;
    }
    for document in documents() {
        type_all(&document);
    }
}

fn type_all(document: &Path) {
    let text = std::fs::read_to_string(document).unwrap();
    let relay = Relay::bare();
    // Nobody listens there, as nobody does when a reader has just begun.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let own = |text: &str| {
        let text = text.replace(&format!(":{}", PORTS[0]), &format!(":{}", relay.address().port()));
        text.replace(&format!(":{}", PORTS[1]), &format!(":{closed}"))
    };
    // Evidence to try lies in the repository, in which the reader is.
    std::os::unix::fs::symlink(root().join("tests"), relay.path().join("tests")).unwrap();
    let mut said = String::new();
    for block in blocks(&text) {
        if block.language == "toml" && block.text.starts_with("[[tenant]]") {
            relay.write("contoso.toml", own(&block.text));
        }
        if block.language != "sh" {
            continue;
        }
        for command in commands(&block.text) {
            if NOT_TYPED.iter().any(|(start, _)| command.starts_with(start)) {
                continue;
            }
            let general = command.replace(PORTS[0], "PORT");
            let code = ENDS.iter().find(|(part, _)| general.contains(part)).map_or(0, |(_, code)| *code);
            // What is pasted is what was said last.
            let ran = typed(relay.path(), &own(&command), &said).expect(code);
            said = ran.stdout;
        }
    }
}

/// What a shell does with the command, which reads `input`.
pub fn typed(folder: &Path, command: &str, input: &str) -> Ran {
    let own = Path::new(POSTWARDEN).parent().unwrap().display().to_string();
    let path = std::env::var("PATH").unwrap_or_default();
    std::fs::write(folder.join("input"), input).unwrap();
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(command).current_dir(folder).env("PATH", format!("{own}:{path}")).env("NO_COLOR", "1");
    shell.stdin(Stdio::from(std::fs::File::open(folder.join("input")).unwrap()));
    Ran::of(&mut shell)
}

#[test]
fn files_are_accepted() {
    let certificate = Authority::root("Root").server("relay.example.net");
    for document in documents() {
        let text = std::fs::read_to_string(&document).unwrap();
        for block in blocks(&text).into_iter().filter(|block| block.language == "toml") {
            let relay = Relay::bare();
            for name in ["hq", "privkey"] {
                certificate.write(relay.path(), name);
            }
            certificate.write(relay.path(), "fullchain");
            let ran = if is_of_node(&block.text) {
                let here = relay.path().display().to_string();
                let config = block.text.replace("/etc/postwarden/key.pem", "fullchain.key");
                // Whether port 25 is free here is another matter.
                let config = config
                    .replace(":25\"", ":0\"")
                    .replace("/etc/postwarden", &here)
                    .replace("/var/lib/postwarden", "data-of-its-own");
                relay.write("documented.toml", config);
                relay.run(&["serve", "--check", "--config", "documented.toml"])
            } else {
                let tenant = if block.text.starts_with("[[tenant]]") { "" } else { "[[tenant]]\nname = \"contoso\"\n" };
                relay.write("documented.toml", format!("{tenant}{}", block.text));
                relay.run(&["apply", "-f", "documented.toml", "--yes"])
            };
            assert_eq!(ran.code, 0, "{}:{}: {ran}", document.display(), block.line);
        }
    }
}

/// Whether a block is of a node's file, by its tables: a directory file has none that stand alone.
fn is_of_node(text: &str) -> bool {
    let table = |line: &str| line.starts_with('[') && !line.starts_with("[[");
    text.lines().any(|line| table(line) || line.starts_with("[[listener]]"))
}

fn root() -> PathBuf {
    std::path::absolute(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")).unwrap()
}

/// README.md and what lies in `docs`.
fn documents() -> Vec<PathBuf> {
    let mut documents = vec![root().join("README.md")];
    let docs = std::fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    documents.extend(docs.filter(|path| path.extension().is_some_and(|extension| extension == "md")));
    documents
}

/// A fenced block.
pub struct Block {
    /// The line on which it begins, from 1.
    line: usize,
    /// What stands behind the fence: the language, and for `sh` who types it where: nothing means a reader beside a relay.
    pub language: String,
    pub text: String,
}

pub fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = false;
    for (number, line) in (1..).zip(text.lines()) {
        match line.strip_prefix("```") {
            Some(language) if !open => {
                blocks.push(Block { line: number, language: language.to_owned(), text: String::new() });
                open = true;
            }
            Some(_) => open = false,
            None if open => blocks.last_mut().unwrap().text += &format!("{line}\n"),
            None => {}
        }
    }
    blocks
}

/// The commands of a block, those that go over several lines joined, without comments.
pub fn commands(text: &str) -> Vec<String> {
    let joined = text.replace("\\\n", "");
    let lines = joined.lines().map(|line| line.split("  #").next().unwrap_or_default().trim());
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}
