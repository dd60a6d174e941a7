//! `import` as a user meets it, and the way back to Exchange Online.

use std::path::Path;

use serde_json::Value as Json;

use crate::program::Place;

/// An inbound connector with every property that becomes a field, and nothing that is lost.
const WHOLE: &str = r#"[{"Name": "Inbound from HQ", "Enabled": true, "ConnectorType": "OnPremises", "Comment": "",
"SenderIPAddresses": ["192.0.2.7"], "SenderDomains": ["smtp:*;1"], "AssociatedAcceptedDomains": [], "RequireTls": true,
"RestrictDomainsToIPAddresses": false, "RestrictDomainsToCertificate": false, "TlsSenderCertificateName": "*.contoso.com"}]"#;

fn fixtures() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/import").display().to_string()
}

#[test]
fn the_exit_code_says_whether_all_was_carried_over() {
    let place = Place::with(&[("whole.json", WHOLE), ("letter.txt", "Hello\n")]);
    place.write("filtering.json", &WHOLE.replace("\"Comment\"", "\"EFSkipLastIP\": true, \"Comment\""));
    place.write("cut.json", &WHOLE.replace("[\"192.0.2.7\"]", "\"System.String[]\""));
    let check = |arguments: &[&str], code: i32, part: &str| {
        let ran = place.run(&[&["import"], arguments].concat());
        assert_eq!(ran.code, Some(code), "{arguments:?}: {ran:?}");
        assert!(ran.stderr.contains(part), "{arguments:?}: no {part:?} in {ran:?}");
    };
    check(&["whole.json"], 0, "Next: read the file through");
    check(&["filtering.json"], 4, "EFSkipLastIP: the relay filters no junk mail");
    check(&["cut.json"], 4, "Get-InboundConnector | Export-Clixml InboundConnector.xml");
    place.write("service.txt", "[PS] C:\\>Get-TransportService | fl\n\nName : EX01\nSendProtocolLogPath : C:\\Logs\n");
    check(&["service.txt"], 0, "Next: nothing of this becomes an object in force");
    check(&["whole.json", "letter.txt"], 4, "not read: letter.txt: this is no dump");
    check(&["letter.txt"], 2, "this is no dump");
    check(&["none.json"], 2, "none.json");
    check(&["-", "-"], 2, "standard input can be read once");
    for name in ["", "a\nb", &"x".repeat(129)] {
        check(&["whole.json", "--tenant", name, "-o", "never.toml"], 2, "a name has 1 to 128 characters");
    }
    assert!(!place.path().join("never.toml").exists());
    check(&[], 2, "FILE");
}

#[test]
fn a_file_is_replaced_only_if_that_was_said() {
    let place = Place::with(&[("whole.json", WHOLE), ("mine.toml", "# my work\n")]);
    let read = |name: &str| std::fs::read_to_string(place.path().join(name)).unwrap();
    let ran = place.run(&["import", "whole.json", "-o", "mine.toml"]);
    assert_eq!((ran.code, read("mine.toml").as_str()), (Some(2), "# my work\n"), "{ran:?}");
    assert!(ran.stderr.contains("--yes"), "{ran:?}");
    let ran = place.run(&["import", "whole.json", "-o", "mine.toml", "--yes"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""), "{ran:?}");
    let printed = place.run(&["import", "whole.json"]).stdout;
    assert_eq!(read("mine.toml"), printed);
    assert_eq!(place.run(&["import", "whole.json", "-o", "new.toml"]).code, Some(0));
    assert_eq!(read("new.toml"), printed);
    let ran = place.run(&["import", "whole.json", "-o", "nowhere/new.toml"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
}

#[test]
fn programs_get_the_file_and_the_account() {
    let place = Place::new();
    let ran = place.run_with(&["import", "-", "--tenant", "contoso", "--json"], WHOLE);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let imported: Json = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(imported["counts"]["inbound_connectors"], 1, "{imported}");
    assert!(imported["directory"].as_str().unwrap().contains("name = \"contoso\""), "{imported}");
    let first = &imported["accounting"][0];
    assert_eq!((&first["property"], &first["outcome"]), (&"Name".into(), &"carried".into()), "{first}");
}

#[test]
fn what_is_imported_is_applied_and_goes_back() {
    let place = Place::new();
    let _server = place.serve();
    for case in ["exchange", "format-list", "csv", "two-organisations", "postfix"] {
        let file = format!("{}/{case}/expected.toml", fixtures());
        let ran = place.run(&["apply", "-f", &file, "--dry-run"]);
        assert_eq!(ran.code, Some(0), "{case}: {ran:?}");
    }
    place.write("whole.json", WHOLE);
    assert_eq!(place.run(&["import", "whole.json", "--tenant", "contoso", "-o", "contoso.toml"]).code, Some(0));
    assert_eq!(place.run(&["apply", "-f", "contoso.toml", "--yes"]).code, Some(0));
    let ran = place.run(&["export", "--tenant", "contoso", "--as", "exchange-online-powershell"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    for part in [
        "param([switch]$Apply)",
        "New-InboundConnector -Name 'Inbound from HQ'",
        "Set-InboundConnector -Identity 'Inbound from HQ'",
        "-SenderDomains 'smtp:*;1' -TlsSenderCertificateName '*.contoso.com' -SenderIPAddresses '192.0.2.7'",
    ] {
        assert!(ran.stdout.contains(part), "no {part:?} in {}", ran.stdout);
    }
    let ran = place.run(&["export", "--as", "exchange-online-powershell", "--json"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
}
