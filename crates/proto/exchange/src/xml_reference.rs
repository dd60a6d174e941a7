//! References in XML: the five of the standard and those by number. Others would have to be declared by a document type, and
//! nothing that is declared is expanded here.

use quick_xml::events::BytesRef;

/// The sign that a reference stands for (XML 1.0 §4.1, §4.6); `None` where it is of somebody's own making, or no character.
pub(crate) fn xml_sign(reference: &BytesRef<'_>) -> Option<char> {
    if let Ok(Some(sign)) = reference.resolve_char_ref() {
        return Some(sign);
    }
    match &**reference {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_five_and_numbers_stand_for_signs() {
        let check = |name: &str, expected: Option<char>| assert_eq!(xml_sign(&BytesRef::new(name)), expected, "{name}");
        for (name, sign) in [("lt", '<'), ("gt", '>'), ("amp", '&'), ("quot", '"'), ("apos", '\'')] {
            check(name, Some(sign));
        }
        check("#39", Some('\''));
        check("#x159", Some('\u{159}'));
        check("#XFE", None);
        check("#", None);
        check("#xD800", None);
        check("#99999999999", None);
        check("LT", None);
        check("own", None);
        check("", None);
    }
}
