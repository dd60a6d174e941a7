//! The scripts of `diagnose --collect` hold to what they promise: they read, ask before they copy, take no private key, and
//! keep to the language of the shell that they are for. The one for Postfix is run.

mod powershell;

use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

use self::powershell::{Token, read};
use crate::program::Place;

/// Cmdlets beside Get-… that change nothing but the folder that they fill.
const CMDLETS: [&str; 16] = [
    "Compress-Archive",
    "Copy-Item",
    "Export-Clixml",
    "ForEach-Object",
    "Join-Path",
    "Measure-Object",
    "New-Item",
    "New-Object",
    "Out-File",
    "Out-Null",
    "Read-Host",
    "Select-Object",
    "Select-String",
    "Sort-Object",
    "Test-Path",
    "Where-Object",
];

/// Methods that only compute.
const METHODS: [&str; 6] = ["Abs", "AddDays", "AddHours", "ToString", "ToUniversalTime", "ToXml"];

/// What PowerShell 2.0 does not have, in lower case.
const NEWER_CMDLETS: [&str; 4] =
    ["compress-archive", "convertto-json", "get-transportservice", "get-frontendtransportservice"];
const NEWER_PARAMETERS: [&str; 8] = ["raw", "tail", "file", "directory", "in", "notin", "shl", "shr"];
const NEWER_WORDS: [&str; 3] = ["ordered", "pscustomobject", "using"];

const POWERSHELL: [&str; 3] = ["exchange-online", "exchange-server", "exchange-2010"];

fn script(side: &str) -> String {
    let ran = Place::new().run(&["diagnose", "--collect", side]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{side}");
    ran.stdout
}

#[test]
fn each_says_who_may_run_it_and_asks_before_it_takes() {
    for side in POWERSHELL.into_iter().chain(["postfix"]) {
        let script = script(side);
        assert!(script.is_ascii(), "{side}: Windows PowerShell 5.1 reads a file without a mark as ANSI");
        for part in ["Who may run it:", "What it does:", "What it takes:", "postwarden diagnose"] {
            assert!(script.contains(part), "{side} does not say: {part}");
        }
        let place = |part: &str| script.find(part);
        let (sizes, question) = (place("octets  "), place("[y/N]"));
        assert!(sizes.is_some() && sizes < question, "{side} asks before it shows sizes");
        for taking in ["Compress-Archive -Path", "Copy-Item -Path", "tar -cf"] {
            assert!(
                place(taking).is_none_or(|taking| question.is_some_and(|question| question < taking)),
                "{side}: {taking}"
            );
        }
    }
}

#[test]
fn powershell_only_reads() {
    for side in POWERSHELL {
        let tokens = read(&script(side)).unwrap_or_else(|error| panic!("{side}: {error}"));
        let mut cmdlets = 0;
        for (at, token) in tokens.iter().enumerate() {
            match token {
                Token::Word(word) if word.contains('-') => {
                    cmdlets += 1;
                    let is_known = word.starts_with("Get-") || word == "Write-Host" || CMDLETS.contains(&word.as_str());
                    assert!(is_known, "{side} calls {word}");
                    let takes_block = ["Where-Object", "ForEach-Object"].contains(&word.as_str());
                    assert!(
                        !takes_block || tokens.get(at + 1) == Some(&Token::Sign('{')),
                        "{side}: {word} without a block"
                    );
                }
                Token::Method(name) => assert!(METHODS.contains(&name.as_str()), "{side} calls .{name}()"),
                Token::Sign('&') => {
                    assert_eq!(tokens.get(at + 1), Some(&Token::Variable("block".to_owned())), "{side} runs something")
                }
                _ => {}
            }
        }
        assert!(cmdlets > 15, "{side} is not read: {cmdlets} cmdlets");
        let keys = tokens.iter().filter(|token| matches!(token, Token::Word(word) if word.contains("PrivateKey")));
        assert!(
            keys.clone().all(|token| *token == Token::Word("HasPrivateKey".to_owned())),
            "{side}: {:?}",
            keys.collect::<Vec<_>>()
        );
    }
}

#[test]
fn exchange_2010_gets_powershell_2() {
    let tokens = read(&script("exchange-2010")).unwrap();
    for token in &tokens {
        let (word, newer): (&str, &[&str]) = match token {
            Token::Word(word) if word.contains('-') => (word, &NEWER_CMDLETS),
            Token::Word(word) => (word, &NEWER_WORDS),
            Token::Parameter(name) => (name, &NEWER_PARAMETERS),
            Token::Variable(name) => (name, &["PSItem"]),
            _ => continue,
        };
        assert!(!newer.iter().any(|newer| newer.eq_ignore_ascii_case(word)), "{token:?} is not in PowerShell 2.0");
    }
}

/// A mail log with one refusal, noise before it, and a message that has nothing to do with it.
fn mail_log() -> String {
    let mut log = String::new();
    for number in 0..100 {
        log +=
            &format!("Jan  5 08:00:00 mx postfix/qmgr[9]: 4AAA{number}: from=<other@contoso.com>, size=900, nrcpt=1\n");
    }
    log += "Jan  5 09:29:58 mx postfix/qmgr[9]: 4XYZ12: from=<a@contoso.com>, size=900, nrcpt=1 (queue active)\n";
    log += &"Jan  5 09:29:59 mx sshd[5]: somebody came in\n".repeat(100);
    log + "Jan  5 09:30:12 mx postfix/smtp[7]: 4XYZ12: to=<b@example.org>, \
           relay=contoso-com.mail.protection.outlook.com[203.0.113.25]:25, delay=1, delays=0/0/1/0, dsn=5.7.64, status=bounced \
           (host contoso-com.mail.protection.outlook.com[203.0.113.25] said: 550 5.7.64 TenantAttribution; Relay Access Denied \
           [DB5EUR01FT004.eop-EUR01.prod.protection.outlook.com] (in reply to RCPT TO command))\n"
}

/// What `postconf` would say here.
const POSTCONF: &str = "#!/bin/sh
case $1 in
-n) printf '%s\\n' 'relayhost = [contoso-com.mail.protection.outlook.com]:25' 'smtp_sasl_password_maps = static:user:hidden' \
    \"smtp_tls_cert_file = $PWD/chain.pem\" ;;
-hx) echo \"$PWD/chain.pem\" ;;
esac
";

#[test]
fn the_script_for_postfix_runs_and_its_archive_is_read() {
    let place = Place::new();
    place.write_certificate("mail.contoso.net", "own.pem", "own.key");
    let part = |name: &str| std::fs::read_to_string(place.path().join(name)).unwrap();
    // A chain file as Postfix takes it: the key first.
    place.write("chain.pem", &(part("own.key") + &part("own.pem")));
    place.write("mail.log", &mail_log());
    place.write("postconf", POSTCONF);
    place.write("collect.sh", &script("postfix"));
    let folder = place.path();
    std::fs::set_permissions(folder.join("postconf"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
    let mut shell = Command::new("sh");
    shell
        .arg("collect.sh")
        .current_dir(folder)
        .env("PATH", path)
        .env("MAIL_LOG", folder.join("mail.log"))
        .env("YES", "1");
    let ran = shell.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(
        ran.status.success() && said.contains("Refusals found: 1"),
        "{said}{}",
        String::from_utf8_lossy(&ran.stderr)
    );

    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let archives: Vec<String> = names.filter(|name| name.ends_with(".tar.gz")).collect();
    let [archive] = archives.as_slice() else { panic!("not one archive: {archives:?}") };
    let unpacked = Command::new("tar").args(["-xzOf", archive]).current_dir(folder).output().unwrap();
    let unpacked = String::from_utf8_lossy(&unpacked.stdout).into_owned();
    for (part, is_there) in [
        ("BEGIN CERTIFICATE", true),
        ("PRIVATE KEY", false),
        ("hidden", false),
        ("4XYZ12: from=<a@contoso.com>", true),
        ("4XYZ12: to=<b@example.org>", true),
        ("other@contoso.com", false),
        ("sshd", false),
        ("relayhost = ", true),
    ] {
        assert_eq!(unpacked.contains(part), is_there, "{part}\n{unpacked}");
    }
    let answered = place.run(&["diagnose", archive, "--json"]);
    for member in ["mail-1.log", "postconf.txt", "certificate-1.pem"] {
        assert!(answered.stdout.contains(member), "{member} was not opened: {}{}", answered.stdout, answered.stderr);
    }
}
