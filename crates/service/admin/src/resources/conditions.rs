//! `If-Match` and `If-None-Match` (RFC 9110, 13.1): a change is made to the version that its author saw, or not at all.

use axum::http::{HeaderMap, HeaderName, header};

use crate::problem::wrong;
use crate::wire::{Problem, Resource};

/// What a change may be made to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum IfMatch {
    /// Whatever is in force.
    Any,
    /// A version with one of these entity tags.
    Tags(Vec<String>),
}

/// What `If-Match` asks for.
pub(super) fn if_match(headers: &HeaderMap) -> Result<IfMatch, Problem> {
    let Some(tags) = tags(headers, &header::IF_MATCH) else { return Ok(IfMatch::Any) };
    let tags = tags.map_err(|text| wrong("If-Match", format!("{text:?} is no entity tag such as \"12.3\" or *")))?;
    if tags.iter().any(|tag| tag == "*") {
        return Ok(IfMatch::Any);
    }
    Ok(IfMatch::Tags(tags))
}

impl IfMatch {
    /// Whether the object may be changed as it is. A weak tag names no version.
    pub fn allows(&self, resource: &Resource) -> bool {
        match self {
            Self::Any => true,
            Self::Tags(tags) => tags.contains(&resource.etag()),
        }
    }
}

/// Whether the client knows the object as it is. What cannot be read asks for nothing.
pub(super) fn is_known(headers: &HeaderMap, resource: &Resource) -> bool {
    let known = tags(headers, &header::IF_NONE_MATCH).and_then(Result::ok).unwrap_or_default();
    let etag = resource.etag();
    known.iter().any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

/// The entity tags of a header, which may be given several times; the text that is none, if one is.
fn tags(headers: &HeaderMap, name: &HeaderName) -> Option<Result<Vec<String>, String>> {
    let mut values = headers.get_all(name).iter().peekable();
    values.peek()?;
    let texts = values.flat_map(|value| value.to_str().unwrap_or("\u{fffd}").split(','));
    // Ours hold no comma.
    Some(texts.map(str::trim).filter(|text| !text.is_empty()).map(tag).collect())
}

fn tag(text: &str) -> Result<String, String> {
    let opaque = text.strip_prefix("W/").unwrap_or(text);
    let quoted = opaque.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match quoted {
        Some(inner) if !inner.contains('"') => Ok(text.to_owned()),
        None if text == "*" => Ok(text.to_owned()),
        _ => Err(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[track_caller]
    fn check(values: &[&str], expected: Result<IfMatch, &str>) {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::IF_MATCH, value.parse().unwrap());
        }
        let found = if_match(&headers).map_err(|problem| problem.detail);
        assert_eq!(found, expected.map_err(str::to_owned), "{values:?}");
    }

    #[test]
    fn conditions_are_read() {
        let tags = |tags: &[&str]| Ok(IfMatch::Tags(tags.iter().map(|tag| (*tag).to_owned()).collect()));
        check(&[], Ok(IfMatch::Any));
        check(&["*"], Ok(IfMatch::Any));
        check(&["\"1.2\""], tags(&["\"1.2\""]));
        check(&["\"1.2\", W/\"3.4\"", "\"\""], tags(&["\"1.2\"", "W/\"3.4\"", "\"\""]));
        check(&[""], tags(&[]));
        for wrong in ["1.2", "\"1.2", "W/1", "\"", "\"1\"2\""] {
            let told = format!("If-Match: {wrong:?} is no entity tag such as \"12.3\" or *");
            check(&[wrong], Err(&told));
        }
    }
}
