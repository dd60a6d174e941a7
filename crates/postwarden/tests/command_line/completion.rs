//! What shells offer: the scripts that they load, and what the program answers them. bash is really run; the others are, where
//! they are installed.

use std::process::Command;

use crate::program::Place;

const CONFIGURATION: &str =
    "hostname = \"relay.example.net\"\ndata = \"data\"\n[[listener]]\naddress = \"127.0.0.1:0\"\n";

const DIRECTORY: &str = r#"
[[tenant]]
name = "contoso"

  [[tenant.domain]]
  name = "contoso.com"

  [[tenant.inbound_connector]]
  name = "Inbound from HQ"
  tls_sender_certificate_name = "*.contoso.com"

  [[tenant.inbound_connector]]
  name = "Bob's printers"
  sender_ip_addresses = ["192.0.2.1"]
"#;

/// What bash has in COMPREPLY when Tab is pressed behind `line`; `word` is what it replaces.
fn bash(place: &Place, line: &str, word: &str) -> Vec<String> {
    let script = r#"
        source completions.bash
        COMP_LINE=$1 COMP_POINT=${#1}
        _postwarden postwarden "$2" previous
        ((${#COMPREPLY[@]})) && printf '%s\n' "${COMPREPLY[@]}"
        exit 0
    "#;
    let output = place.shell("bash").args(["--norc", "-c", script, "bash", line, word]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{line:?}");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn place(files: &[(&str, &str)]) -> Place {
    let place = Place::with(files);
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = place.run(&["completions", shell]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{shell}");
        assert!(ran.stdout.contains("POSTWARDEN_COMPLETE"), "{shell}:\n{}", ran.stdout);
        place.write(&format!("completions.{shell}"), &ran.stdout);
    }
    place
}

#[test]
fn bash_completes_commands_and_flags_without_a_server() {
    let place = place(&[("postwarden.toml", CONFIGURATION)]);
    let check = |line: &str, word: &str, expected: &[&str]| {
        let offered = bash(&place, line, word);
        for text in expected {
            assert!(offered.iter().any(|own| own == text), "{line:?} does not offer {text:?}: {offered:?}");
        }
    };
    check("postwarden inb", "inb", &["inbound-connector"]);
    check("postwarden tenant ", "", &["add", "set", "list", "show", "remove", "suspend", "resume"]);
    check("postwarden inbound-connector add HQ --sender-i", "--sender-i", &["--sender-ip-addresses"]);
    check("postwarden send-connector set Out --tls ", "", &["none", "domain-validation"]);
    check("postwarden send-connector set Out --protocol-logging=v", "v", &["verbose"]);
    let offered = bash(&place, "postwarden tenant show ", "");
    assert!(offered.iter().all(|own| own.starts_with('-')), "nobody answers, and nothing is said: {offered:?}");
}

#[test]
fn bash_completes_names_as_the_word_was_begun() {
    let place = place(&[("postwarden.toml", CONFIGURATION), ("d.toml", DIRECTORY)]);
    let _server = place.serve();
    assert_eq!(place.run(&["apply", "-f", "d.toml", "--yes"]).code, Some(0));
    let check = |line: &str, word: &str, expected: &[&str]| {
        // Where nothing was begun, options are offered too.
        let names: Vec<String> = bash(&place, line, word).into_iter().filter(|own| !own.starts_with('-')).collect();
        assert_eq!(names, expected, "{line:?}");
    };
    check("postwarden tenant show con", "con", &["contoso"]);
    check("postwarden tenant suspend ", "", &["contoso"]);
    check("postwarden domain show contoso", "contoso", &["contoso.com"]);
    check("postwarden inbound-connector show Inb", "Inb", &[r"Inbound\ from\ HQ"]);
    check("postwarden inbound-connector show 'Inbound f", "Inbound f", &["Inbound from HQ"]);
    check("postwarden inbound-connector set \"Bob", "Bob", &["Bob's printers"]);
    check("postwarden inbound-connector remove Bob", "Bob", &[r"Bob\'s\ printers"]);
    check("postwarden queue list --tenant ", "", &["contoso"]);
    check("postwarden queue list --tenant=c", "c", &["contoso"]);
    check("postwarden domain list --data elsewhere --tenant ", "", &[]);
    check("postwarden inbound-connector add Inb", "Inb", &[]);
}

#[test]
fn zsh_and_fish_take_their_scripts() {
    let place = place(&[("postwarden.toml", CONFIGURATION)]);
    let check = |shell: &str, arguments: &[&str], expected: &str| {
        let output = match place.shell(shell).args(arguments).output() {
            Ok(output) => output,
            Err(error) => return println!("skipped: {shell}: {error}"),
        };
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.contains(expected), "{shell}: {said}");
    };
    check("zsh", &["-n", "completions.zsh"], "");
    check("fish", &["--no-config", "-c", "source completions.fish; complete -C 'postwarden inb'"], "inbound-connector");
}

impl Place {
    /// A shell with the program on its path.
    fn shell(&self, name: &str) -> Command {
        let program = std::path::Path::new(env!("CARGO_BIN_EXE_postwarden"));
        let own = program.parent().unwrap().display();
        let mut command = Command::new(name);
        command.current_dir(self.path()).env("PATH", format!("{own}:{}", std::env::var("PATH").unwrap_or_default()));
        command.env_remove("POSTWARDEN_URL").env("HOME", self.path());
        command
    }
}
