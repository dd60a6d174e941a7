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
    let kinds = ["tenant", "domain", "certificate", "inbound-connector", "send-connector", "token"];
    let actions = ["add", "set", "list", "show", "remove"];
    let of_kinds = kinds.iter().flat_map(|kind| actions.map(|action| vec![*kind, action]));
    let others: [&[&str]; 26] = [
        &["serve"],
        &["demo"],
        &["apply"],
        &["export"],
        &["tenant", "suspend"],
        &["tenant", "resume"],
        &["import"],
        &["certificate", "inspect"],
        &["domain", "verify"],
        &["audit"],
        &["explain"],
        &["diagnose"],
        &["lint"],
        &["why"],
        &["trace"],
        &["candidates"],
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
    let commands: Vec<Vec<&str>> = others.iter().map(|command| command.to_vec()).chain(of_kinds).collect();
    for command in commands {
        let ran = place.run(&[&command[..], &["--help"]].concat());
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{command:?}");
        assert!(ran.stdout.contains("\nExamples:\n  postwarden"), "{command:?} shows no example:\n{}", ran.stdout);
        // What every command has is shown once.
        let own = ran.stdout.split("\nEverywhere:\n").next().unwrap_or_default();
        let examples = ran.stdout.split("\nExamples:\n").nth(1).unwrap_or_default();
        insta::assert_snapshot!(command.join("-"), format!("{own}\nExamples:\n{examples}"));
    }
}
