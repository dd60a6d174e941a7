//! Texts and names of types in Clixml.

/// The text with `_xHHHH_` put back: control characters and halves of surrogate pairs are written so, and the low line before
/// what only looks so (MS-PSRP 2.2.5.3.2).
pub(super) fn unescaped(text: &str) -> Box<str> {
    if !text.contains("_x") {
        return text.into();
    }
    let mut units: Vec<u16> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let (before, escape) = rest.split_at(at);
        units.extend(before.encode_utf16());
        let digits = escape.get(2..6).filter(|_| escape.as_bytes().get(6) == Some(&b'_'));
        let is_hexadecimal = |digits: &&str| digits.bytes().all(|octet| octet.is_ascii_hexdigit());
        match digits.filter(is_hexadecimal).and_then(|digits| u16::from_str_radix(digits, 16).ok()) {
            Some(unit) => {
                units.push(unit);
                rest = escape.get(7..).unwrap_or_default();
            }
            None => {
                units.extend("_x".encode_utf16());
                rest = escape.get(2..).unwrap_or_default();
            }
        }
    }
    units.extend(rest.encode_utf16());
    String::from_utf16_lossy(&units).into()
}

/// The last part of a type's name, without what it is made of: `Deserialized.Microsoft.Exchange.Data.SmtpDomain` is
/// `SmtpDomain`.
pub(in crate::dump) fn short_type(name: &str) -> Box<str> {
    let name = name.split(['`', '[', ',']).next().unwrap_or_default();
    name.rsplit(['.', '+']).next().unwrap_or_default().trim().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn puts_escaped_signs_back() {
        let check = |text: &str, expected: &str| assert_eq!(&*unescaped(text), expected, "{text}");
        check("plain _ text", "plain _ text");
        check("a_x000D__x000a_b", "a\r\nb");
        check("_x005F_x0020_", "_x0020_");
        check("_xD83D__xDE00_", "\u{1f600}");
        check("_xD83D_", "\u{fffd}");
        check("_x12_ _xZZZZ_ _x", "_x12_ _xZZZZ_ _x");
        check("_x00", "_x00");
    }

    #[test]
    fn shortens_names_of_types() {
        let check = |name: &str, expected: &str| assert_eq!(&*short_type(name), expected, "{name}");
        check("Microsoft.Exchange.Data.Directory.SystemConfiguration.AcceptedDomain", "AcceptedDomain");
        check(
            "Deserialized.Microsoft.Exchange.Data.MultiValuedProperty`1[[System.String, mscorlib]]",
            "MultiValuedProperty",
        );
        check("Selected.System.Management.Automation.PSCustomObject", "PSCustomObject");
        check("A+B", "B");
    }
}
