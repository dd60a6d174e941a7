//! Values as the formatting cmdlets print them: `{a, b, c}`, cut by `$FormatEnumerationLimit` to `{a, b, c, d...}` or, in
//! PowerShell 7, `{a, b, c, d…}` (Microsoft: about_Preference_Variables).

use super::bag::{Loss, Property};

/// What stands where something was cut off.
const ELLIPSES: [&str; 2] = ["...", "…"];

/// Reads a printed value: a list where it stands in braces, else a text. `unclosed` is how a list without its end was lost.
pub(crate) fn property(name: &str, line: u64, text: &str, unclosed: Loss) -> Property {
    let text = text.trim();
    let Some(inner) = text.strip_prefix('{') else { return Property::of_text(name, line, text) };
    match inner.strip_suffix('}') {
        Some(inner) => match without_ellipsis(inner) {
            Some(inner) => Property::of_list(name, line, items(inner), Some(Loss::Enumeration)),
            None => Property::of_list(name, line, items(inner), None),
        },
        // The last item may be a part of one: it is not told.
        None => {
            let mut items = items(without_ellipsis(inner).unwrap_or(inner));
            if !inner.ends_with(',') {
                items.pop();
            }
            Property::of_list(name, line, items, Some(unclosed))
        }
    }
}

/// The text before an ellipsis at its end.
pub(super) fn without_ellipsis(text: &str) -> Option<&str> {
    ELLIPSES.iter().find_map(|ellipsis| text.strip_suffix(ellipsis)).map(|text| text.trim_end_matches([',', ' ']))
}

/// Whether something was cut off anywhere in a text.
pub(crate) fn has_ellipsis(text: &str) -> bool {
    ELLIPSES.iter().any(|ellipsis| text.contains(ellipsis))
}

/// Splits at commas outside of brackets and quotes: items such as `[{LED=…};{MSG=…}]` and `[key, value]` hold commas.
fn items(inner: &str) -> Vec<Box<str>> {
    let (mut items, mut start, mut depth, mut quoted) = (Vec::new(), 0, 0_usize, false);
    for (at, octet) in inner.bytes().enumerate() {
        match octet {
            b'"' => quoted = !quoted,
            b'[' | b'{' | b'(' => depth += 1,
            b']' | b'}' | b')' => depth = depth.saturating_sub(1),
            b',' if depth == 0 && !quoted => {
                items.push(inner.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    items.push(inner.get(start..).unwrap_or_default());
    let items = items.into_iter().map(str::trim).filter(|item| !item.is_empty());
    items.map(Into::into).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Shown;
    use super::super::bag::Value;
    use super::*;

    #[test]
    fn tells_whole_lists_from_cut_ones() {
        let list = |items: &[&str]| Value::List(items.iter().map(|item| (*item).into()).collect());
        let check = |text: &str, expected: Shown<Value>| {
            assert_eq!(property("P", 1, text, Loss::Column).value, expected, "{text}");
        };
        check("{}", Shown::Whole(list(&[])));
        check("", Shown::Whole(Value::Nothing));
        check("{smtp:*;1}", Shown::Whole(list(&["smtp:*;1"])));
        check("{a, b}", Shown::Whole(list(&["a", "b"])));
        check("{a, b, c, d...}", Shown::Cut(list(&["a", "b", "c", "d"])));
        check("{a, b, c, d…}", Shown::Cut(list(&["a", "b", "c", "d"])));
        check("{a, b, c, d, ...}", Shown::Cut(list(&["a", "b", "c", "d"])));
        check("{192.0.2.1, 192.0...", Shown::Cut(list(&["192.0.2.1"])));
        check("{192.0.2.1, 192.0.2.2,", Shown::Cut(list(&["192.0.2.1", "192.0.2.2"])));
        check("{[ToEntity, Unknown], [a, b]}", Shown::Whole(list(&["[ToEntity, Unknown]", "[a, b]"])));
        check("text, with a comma", Shown::Whole(Value::Text("text, with a comma".into())));
        check("System.String[]", Shown::Cut(list(&[])));
        check("@{Key=1; Value=2}", Shown::Cut(list(&[])));
    }
}
