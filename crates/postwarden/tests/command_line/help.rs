//! Help, held still. To change it on purpose: `INSTA_UPDATE=always cargo test -p postwarden`.

use crate::program::Place;

#[test]
fn without_arguments_it_says_what_to_type_first() {
    let ran = Place::new().run(&[]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    insta::assert_snapshot!("first", ran.stdout);
}

#[test]
fn each_command_explains_itself_with_examples() {
    let place = Place::new();
    let commands: [&[&str]; 19] = [
        &["serve"],
        &["demo"],
        &["apply"],
        &["export"],
        &["explain"],
        &["certificate", "inspect"],
        &["diagnose"],
        &["lint"],
        &["why"],
        &["status"],
        &["backup"],
        &["restore"],
        &["queue", "list"],
        &["queue", "show"],
        &["queue", "hold"],
        &["queue", "release"],
        &["queue", "retry"],
        &["queue", "remove"],
        &["completions"],
    ];
    for command in commands {
        let ran = place.run(&[command, &["--help"]].concat());
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{command:?}");
        assert!(ran.stdout.contains("\nExamples:\n  postwarden"), "{command:?} shows no example:\n{}", ran.stdout);
        // What every command has is shown once.
        let own = ran.stdout.split("\nEverywhere:\n").next().unwrap_or_default();
        let examples = ran.stdout.split("\nExamples:\n").nth(1).unwrap_or_default();
        insta::assert_snapshot!(command.join("-"), format!("{own}\nExamples:\n{examples}"));
    }
}

#[test]
fn completions_name_the_commands() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = place.run(&["completions", shell]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{shell}");
        assert!(ran.stdout.contains("explain") && ran.stdout.contains("presented-name"), "{shell}:\n{}", ran.stdout);
    }
}
