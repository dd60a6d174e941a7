//! Tenants: what one has the others do not see; and none at all.

use crate::client::Client;
use crate::relay::Relay;
use crate::sink::Sink;

fn two_tenants(contoso: &Sink, fabrikam: &Sink) -> String {
    let tenant = |name: &str, sink: &Sink| {
        format!(
            "[[tenant]]\nname = \"{name}\"\ndomain = [{{ name = \"{name}.com\", verified = true }}]\n\
             send_connector = [{{ name = \"In\", smart_hosts = [\"{}\"], tls = \"none\" }}]\n",
            sink.address
        )
    };
    tenant("contoso", contoso) + &tenant("fabrikam", fabrikam)
}

#[test]
fn no_tenant_sees_anothers_recipients() {
    let (contoso, fabrikam) = (Sink::start(&[]), Sink::start(&[]));
    let relay = Relay::bare();
    relay.apply(&two_tenants(&contoso, &fabrikam));
    let mut client = Client::greeted(relay.address());
    client.command("MAIL FROM:<stranger@example.net>").expect("250");
    for recipient in ["anna@contoso.com", "frank@fabrikam.com", "alan@contoso.com"] {
        client.command(&format!("RCPT TO:<{recipient}>")).expect("250");
    }
    let text = "Subject: to both\r\n\r\nhello\r\n";
    client.message(text).queued_as();
    let message = contoso.message_to("anna@contoso.com");
    assert_eq!(message.recipients, ["<anna@contoso.com>", "<alan@contoso.com>"]);
    assert_eq!(message.received().1, text.as_bytes());
    assert!(!message.text().contains("fabrikam"), "{}", message.text());
    let message = fabrikam.message_to("frank@fabrikam.com");
    assert_eq!(message.recipients, ["<frank@fabrikam.com>"]);
    assert_eq!(message.received().1, text.as_bytes());
    assert!(!message.text().contains("contoso"), "{}", message.text());
    assert_eq!((contoso.arrived().len(), fabrikam.arrived().len()), (1, 1));
}

#[test]
fn without_tenants_everything_is_refused() {
    let relay = Relay::bare();
    let mut client = Client::greeted(relay.address()).starttls(None);
    for (from, to) in
        [("anna@contoso.com", "bob@elsewhere.example"), ("", "anna@contoso.com"), ("x@y.example", "x@y.example")]
    {
        client.command(&format!("MAIL FROM:<{from}>")).expect("250");
        let refusal = client.command(&format!("RCPT TO:<{to}>"));
        refusal.clone().expect("550 5.7.64 TenantAttribution; Relay Access Denied [relay.example.net ").reference();
        client.command("DATA").expect("554 5.5.1 ");
        client.command("RSET").expect("250");
    }
    let attention = relay.status()["attention"].to_string();
    assert!(attention.contains("no tenants yet") && attention.contains("postwarden apply -f FILE"), "{attention}");
    let log = relay.log();
    assert!(log.iter().any(|line| line["message"].as_str().unwrap().contains("postwarden apply -f FILE")), "{log:?}");
    let exported = relay.run(&["export"]).expect(0).stdout;
    assert!(exported.contains("No tenants yet"), "{exported}");
    relay.write("exported.toml", exported);
    relay.run(&["apply", "-f", "exported.toml", "--yes"]).expect(2);
}
