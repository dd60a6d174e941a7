//! What stands in the receive log.

use super::clock::leaf_valid;
use super::relay::until;
use super::{Client, Relay};

async fn rows(relay: &Relay) -> Vec<String> {
    until("the end of the session in the log", async || relay.logged().last().is_some_and(|row| row.starts_with('-')))
        .await;
    relay.logged()
}

#[tokio::test]
async fn commands_and_replies_but_no_message_and_no_password() {
    let relay = Relay::new().await;
    let mut client = Client::greeted(relay.address).await;
    client.command("AUTH PLAIN AGJvYgBzZWNyZXQ=", "5").await;
    client.send("c2VjcmV0\r\n").await;
    client.expect("500").await;
    client.message("bob@contoso.com", "amy@example.net").await;
    client.send("MAIL FROM:<bob@contoso.com>\r\nRCPT TO:<amy@example.net>\r\nDATA\r\n").await;
    client.expect("250").await;
    client.expect("250").await;
    client.expect("354").await;
    client.send("Subject: x\r\n\r\nQUIT\r\n.\r\nNOOP\r\n").await;
    client.expect("250").await;
    client.expect("250").await;
    client.command("QUIT", "221").await;
    let rows = rows(&relay).await;
    let expected = [
        "+ |",
        "> 220 relay.example.net ESMTP Postwarden|",
        "< EHLO client.example|",
        "> 250  relay.example.net ",
        "< AUTH <authentication data>|",
        "> 5",
        "< <authentication data>|",
        "> 500 5.5.",
        "< MAIL FROM:<bob@contoso.com>|",
        "> 250 2.1.0 ",
        "< RCPT TO:<amy@example.net>|",
        "> 250 2.1.5 ",
        "< DATA|",
        "> 354 ",
        "* |the message, 21 octets",
        "> 250 2.0.0 Queued as ",
        "< MAIL FROM:<bob@contoso.com>|",
        "< RCPT TO:<amy@example.net>|",
        "< DATA|",
        "> 250 2.1.0 ",
        "> 250 2.1.5 ",
        "> 354 ",
        "* |the message, 20 octets",
    ];
    for (number, expected) in expected.iter().enumerate() {
        assert!(rows[number].starts_with(expected), "{number}: {expected}: {rows:#?}");
    }
    assert!(rows.ends_with(&["< QUIT|".to_owned(), rows[rows.len() - 2].clone(), "- |Local".to_owned()]), "{rows:#?}");
    let text = rows.concat();
    assert!(!text.contains("Subject") && !text.contains("c2VjcmV0") && !text.contains("AGJv"), "{rows:#?}");
    assert_eq!(text.matches("< QUIT").count(), 1, "a line of the message is no command: {rows:#?}");
}

#[tokio::test]
async fn the_certificate_and_how_it_was_judged() {
    let (root, leaf) = leaf_valid(-3_600, 3_600);
    let relay = Relay::trusting(&[root]).await;
    let mut client = Client::greeted(relay.address).await.starttls(&leaf).await;
    client.message("bob@contoso.com", "amy@example.net").await;
    drop(client);
    let rows = rows(&relay).await;
    let has = |part: &str| rows.iter().any(|row| row.contains(part));
    for part in [
        "CN=relay.example.net",
        "|Sending certificate Subject Issuer name",
        "* |TLS protocol SP_PROT_TLS1_3_SERVER negotiation succeeded using bulk encryption algorithm ",
        "mail.contoso.com|Remote certificate Subject Issuer name",
        "* |Client certificate chain validation status: 'Valid'",
        "- |Remote",
    ] {
        assert!(has(part), "{part}: {rows:#?}");
    }

    let untrusting = Relay::new().await;
    let mut client = Client::greeted(untrusting.address).await.starttls(&leaf).await;
    for _ in 0..2 {
        client.command("MAIL FROM:<bob@contoso.com>", "250").await;
        client.command("RSET", "250").await;
    }
    drop(client);
    let rows = self::rows(&untrusting).await;
    let judged: Vec<_> = rows.iter().filter(|row| row.contains("validation status")).collect();
    assert_eq!(judged.len(), 1, "told once, as long as it stays so: {rows:#?}");
    assert!(judged[0].ends_with("|Client certificate chain validation status: 'PartialChain'"), "{judged:?}");
    assert!(judged[0].contains("whose issuer"), "{judged:?}");
}
