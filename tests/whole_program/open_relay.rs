//! How strangers try to have a relay carry their mail to third parties: a table. Whatever the reply, nothing comes out but what
//! is for a tenant's own domain.

use std::net::IpAddr;

use crate::client::{Client, EHLO};
use crate::relay::{HOSTNAME, Relay};
use crate::sink::Sink;

/// The only domain that anybody may send to.
const OURS: &str = "contoso.com";

/// MAIL FROM of whoever does not try to look like a tenant.
const STRANGER: &str = "<x@evil.example>";
/// The address that connector `Printers` names, and with it senders at contoso.com.
const PRINTER: &str = "127.1.2.7";
/// The address of a partner.
const PARTNER: &str = "127.1.3.7";

const DENIED: &str = "550 5.7.64 TenantAttribution; Relay Access Denied";
/// The address breaks the grammar.
const MALFORMED: &str = "501 5.1.3 ";

/// What is answered to a recipient.
#[derive(Clone, Copy, Debug)]
enum Answer {
    /// Accepted: it is for contoso.com.
    Ours,
    /// Refused with a reply that begins so.
    No(&'static str),
    /// Either, as the relay's extensions have it.
    Any,
}
use Answer::{Any, No, Ours};

#[test]
fn recipients_of_a_stranger() {
    let rows: &[(&str, &[u8], Answer)] = &[
        ("plain", b"<v@elsewhere.example>", No(DENIED)),
        ("upper case", b"<V@ELSEWHERE.EXAMPLE>", No(DENIED)),
        ("percent hack", b"<v%elsewhere.example@contoso.com>", Ours),
        ("percent hack, turned round", b"<v%contoso.com@elsewhere.example>", No(DENIED)),
        ("percent hack at our name", b"<v%elsewhere.example@relay.example.net>", No(DENIED)),
        ("quoted address", b"<\"v@elsewhere.example\"@contoso.com>", Ours),
        ("quoted address, turned round", b"<\"v@contoso.com\"@elsewhere.example>", No(DENIED)),
        ("quoted bracket", b"<\"v@contoso.com>\"@elsewhere.example>", No(DENIED)),
        ("quoted command", b"<\"v>\r\nRCPT TO:<v\"@elsewhere.example>", No("")),
        ("two domains", b"<v@elsewhere.example@contoso.com>", No(MALFORMED)),
        ("two domains, turned round", b"<v@contoso.com@elsewhere.example>", No(MALFORMED)),
        ("source route", b"<@contoso.com:v@elsewhere.example>", No(DENIED)),
        ("source route outwards", b"<@elsewhere.example:v@contoso.com>", Ours),
        ("longer source route", b"<@contoso.com,@elsewhere.example:v@contoso.com>", Ours),
        ("source route alone", b"<@contoso.com:@elsewhere.example>", No(MALFORMED)),
        ("bang path", b"<elsewhere.example!v@contoso.com>", Ours),
        ("bang path, turned round", b"<contoso.com!v@elsewhere.example>", No(DENIED)),
        ("bang path alone", b"<elsewhere.example!v>", No(MALFORMED)),
        ("our address", b"<v@[127.0.0.1]>", No(DENIED)),
        ("our address in IPv6", b"<v@[IPv6:::1]>", No(DENIED)),
        ("a domain in brackets", b"<v@[contoso.com]>", No("5")),
        ("our name", b"<v@relay.example.net>", No(DENIED)),
        ("our postmaster", b"<postmaster@relay.example.net>", No(DENIED)),
        ("localhost", b"<v@localhost>", No(DENIED)),
        ("no domain", b"<v>", No(MALFORMED)),
        ("nothing", b"<>", No("5")),
        ("an at alone", b"<@>", No(MALFORMED)),
        ("no local part", b"<@contoso.com>", No(MALFORMED)),
        ("no brackets", b"v@elsewhere.example", No("5")),
        ("half a bracket", b"<v@elsewhere.example", No("5")),
        ("many brackets", b"<<v@contoso.com>@elsewhere.example>", No("5")),
        ("text before", b"contoso.com <v@elsewhere.example>", No("5")),
        ("two paths", b"<v@contoso.com> <v@elsewhere.example>", No("5")),
        ("two paths, turned round", b"<v@elsewhere.example> <v@contoso.com>", No("5")),
        ("two paths with a comma", b"<v@contoso.com>,<v@elsewhere.example>", No("5")),
        ("a list", b"<v@contoso.com,v@elsewhere.example>", No("5")),
        ("a list with a semicolon", b"<v@elsewhere.example;v@contoso.com>", No("5")),
        ("trailing dot", b"<v@elsewhere.example.>", No("5")),
        ("trailing dot of ours", b"<v@contoso.com.>", No("5")),
        ("leading dot", b"<v@.contoso.com>", No(MALFORMED)),
        ("two dots", b"<v@contoso..com>", No(MALFORMED)),
        ("below ours", b"<v@sub.contoso.com>", No(DENIED)),
        ("ours in front", b"<v@contoso.com.elsewhere.example>", No(DENIED)),
        ("ours at the end", b"<v@notcontoso.com>", No(DENIED)),
        ("ours in upper case", b"<v@CONTOSO.COM>", Ours),
        ("a wildcard", b"<v@*.com>", No("5")),
        ("a comment", b"<v@contoso.com(elsewhere.example)>", No(MALFORMED)),
        ("a comment in front", b"<(x)v@elsewhere.example>", No(MALFORMED)),
        ("a comment behind", b"<v@elsewhere.example> (contoso.com)", No("5")),
        ("a space in front", b"< v@elsewhere.example>", No("5")),
        ("a space within", b"<v@elsewhere.example @contoso.com>", No("5")),
        ("a space behind", b"<v@elsewhere.example >", No("5")),
        ("a tab within", b"<v@elsewhere.example\t@contoso.com>", No("5")),
        ("a tab in front", b"\t<v@elsewhere.example>", No("5")),
        ("NUL in the domain", b"<v@contoso.com\0.elsewhere.example>", No("5")),
        ("NUL behind the domain", b"<v@elsewhere.example\0@contoso.com>", No("5")),
        ("NUL in the local part", b"<v\0@elsewhere.example>", No("5")),
        ("bare CR", b"<v@contoso.com>\rRCPT TO:<v@elsewhere.example>", No("5")),
        ("bare LF", b"<v@contoso.com>\nRCPT TO:<v@elsewhere.example>", No("5")),
        ("Latin-1", b"<v@contos\xf6.com>", No("5")),
        ("a Cyrillic o", "<v@cont\u{43e}so.com>".as_bytes(), No("5")),
        ("the same as an A-label", b"<v@xn--contso-zqf.com>", No(DENIED)),
        ("an A-label of nothing", b"<v@xn--contoso-.com>", No("5")),
        ("full width", "<v@\u{ff43}ontoso.com>".as_bytes(), No("5")),
        ("an ideographic full stop", "<v@contoso\u{3002}com>".as_bytes(), No("5")),
        ("a soft hyphen", "<v@con\u{ad}toso.com>".as_bytes(), No("5")),
        ("a percent-encoded at", b"<v%40elsewhere.example@contoso.com>", Ours),
        ("original recipient ours", b"<v@elsewhere.example> ORCPT=rfc822;v@contoso.com", No("5")),
        ("original recipient foreign", b"<v@contoso.com> ORCPT=rfc822;v@elsewhere.example", Any),
        ("a notice", b"<v@elsewhere.example> NOTIFY=SUCCESS", No("5")),
        ("an unknown parameter", b"<v@elsewhere.example> X-RELAY=yes", No("5")),
        ("a parameter that holds a path", b"<v@contoso.com> TO=<v@elsewhere.example>", No("5")),
    ];
    let world = World::new();
    for (number, (name, recipient, answer)) in (1..).zip(rows) {
        world.attempt(name, IpAddr::from([127, 2, 1, number]), STRANGER, recipient, *answer);
    }
    world.nothing_went_out();
}

#[test]
fn senders_who_pose_as_a_tenant() {
    let stranger = "127.3.0.1";
    let rows: &[(&str, &str, &str, Answer)] = &[
        ("a tenant's sender from elsewhere", stranger, "<anna@contoso.com>", No(DENIED)),
        ("the null sender", stranger, "<>", No(DENIED)),
        ("the null sender at a connector", PRINTER, "<>", No(DENIED)),
        ("a foreign sender at a connector", PRINTER, STRANGER, No(DENIED)),
        ("a tenant in a source route", PRINTER, "<@contoso.com:x@evil.example>", No(DENIED)),
        ("a quoted tenant", PRINTER, "<\"anna@contoso.com\"@evil.example>", No(DENIED)),
        ("a percent hack", PRINTER, "<anna%contoso.com@evil.example>", No(DENIED)),
        ("a bang path", PRINTER, "<contoso.com!anna@evil.example>", No(DENIED)),
        ("a tenant in front", PRINTER, "<anna@contoso.com.evil.example>", No(DENIED)),
        ("below a tenant", PRINTER, "<anna@sub.contoso.com>", No(DENIED)),
        ("a tenant at the end", PRINTER, "<anna@notcontoso.com>", No(DENIED)),
        ("another tenant", PRINTER, "<f@fabrikam.com>", No(DENIED)),
        ("our own name", PRINTER, "<root@relay.example.net>", No(DENIED)),
        ("our own address", PRINTER, "<root@[127.0.0.1]>", No(DENIED)),
        ("the null sender of a partner", PARTNER, "<>", No(DENIED)),
        ("a partner", PARTNER, "<b@bank.example>", No(DENIED)),
        ("a partner as the tenant", PARTNER, "<anna@contoso.com>", No(DENIED)),
    ];
    let world = World::new();
    for (name, source, sender, answer) in rows {
        world.attempt(name, source.parse().unwrap(), sender, b"<v@elsewhere.example>", *answer);
    }
    // Not even MAIL passes.
    for sender in ["<x@evil.example@contoso.com>", "<x@evil.example>,<anna@contoso.com>", "<anna@contoso.com\t>"] {
        let mut client = world.client(PRINTER.parse().unwrap());
        client.command(&format!("MAIL FROM:{sender}")).expect("5");
        client.command("RCPT TO:<v@elsewhere.example>").expect("503 ");
    }
    for parameter in ["AUTH=<anna@contoso.com>", "X-TENANT=contoso", "FROM=<anna@contoso.com>"] {
        let mut client = world.client(stranger.parse().unwrap());
        client.command(&format!("MAIL FROM:{STRANGER} {parameter}")).expect("555 5.5.4 ");
    }
    world.nothing_went_out();
}

/// What was refused stays refused beside what was accepted, in whatever order and however it is sent.
#[test]
fn refused_recipients_beside_an_accepted_one() {
    let world = World::new();
    let orders = [
        ["v@contoso.com", "v@elsewhere.example"],
        ["v@elsewhere.example", "v@contoso.com"],
        ["v@elsewhere.example", "v@elsewhere.example"],
        ["v@contoso.com", "V@Elsewhere.Example"],
    ];
    for (number, order) in (1..).zip(orders) {
        let mut client = world.client(IpAddr::from([127, 4, 0, number]));
        let commands = order.map(|recipient| format!("RCPT TO:<{recipient}>\r\n")).concat();
        // In one piece, with a message behind it in any case.
        client.send(format!("MAIL FROM:{STRANGER}\r\n{commands}DATA\r\n"));
        client.reply().expect("250");
        for recipient in order {
            client.reply().expect(if recipient.ends_with(OURS) { "250" } else { DENIED });
        }
        if order.iter().any(|recipient| recipient.ends_with(OURS)) {
            client.reply().expect("354");
            client.send("Subject: x\r\n\r\nhello\r\n.\r\n");
            client.reply().queued_as();
        } else {
            client.reply().expect("554 5.5.1 ");
        }
    }
    world.nothing_went_out();
}

#[test]
fn what_a_greeting_claims_is_nothing() {
    let world = World::new();
    for greeting in ["contoso.com", "mail.contoso.com", HOSTNAME, "[127.0.0.1]", "localhost"] {
        let mut client = Client::connect_from("127.5.0.1".parse().unwrap(), world.relay.address());
        client.reply().expect("220");
        client.command(&format!("EHLO {greeting}")).expect("250");
        // Nobody logs in here, so nobody is let through for having tried.
        client.command("AUTH PLAIN AGFubmEAYW5uYQ==").expect("50");
        client.command("MAIL FROM:<anna@contoso.com>").expect("250");
        client.command("RCPT TO:<v@elsewhere.example>").expect(DENIED);
    }
    world.nothing_went_out();
}

/// A relay with connectors of each kind, and the sink that all mail goes to.
struct World {
    relay: Relay,
    sink: Sink,
}

impl World {
    fn new() -> Self {
        let sink = Sink::start(&[]);
        let relay = Relay::bare();
        relay.apply(&format!(
            r#"
            [[tenant]]
            name = "contoso"
            domain = [{{ name = "{OURS}", verified = true }}]
            inbound_connector = [
              {{ name = "Printers", sender_ip_addresses = ["{PRINTER}"] }},
              {{ name = "HQ", tls_sender_certificate_name = "*.contoso.com" }},
              {{ name = "Bank", type = "partner", sender_domains = ["*"], sender_ip_addresses = ["{PARTNER}"] }},
            ]
            send_connector = [{{ name = "Out", smart_hosts = ["{0}"], tls = "none" }}]
            [[tenant]]
            name = "fabrikam"
            domain = [{{ name = "fabrikam.com", verified = true }}]
            send_connector = [{{ name = "Out", smart_hosts = ["{0}"], tls = "none" }}]
            "#,
            sink.address
        ));
        Self { relay, sink }
    }

    fn client(&self, source: IpAddr) -> Client {
        let mut client = Client::connect_from(source, self.relay.address());
        client.reply().expect("220");
        client.command(EHLO).expect("250");
        client
    }

    /// Tries one recipient, and sends a message where it is accepted. The recipient is everything behind `RCPT TO:`.
    fn attempt(&self, name: &str, source: IpAddr, sender: &str, recipient: &[u8], answer: Answer) {
        let mut client = self.client(source);
        client.command(&format!("MAIL FROM:{sender}")).expect("250");
        client.send([b"RCPT TO:", recipient, b"\r\n"].concat());
        let reply = client.reply().0;
        let accepted = reply.starts_with("250 ");
        match answer {
            Ours => assert!(accepted, "{name}: {reply}"),
            No(start) => assert!(!accepted && reply.starts_with(start), "{name}: expected {start:?}, came {reply}"),
            Any => {}
        }
        if accepted {
            client.message("Subject: x\r\n\r\nhello\r\n").queued_as();
        }
    }

    /// Waits until all is delivered; nothing may be for anybody but contoso.
    fn nothing_went_out(&self) {
        self.client("127.9.9.9".parse().unwrap()).submit(STRANGER.trim_matches(['<', '>']), "last@contoso.com", "\r\n");
        self.sink.message_to("last@contoso.com");
        crate::waiting::until("an empty queue", || self.relay.queue().is_empty().then_some(()));
        for recipient in self.sink.arrived().iter().flat_map(|message| &message.recipients) {
            let path = recipient.split('>').next().unwrap().trim_start_matches('<');
            let domain = path.rsplit('@').next().unwrap();
            assert!(domain.eq_ignore_ascii_case(OURS) && !path.starts_with('@'), "this went out: {recipient}");
        }
    }
}
