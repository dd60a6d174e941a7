//! Custom data: keys and values that agents left on a message.

/// The value of a key, of `S:Key=Value;S:Key=Value` as in files, or of `[Key, Value]`s as cmdlets print it.
#[must_use]
pub fn custom_data<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let of_file = || text.split(";S:").find_map(|part| value(part.strip_prefix("S:").unwrap_or(part), '=', key));
    let of_cmdlet = || {
        let parts = text.split('[').filter_map(|part| part.split_once(']'));
        parts.map(|(part, _)| part).find_map(|part| value(part, ',', key))
    };
    if text.starts_with('{') || text.starts_with('[') { of_cmdlet() } else { of_file() }
}

fn value<'a>(part: &'a str, sign: char, key: &str) -> Option<&'a str> {
    let (own, value) = part.split_once(sign)?;
    own.trim().eq_ignore_ascii_case(key).then_some(value.trim())
}
