//! Addresses, good and bad.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use super::*;

#[test]
fn mailboxes_are_kept_as_written() {
    let kept = [
        ("a@b", "a", "b"),
        ("Jan.Novak+tag@Example.ORG", "Jan.Novak+tag", "Example.ORG"),
        ("\"a b\"@example.org", "\"a b\"", "example.org"),
        ("\"a\\\"b@c>\"@example.org", "\"a\\\"b@c>\"", "example.org"),
        ("\"plain\"@example.org", "\"plain\"", "example.org"),
        ("a..b.@docomo.example", "a..b.", "docomo.example"),
        ("SRS0=x=y=example.org=user@relay.example", "SRS0=x=y=example.org=user", "relay.example"),
        ("u@[192.0.2.1]", "u", "[192.0.2.1]"),
        ("u@[IPv6:2001:db8::1]", "u", "[IPv6:2001:db8::1]"),
        ("u@my_host.example", "u", "my_host.example"),
        ("jiří@příklad.cz", "jiří", "příklad.cz"),
    ];
    for (text, local_part, domain) in kept {
        let mailbox = Mailbox::parse(text).unwrap_or_else(|error| panic!("{text:?} {error}"));
        assert_eq!((mailbox.local_part(), mailbox.domain()), (local_part, domain));
        assert_eq!(mailbox.to_string(), text);
        assert_eq!(mailbox.is_ascii(), text.is_ascii());
    }
}

#[test]
fn broken_mailboxes_are_refused() {
    let long_local_part = format!("{}@b", "a".repeat(MAX_LOCAL_PART + 1));
    let long_path = format!("a@{}b", "b.".repeat(126));
    let refused = [
        ("", PathError::Empty),
        ("a", PathError::NoDomain),
        ("@b", PathError::LocalPart),
        ("a@", PathError::Domain),
        ("a@b..c", PathError::Domain),
        ("a@b.", PathError::Domain),
        ("a@b@c", PathError::Domain),
        ("a b@c", PathError::LocalPart),
        ("a<b@c", PathError::LocalPart),
        ("\"a@b", PathError::Quote),
        ("\"a\\\"@b", PathError::Quote),
        ("\"\"@b", PathError::LocalPart),
        ("\"a\"b@c", PathError::LocalPart),
        ("a\"b\"@c", PathError::LocalPart),
        ("\"a\r\nRCPT\"@c", PathError::LocalPart),
        ("\"a\\\0\"@c", PathError::LocalPart),
        ("\"a\u{85}b\"@c", PathError::LocalPart),
        ("a@b\r\nRCPT", PathError::Domain),
        ("a@b c", PathError::Domain),
        ("a@[", PathError::Domain),
        ("a@[]", PathError::Domain),
        ("a@[1]2]", PathError::Domain),
        ("a@[1>]", PathError::Domain),
        (&long_local_part, PathError::TooLong),
        (&long_path, PathError::TooLong),
    ];
    for (text, error) in refused {
        assert_eq!(Mailbox::parse(text), Err(error), "{text:?}");
    }
}

#[test]
fn paths() {
    let forward = |text: &str| ForwardPath::parse(text).map(|path| path.to_string());
    let reverse = |text: &str| ReversePath::parse(text).map(|path| path.to_string());
    let cases = [
        (reverse("<>"), Ok("<>")),
        (reverse(""), Err(PathError::Empty)),
        (reverse("<a@b>"), Ok("<a@b>")),
        (reverse("a@b"), Ok("<a@b>")),
        (reverse("<@r1,@r2.example:a@b>"), Ok("<a@b>")),
        (reverse("<root>"), Err(PathError::NoDomain)),
        (reverse("<postmaster>"), Err(PathError::NoDomain)),
        (forward("<>"), Err(PathError::Empty)),
        (forward("<PostMaster>"), Ok("<PostMaster>")),
        (forward("<postmaster@b>"), Ok("<postmaster@b>")),
        (forward("<@r:a@b>"), Ok("<a@b>")),
        (forward("<@r;a@b>"), Err(PathError::SourceRoute)),
        (forward("<@r,s:a@b>"), Err(PathError::SourceRoute)),
        (forward("<@:a@b>"), Err(PathError::SourceRoute)),
        (forward("<@r:>"), Err(PathError::Empty)),
        (forward("<a@b"), Err(PathError::Brackets)),
        (forward("<<a@b>>"), Err(PathError::LocalPart)),
    ];
    for (at, (got, wanted)) in cases.into_iter().enumerate() {
        assert_eq!(got.as_deref(), wanted.as_ref().map(|text| *text), "case {at}");
    }
}

proptest! {
    /// Whatever is taken for an address is one when written again, and can neither end a line nor a pair of brackets.
    #[test]
    fn what_is_read_can_be_written(text in r#"(?s)[a-z.@"\\<>:,\[\] \r\n\x00é-]{0,24}"#) {
        if let Ok(mailbox) = Mailbox::parse(&text) {
            let written = mailbox.to_string();
            prop_assert_eq!(&written, &text);
            prop_assert!(!written.chars().any(char::is_control));
            let bracketed = format!("<{written}> X");
            prop_assert_eq!(split_path(&bracketed).1, " X");
        }
        if let Ok(path) = ForwardPath::parse(&text) {
            prop_assert_eq!(ForwardPath::parse(&path.to_string()), Ok(path));
        }
        if let Ok(path) = ReversePath::parse(&text) {
            prop_assert_eq!(ReversePath::parse(&path.to_string()), Ok(path));
        }
    }
}
