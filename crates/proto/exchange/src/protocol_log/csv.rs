//! Writes comma-separated fields on one line, quoted as Exchange quotes them: a field with a comma or a quote stands in quotes,
//! and its own quotes are doubled. They are read by [`csv_records`](crate::csv_records).

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
