//! Comma-separated fields on one line, quoted as Exchange quotes them: a field with a comma or a quote stands in quotes, and
//! its own quotes are doubled.

use std::borrow::Cow;

/// Stands for what has no picture of its own.
const STAND_IN: char = '\u{fffd}';

/// Appends a field. A log is read by people on terminals and by programs line by line, and a client chooses what stands in
/// it: nothing that breaks a line, rings a bell or turns the direction of writing gets through.
pub(super) fn push_field(line: &mut String, field: &str) {
    let quoted = field.contains([',', '"']);
    if quoted {
        line.push('"');
    }
    for c in field.chars() {
        if c == '"' {
            line.push('"');
        }
        line.push(harmless(c));
    }
    if quoted {
        line.push('"');
    }
}

/// ASCII controls as their pictures (Unicode, *Control Pictures*), other controls and invisible characters as U+FFFD.
pub(super) fn harmless(c: char) -> char {
    match c {
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)).unwrap_or(STAND_IN),
        '\x7f' => '\u{2421}',
        '\u{80}'..='\u{9f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => STAND_IN,
        '\u{61c}' | '\u{feff}' => STAND_IN,
        _ => c,
    }
}

/// The fields of a line, without its end. `None`: a quote is not closed. A quote within an unquoted field is a character as
/// any other, and what stands behind a closing quote belongs to the field.
pub(super) fn split(line: &str) -> Option<Vec<Cow<'_, str>>> {
    let mut fields = Vec::new();
    let mut rest = line;
    loop {
        let (field, behind) = match rest.strip_prefix('"') {
            Some(quoted) => unquote(quoted)?,
            None => plain(rest),
        };
        fields.push(field);
        match behind {
            Some(behind) => rest = behind,
            None => return Some(fields),
        }
    }
}

/// A field up to the next comma, and what follows the comma.
fn plain(text: &str) -> (Cow<'_, str>, Option<&str>) {
    match text.split_once(',') {
        Some((field, behind)) => (Cow::Borrowed(field), Some(behind)),
        None => (Cow::Borrowed(text), None),
    }
}

/// A field whose opening quote is gone already.
fn unquote(text: &str) -> Option<(Cow<'_, str>, Option<&str>)> {
    let (first, mut behind) = text.split_once('"')?;
    let mut field = Cow::Borrowed(first);
    while let Some(rest) = behind.strip_prefix('"') {
        let (part, after) = rest.split_once('"')?;
        field.to_mut().push('"');
        field.to_mut().push_str(part);
        behind = after;
    }
    let (tail, next) = plain(behind);
    if !tail.is_empty() {
        field.to_mut().push_str(&tail);
    }
    Some((field, next))
}
