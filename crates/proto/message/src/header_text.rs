//! Text that comes from elsewhere, made fit for a header field, and the folding of fields. It must not be possible to
//! write a control character or a line end through here, but for those of the folding itself.

/// Where a line is folded, in octets without its CRLF (RFC 5322 §2.1.1 asks for at most 78).
const LINE: usize = 78;

/// The longest line that may be written, in octets without its CRLF (RFC 5322 §2.1.1).
pub const LONGEST_LINE: usize = 998;

/// Longest domain or address literal that is repeated in a field: what RFC 5321 §4.5.3.1.2 allows a domain.
const MAX_HOST: usize = 255;

/// A host name or address literal, whatever it was said to be: characters that could be read as anything else become
/// `?`. Never empty.
pub fn host(name: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | ':' | '[' | ']');
    let host: String = name.chars().take(MAX_HOST).map(|c| if allowed(c) { c } else { '?' }).collect();
    if host.is_empty() { "unknown".to_owned() } else { host }
}

/// The inside of a comment: one line of printable ASCII without parentheses and backslashes, at most `limit` characters.
pub fn comment(text: &str, limit: usize) -> String {
    ascii_line(text, limit).replace(['(', ')', '\\'], "?")
}

/// One line of printable ASCII; everything else becomes `?`. Cut after `limit` characters, and then shown to be cut.
pub fn ascii_line(text: &str, limit: usize) -> String {
    let mut line: String =
        text.chars().take(limit).map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).collect();
    if text.chars().nth(limit).is_some() {
        line.push_str("...");
    }
    line
}

/// One line of text in any language; control characters become `?`. Cut as [`ascii_line`] cuts.
pub fn text_line(text: &str, limit: usize) -> String {
    let mut line: String = text.chars().take(limit).map(|c| if c.is_control() { '?' } else { c }).collect();
    if text.chars().nth(limit).is_some() {
        line.push_str("...");
    }
    line
}

/// Writes a field: its words behind its name with single spaces, folded where a line would grow too long. A word that is
/// longer than any line may be is cut into several lines.
pub fn field<'a>(name: &str, words: impl IntoIterator<Item = &'a str>, out: &mut String) {
    out.push_str(name);
    out.push(':');
    fold(words, name.len() + 1, out);
}

/// Goes on with the field that was written last, on a line of its own.
pub fn continuation(words: &str, out: &mut String) {
    // Behind the space that makes it a continuation comes the one that parts words.
    fold([words], 0, out);
}

fn fold<'a>(words: impl IntoIterator<Item = &'a str>, start: usize, out: &mut String) {
    let mut length = start;
    for word in words.into_iter().flat_map(|words| words.split(' ')).filter(|word| !word.is_empty()) {
        for piece in pieces(word) {
            if length + 1 + piece.len() > LINE && length > start {
                out.push_str("\r\n\t");
                length = 1;
            } else {
                out.push(' ');
                length += 1;
            }
            out.push_str(piece);
            length += piece.len();
        }
    }
    out.push_str("\r\n");
}

/// Cuts a word where even a line of its own could not hold it.
fn pieces(word: &str) -> impl Iterator<Item = &str> {
    // The name of no field that is written here is longer than the difference.
    const PIECE: usize = LONGEST_LINE - 64;
    let mut rest = word;
    std::iter::from_fn(move || {
        let mut end = PIECE.min(rest.len());
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (piece, behind) = rest.split_at_checked(end)?;
        rest = behind;
        (!piece.is_empty()).then_some(piece)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn hosts_hold_nothing_but_hosts() {
        let check = |name: &str, expected: &str| assert_eq!(host(name), expected, "{name:?}");
        check("mail.contoso.com", "mail.contoso.com");
        check("DESKTOP_1", "DESKTOP_1");
        check("[IPv6:2001:db8::1]", "[IPv6:2001:db8::1]");
        check("evil) by x\r\nBcc: y", "evil??by?x??Bcc:?y");
        check("pošta.example", "po?ta.example");
        check("", "unknown");
    }

    #[test]
    fn comments_close_where_they_should() {
        let check = |text: &str, expected: &str| assert_eq!(comment(text, 12), expected, "{text:?}");
        check("CN=a, O=b", "CN=a, O=b");
        check("a)b(c\\d", "a?b?c?d");
        check("a\r\n\tb\0", "a???b?");
        check("č\u{202e}", "??");
        check("123456789012", "123456789012");
        check("1234567890123", "123456789012...");
    }

    #[test]
    fn fields_are_folded_at_spaces() {
        let written = |words: &[&str]| {
            let mut out = String::new();
            field("X", words.iter().copied(), &mut out);
            out
        };
        assert_eq!(written(&["a", "b  c", ""]), "X: a b c\r\n");
        let long = "x".repeat(40);
        assert_eq!(written(&[&long, &long]), format!("X: {long}\r\n\t{long}\r\n"));
        let longer = "y".repeat(3000);
        let out = written(&["a", &longer]);
        assert!(out.lines().all(|line| line.len() <= LONGEST_LINE), "{out}");
        assert_eq!(out.replace(['\r', '\n', '\t', ' '], ""), format!("X:a{longer}"));
    }
}
