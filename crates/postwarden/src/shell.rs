//! Words as a shell takes them, for commands that are told to be typed.

/// A word as it is typed: as it stands if no shell sees anything in it, else in single quotes.
pub fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn words() {
        let check = |word: &str, expected: &str| assert_eq!(quoted(word), expected, "{word:?}");
        check("contoso", "contoso");
        check("a@b.example,1", "a@b.example,1");
        check("Inbound from HQ", "'Inbound from HQ'");
        check("*.contoso.com", "'*.contoso.com'");
        check("it's", r"'it'\''s'");
        check("", "''");
        check("$(x)`y`", "'$(x)`y`'");
    }
}
