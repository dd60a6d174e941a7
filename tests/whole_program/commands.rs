//! Administration by commands: the life of each kind of object, two administrators at once, what is typed wrongly, and a
//! server that is far away.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value as Json;

use crate::pki::{Authority, Leaf};
use crate::program::Ran;
use crate::relay::Relay;

/// Runs what is typed, words in single quotes kept together.
fn run(relay: &Relay, typed: &str) -> Ran {
    let words: Vec<String> = words(typed);
    relay.run(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

fn words(typed: &str) -> Vec<String> {
    let parts = typed.split('\'').enumerate();
    let words = parts.flat_map(|(place, part)| match place % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect(),
        _ => vec![part.to_owned()],
    });
    words.collect()
}

/// A relay with tenant contoso and a certificate's files.
fn with_contoso() -> Relay {
    let relay = Relay::bare();
    Authority::root("Commands CA").issue(Leaf::san(&["hq.contoso.com"])).write(relay.path(), "hq");
    run(&relay, "tenant add contoso").expect(0);
    relay
}

/// A field of an object, as `show --json` has it.
fn field(relay: &Relay, object: &str, key: &str) -> Json {
    run(relay, &format!("{} --json", object.replacen(' ', " show ", 1))).expect(0).json()["object"][key].clone()
}

#[test]
fn every_kind_is_added_changed_shown_listed_and_removed() {
    let relay = with_contoso();
    let check = |object: &str, add: &str, set: &str, key: &str, before: Json, after: Json| {
        let (kind, name) = object.split_once(' ').unwrap();
        let rehearsed = run(&relay, &format!("{kind} add {name} {add} --dry-run")).expect(0);
        assert!(rehearsed.stdout.contains("Nothing was changed"), "{rehearsed}");
        let added = run(&relay, &format!("{kind} add {name} {add}")).expect(0);
        assert!(added.stdout.starts_with("+ tenant") && added.stdout.contains("\nNext: "), "{added}");
        run(&relay, &format!("{kind} add {name} {add}")).expect(1);
        assert_eq!(field(&relay, object, key), before, "{object}: {key}");
        let changed = run(&relay, &format!("{kind} set {name} {set}")).expect(0);
        assert!(changed.stdout.starts_with("~ tenant"), "{changed}");
        let again = run(&relay, &format!("{kind} set {name} {set}")).expect(0);
        assert!(again.stdout.starts_with("Nothing to change"), "{again}");
        assert_eq!(field(&relay, object, key), after, "{object}: {key}");
        let bare = name.trim_matches('\'');
        let listed = run(&relay, &format!("{kind} list")).expect(0);
        assert!(listed.stdout.contains(bare), "{listed}");
        let listed = run(&relay, &format!("{kind} list --json")).expect(0).json();
        assert!(listed["items"].as_array().unwrap().iter().any(|item| item["object"]["name"] == bare), "{listed:#}");
        let unasked = run(&relay, &format!("{kind} remove {name}")).expect(2);
        assert!(unasked.stderr.contains("--yes") && unasked.stdout.contains("- tenant"), "{unasked}");
        run(&relay, &format!("{kind} remove {name} --dry-run")).expect(0);
        run(&relay, &format!("{kind} show {name}")).expect(0);
        let removed = run(&relay, &format!("{kind} remove {name} --yes")).expect(0);
        assert!(removed.stdout.contains("- tenant"), "{removed}");
        let gone = run(&relay, &format!("{kind} show {name}")).expect(1);
        assert!(gone.stderr.contains("`postwarden tenant list`"), "{gone}");
    };
    let list = |texts: &[&str]| Json::from(texts.to_vec());
    check("domain contoso.com", "--type internal-relay", "--verified", "verified", false.into(), true.into());
    check(
        "inbound-connector 'Inbound from HQ'",
        "--sender-ip-addresses 192.0.2.1,192.0.2.2",
        "--sender-ip-addresses 192.0.2.3 --sender-ip-addresses 2001:db8::/64",
        "sender_ip_addresses",
        list(&["192.0.2.1", "192.0.2.2"]),
        list(&["192.0.2.3", "2001:db8::/64"]),
    );
    check(
        "send-connector Out",
        "--smart-hosts mx.example.org --protocol-logging verbose",
        "--address-spaces 'contoso.com;5' --cut-through false",
        "cut_through",
        true.into(),
        false.into(),
    );
}

#[test]
fn a_certificate_is_renewed_renamed_and_kept_while_it_is_used() {
    let relay = with_contoso();
    let add = run(&relay, "certificate add hq --certificate hq.pem").expect(2);
    assert!(add.stderr.contains("--key"), "{add}");
    run(&relay, "certificate add hq --certificate hq.pem --key hq.key").expect(0);
    run(&relay, "send-connector add Out --smart-hosts mx.example.org --certificate hq").expect(0);
    let shown = run(&relay, "certificate show hq").expect(0);
    for part in ["hq.contoso.com", "Commands CA", "in ", "days", "Presented by send connectors      Out"] {
        assert!(shown.stdout.contains(part), "{part}: {shown}");
    }
    let json = run(&relay, "certificate show hq --json").expect(0).json();
    assert_eq!(
        (&json["object"]["key"], &json["status"]["used_by"]),
        (&Json::Null, &Json::from(vec!["Out"])),
        "{json:#}"
    );
    let renewed = Authority::root("Other CA").issue(Leaf::san(&["hq.contoso.com"]));
    relay.write("both.pem", renewed.chain() + &renewed.key);
    let wrong = run(&relay, "certificate set hq --certificate both.pem --key hq.key").expect(2);
    assert!(!wrong.stderr.contains("PRIVATE KEY-----"), "{wrong}");
    let set = run(&relay, "certificate set hq --certificate both.pem").expect(0);
    assert!(set.stdout.starts_with("~ tenant") && !set.stdout.contains("PRIVATE"), "{set}");
    run(&relay, "certificate set hq --name hq-2027").expect(0);
    assert_eq!(field(&relay, "send-connector Out", "certificate"), "hq-2027", "connectors follow the name");
    let refused = run(&relay, "certificate remove hq-2027 --yes").expect(2);
    assert!(refused.stderr.contains("rests on it: change or remove that first"), "{}", refused.stderr);
    run(&relay, "send-connector set Out --certificate ''").expect(0);
    run(&relay, "certificate remove hq-2027 --yes").expect(0);
}

#[test]
fn tenants_are_limited_suspended_resumed_and_chosen_where_there_are_several() {
    let relay = with_contoso();
    run(&relay, "tenant set contoso --messages-per-hour 500 --max-message-size 25MB --over-limit hold").expect(0);
    assert_eq!(field(&relay, "tenant contoso", "messages_per_hour"), 500);
    run(&relay, "tenant set contoso --messages-per-hour none").expect(0);
    assert_eq!(field(&relay, "tenant contoso", "messages_per_hour"), Json::Null);
    run(&relay, "tenant suspend contoso").expect(0);
    assert_eq!(field(&relay, "tenant contoso", "suspended"), true);
    let listed = run(&relay, "tenant list").expect(0);
    assert!(listed.stdout.contains("suspended"), "{listed}");
    run(&relay, "tenant resume contoso").expect(0);
    assert_eq!(field(&relay, "tenant contoso", "suspended"), false);
    run(&relay, "domain add contoso.com").expect(0);
    run(&relay, "tenant add fabrikam").expect(0);
    let which = run(&relay, "domain add fabrikam.com").expect(2);
    assert!(which.stderr.contains("which tenant") && which.stderr.contains("contoso, fabrikam"), "{which}");
    run(&relay, "domain add fabrikam.com --tenant fabrikam").expect(0);
    let all = run(&relay, "domain list").expect(0);
    assert!(
        all.stdout.contains("TENANT") && all.stdout.contains("contoso.com") && all.stdout.contains("fabrikam.com"),
        "{all}"
    );
    let own = run(&relay, "domain list --tenant fabrikam").expect(0);
    assert!(!own.stdout.contains("contoso"), "{own}");
    let removed = run(&relay, "tenant remove fabrikam --dry-run").expect(0);
    assert!(removed.stdout.contains("fabrikam"), "{removed}");
    run(&relay, "tenant remove fabrikam --yes").expect(0);
    let audit = run(&relay, "audit --object fabrikam.com").expect(0);
    assert!(
        audit.stdout.contains("+ tenant fabrikam: domain fabrikam.com") && audit.stdout.contains("admin.sock"),
        "{audit}"
    );
}

#[test]
fn of_two_administrators_one_wins_and_the_other_sees_both_versions() {
    let relay = with_contoso();
    run(&relay, "inbound-connector add HQ --sender-ip-addresses 192.0.2.1").expect(0);
    let etag = run(&relay, "inbound-connector show HQ --json").expect(0).json()["etag"].as_str().unwrap().to_owned();
    run(&relay, "inbound-connector set HQ --sender-ip-addresses 192.0.2.2").expect(0);
    let mine = format!("inbound-connector set HQ --sender-ip-addresses 192.0.2.3 --if-match {etag}");
    let late = run(&relay, &mine).expect(1);
    let row = late.stdout.lines().find(|line| line.contains("sender_ip_addresses")).unwrap_or_default();
    assert!(row.starts_with('*') && row.contains("192.0.2.2") && row.contains("192.0.2.3"), "{late}");
    assert!(late.stderr.contains("changed by somebody else"), "{late}");
    let late = run(&relay, &format!("{mine} --json")).expect(1).json();
    assert_eq!(late["current"]["object"]["sender_ip_addresses"][0], "192.0.2.2", "{late:#}");
    assert_eq!(late["requested"]["sender_ip_addresses"][0], "192.0.2.3", "{late:#}");
    run(&relay, &format!("inbound-connector remove HQ --yes --if-match {etag}")).expect(1);
    assert_eq!(field(&relay, "inbound-connector HQ", "sender_ip_addresses")[0], "192.0.2.2", "nothing was changed");
}

#[test]
fn what_is_typed_wrongly_is_told_by_its_flag_and_changes_nothing() {
    let relay = with_contoso();
    run(&relay, "inbound-connector add HQ --sender-ip-addresses 192.0.2.1").expect(0);
    let version = relay.status()["directory"]["version"].clone();
    let check = |typed: &str, code: i32, part: &str| {
        let ran = run(&relay, typed);
        assert!(ran.code == code && ran.stderr.contains(part), "expected {code} and {part:?}: {ran}");
    };
    check("inbound-connector set HQ", 2, "what is to change?");
    check("inbound-connector set HQ --sender-ip-addresses 192.0.2.300", 2, "--sender-ip-addresses: \"192.0.2.300\"");
    check("inbound-connector set HQ --sender-ip-addresses 0.0.0.0/0", 2, "--sender-ip-addresses");
    check("inbound-connector set HQ --tls-sender-certificate-name com", 2, "--tls-sender-certificate-name: \"com\"");
    check("inbound-connector set HQ --pinned-certificates abc", 2, "--pinned-certificates");
    check("inbound-connector set HQ --sender-domains 'a b'", 2, "--sender-domains");
    check("inbound-connector set HQ --type other", 2, "--type");
    check("inbound-connector set nobody --enabled false", 1, "nobody");
    check("inbound-connector add HQ --sender-ip-addresses 192.0.2.9", 1, "there already");
    check("inbound-connector add X --tenant nobody --sender-ip-addresses 192.0.2.9", 1, "no tenant \"nobody\"");
    check("send-connector add Out --smart-hosts 'not a host'", 2, "--smart-hosts");
    check("send-connector add Out --smart-hosts mx.example.org --certificate none-such", 2, "--certificate");
    check("domain add 'not a domain'", 2, "NAME");
    check("certificate add x --certificate hq.key --key hq.key", 2, "--certificate hq.key");
    check("certificate add x --certificate missing.pem", 2, "--certificate missing.pem");
    check("tenant set contoso --trusted-roots hq.key", 2, "--trusted-roots hq.key");
    check("tenant set contoso --messages-per-day 0", 2, "--messages-per-day");
    check("token add x --role tenant-administrator", 2, "--tenant");
    check("token add 'a b' --role reader", 2, "NAME");
    check("token add x --role reader --expires 2020-01-01", 2, "--expires");
    check("token show nobody", 1, "`postwarden token list`");
    check("audit --since yesterday", 2, "--since");
    assert_eq!(relay.status()["directory"]["version"], version, "something was changed");
}

#[test]
fn a_server_far_away_is_asked_with_a_token() {
    let folder = Relay::folder_only();
    let authority = Authority::root("Admin CA");
    authority.server("localhost").write(folder.path(), "admin");
    std::fs::write(folder.path().join("ca.pem"), authority.pem()).unwrap();
    let config = "[[listener]]\naddress = \"127.0.0.1:0\"\n[client_certificates]\ntrust = []\n\
                  [admin]\naddress = \"127.0.0.1:0\"\ncertificate = \"admin.pem\"\nkey = \"admin.key\"\n";
    let relay = Relay::start(folder, config);
    let lines = relay.log();
    let line = lines.iter().find(|line| line["message"] == "listening for administration over TCP").unwrap();
    let port = line["address"].as_str().unwrap().parse::<SocketAddr>().unwrap().port();
    let over = format!("--url https://localhost:{port} --ca ca.pem");

    let made = run(&relay, "token add anna --role operator").expect(0);
    let token = made.stdout.trim();
    assert!(made.stdout.lines().count() == 1 && token.starts_with("pw_"), "the token stands alone: {made}");
    run(&relay, "token add eve --role reader --expires 1d -o eve.token").expect(0);
    let mode = std::fs::metadata(relay.path().join("eve.token")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    run(&relay, "token add eve2 --role reader -o eve.token").expect(2);
    run(&relay, "token show eve2").expect(1);

    let anna = |typed: &str| {
        let mut command = relay.command(&words(typed).iter().map(String::as_str).collect::<Vec<_>>());
        Ran::of(command.env("POSTWARDEN_TOKEN", token).env("POSTWARDEN_URL", format!("https://localhost:{port}")))
    };
    for typed in
        ["tenant add contoso", "status", "export", "queue list", "lint", "backup far.tar", "tenant list", "audit"]
    {
        let ran = anna(&format!("{typed} --ca ca.pem"));
        assert!(ran.code == 0 || typed == "lint", "{ran}");
    }
    let audit = run(&relay, "audit --actor anna").expect(0);
    assert!(audit.stdout.contains("127.0.0.1"), "{audit}");

    let eve = |typed: &str, code: i32, part: &str| {
        let ran = run(&relay, &format!("{typed} --token-file eve.token"));
        assert!(ran.code == code && ran.stderr.contains(part), "expected {code} and {part:?}: {ran}");
    };
    eve(&format!("tenant list {over}"), 0, "");
    eve(&format!("tenant add fabrikam {over}"), 1, "role");
    eve(&format!("tenant list --url https://localhost:{port}"), 3, "--ca FILE");
    eve(&format!("tenant list --url https://127.0.0.1:{port} --ca ca.pem"), 3, "it is not for 127.0.0.1");
    eve(&format!("tenant list --url http://relay.example.net:{port}"), 2, "for this machine alone");
    let own = format!("tenant list --url https://localhost:{port} --ca admin.pem");
    eve(&own, 0, "");
    std::fs::set_permissions(relay.path().join("eve.token"), std::fs::Permissions::from_mode(0o644)).unwrap();
    eve(&own, 0, "warning: eve.token");
    run(&relay, &format!("tenant list {over}")).expect(2);
    run(&relay, "token remove eve --yes").expect(0);
    std::thread::sleep(std::time::Duration::from_secs(1));
    eve(&own, 2, "`postwarden token add`");
}

#[test]
fn tables_fit_a_narrow_terminal_and_are_coloured_only_where_that_is_wanted() {
    let relay = with_contoso();
    run(&relay, "inbound-connector add 'Inbound from headquarters' --sender-ip-addresses 192.0.2.1,192.0.2.2")
        .expect(0);
    let typed = |typed: &str| {
        let mut script = std::process::Command::new("script");
        let program = crate::program::POSTWARDEN;
        let typed = format!("stty cols 60; {program} {typed}");
        script
            .current_dir(relay.path())
            .args(["-qec", &typed, "/dev/null"])
            .env_remove("NO_COLOR")
            .env("TERM", "xterm");
        Ran::of(&mut script).expect(0).stdout
    };
    let shown = typed("inbound-connector list");
    assert!(shown.contains('\u{1b}'), "a terminal has colours: {shown:?}");
    let longest = shown.lines().take_while(|line| !line.contains("Next")).map(|line| line.trim_end().len()).max();
    assert!(longest <= Some(60), "{longest:?} columns:\n{shown}");
    assert!(!typed("inbound-connector list --color never").contains('\u{1b}'));
    assert!(!run(&relay, "inbound-connector list").expect(0).stdout.contains('\u{1b}'), "NO_COLOR");
    assert!(run(&relay, "inbound-connector list --color always").expect(0).stdout.contains('\u{1b}'));
}
