//! Values good and bad.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use super::*;

#[test]
fn ret() {
    let check = |value: &str, expected: Option<Ret>| assert_eq!(Ret::parse(value), expected, "{value:?}");
    check("FULL", Some(Ret::Full));
    check("hdrs", Some(Ret::Headers));
    check("", None);
    check("FULL ", None);
    check("HEADERS", None);
}

#[test]
fn notify() {
    let check = |value: &str, expected: Option<[bool; 3]>| {
        let expected = expected.map(|[success, failure, delay]| Notify { success, failure, delay });
        assert_eq!(Notify::parse(value), expected, "{value:?}");
    };
    check("NEVER", Some([false; 3]));
    check("never", Some([false; 3]));
    check("SUCCESS", Some([true, false, false]));
    check("Delay,Failure,Success", Some([true; 3]));
    check("FAILURE,DELAY", Some([false, true, true]));
    check("", None);
    check("NEVER,FAILURE", None);
    check("FAILURE,NEVER", None);
    check("FAILURE,FAILURE", None);
    check("FAILURE,", None);
    check("FAILURE, DELAY", None);
    check("ALWAYS", None);
}

#[test]
fn envid() {
    let check = |value: &str, expected: bool| assert_eq!(is_envid(value), expected, "{value:?}");
    check("QQ314159", true);
    check("a+2Bb+3D<>\"\\", true);
    check(&"x".repeat(100), true);
    check(&"x".repeat(101), false);
    check("a+b", false);
    check("a+2b", false);
    check("a=b", false);
    check("a b", false);
    check("a+2", false);
    check("\u{e9}", false);
    check("a\tb", false);
}

#[test]
fn orcpt() {
    let check = |value: &str, smtputf8: bool, expected: bool| {
        assert_eq!(is_orcpt(value, smtputf8), expected, "{value:?} with SMTPUTF8 {smtputf8}");
    };
    check("rfc822;jan+2Bwork@contoso.com", false, true);
    check("X400;/G=Jan", false, false);
    check("X400;/G+3DJan/", false, true);
    check("rfc822;a;b", false, true);
    check("rfc822;", false, false);
    check(";a@b", false, false);
    check("a@b", false, false);
    check("rfc 822;a@b", false, false);
    check("rfc822;a b@c", false, false);
    check("utf-8;ji\u{159}\u{ed}@b", true, true);
    check("UTF-8;ji\u{159}\u{ed}@b", true, true);
    check("utf-8;ji\u{159}\u{ed}@b", false, false);
    check("utf-8;ji\\x{159}@b", false, true);
    check("utf-8;\u{80}", true, false);
    check("rfc822;ji\u{159}@b", true, false);
    check(&format!("rfc822;{}", "a".repeat(493)), false, true);
    check(&format!("rfc822;{}", "a".repeat(494)), false, false);
    assert_eq!(orcpt_in_ascii("utf-8;ji\u{159}\u{ed}@b\u{1f600}"), "utf-8;ji\\x{159}\\x{ED}@b\\x{1F600}");
}

proptest! {
    #[test]
    fn total(value in any::<String>(), smtputf8 in any::<bool>()) {
        let _any_verdict_will_do = (Ret::parse(&value), Notify::parse(&value), is_envid(&value));
        if is_orcpt(&value, smtputf8) {
            prop_assert!(is_orcpt(&value, true));
            let ascii = orcpt_in_ascii(&value);
            prop_assert!(ascii.is_ascii() && (ascii.len() > MAX_ORCPT || is_orcpt(&ascii, false)), "{}", ascii);
        }
    }

    /// What is taken can be written as one parameter of one command.
    #[test]
    fn fits_a_command(envid in "[ -~]{0,12}", orcpt in "rfc822;[ -~]{0,12}") {
        prop_assert!(!is_envid(&envid) || envid.is_empty() || crate::Parameter::new("ENVID", Some(&envid)).is_some());
        prop_assert!(!is_orcpt(&orcpt, false) || crate::Parameter::new("ORCPT", Some(&orcpt)).is_some());
    }
}
