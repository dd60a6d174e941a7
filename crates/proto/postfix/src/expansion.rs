//! `$name` in the values of settings: `$name`, `${name}`, `$(name)`, `${name?text}`, `${name:text}`, `${name?{text}:{text}}`,
//! `$$` (postconf(5)). Bounded in depth and length, whatever refers to whatever.

/// How deep references may go: Postfix's own defaults go three deep.
pub const MAX_DEPTH: usize = 16;

/// Longest value that comes out, in octets.
pub const MAX_EXPANDED: usize = 64 * 1024;

/// Why a value could not be expanded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpansionError {
    /// It refers to a setting whose value is not known.
    #[error("it refers to ${0}, which is not set here")]
    Unknown(String),
    /// A reference has no end, or is of a form that is not known.
    #[error("a reference in it is not understood")]
    Syntax,
    /// Settings refer to each other in a circle, or too deep.
    #[error("its references go too deep, or in a circle")]
    Depth,
    /// The value becomes too long.
    #[error("it becomes longer than {MAX_EXPANDED} octets")]
    Length,
}

/// Replaces references. `find` gives the value of a setting as it is written, or none where it is not known.
///
/// # Errors
/// See [`ExpansionError`].
pub fn expand<'a>(value: &str, find: &dyn Fn(&str) -> Option<&'a str>) -> Result<String, ExpansionError> {
    let mut expansion = Expansion { find, text: String::new(), steps: 0 };
    expansion.take(value, 0)?;
    Ok(expansion.text)
}

struct Expansion<'f, 'a> {
    find: &'f dyn Fn(&str) -> Option<&'a str>,
    text: String,
    steps: usize,
}

/// How many references are followed: many that give nothing make no length.
const MAX_STEPS: usize = 10_000;

impl Expansion<'_, '_> {
    fn take(&mut self, value: &str, depth: usize) -> Result<(), ExpansionError> {
        self.steps += 1;
        if depth > MAX_DEPTH || self.steps > MAX_STEPS {
            return Err(ExpansionError::Depth);
        }
        let mut rest = value;
        while let Some((plain, behind)) = rest.split_once('$') {
            self.push(plain)?;
            rest = self.reference(behind, depth)?;
        }
        self.push(rest)
    }

    fn push(&mut self, text: &str) -> Result<(), ExpansionError> {
        if self.text.len().saturating_add(text.len()) > MAX_EXPANDED {
            return Err(ExpansionError::Length);
        }
        self.text.push_str(text);
        Ok(())
    }

    /// Takes what stands behind a dollar sign, and gives the rest.
    fn reference<'v>(&mut self, behind: &'v str, depth: usize) -> Result<&'v str, ExpansionError> {
        if let Some(rest) = behind.strip_prefix('$') {
            self.push("$")?;
            return Ok(rest);
        }
        let Some(close) = behind.chars().next().and_then(closing) else {
            let end = behind.find(|c| !is_name(c)).unwrap_or(behind.len());
            let (name, rest) = behind.split_at_checked(end).ok_or(ExpansionError::Syntax)?;
            self.named(name, depth)?;
            return Ok(rest);
        };
        let (inner, rest) = balanced(behind, close).ok_or(ExpansionError::Syntax)?;
        let end = inner.find(|c| !is_name(c)).unwrap_or(inner.len());
        let (name, form) = inner.split_at_checked(end).ok_or(ExpansionError::Syntax)?;
        match form.chars().next() {
            None => self.named(name, depth)?,
            Some('?') => {
                let (yes, no) = alternatives(form.get(1..).unwrap_or_default());
                let chosen = if self.is_set(name, depth)? { Some(yes) } else { no };
                self.take(chosen.unwrap_or_default(), depth + 1)?;
            }
            Some(':') => {
                if !self.is_set(name, depth)? {
                    self.take(unbraced(form.get(1..).unwrap_or_default()), depth + 1)?;
                }
            }
            Some(_) => return Err(ExpansionError::Syntax),
        }
        Ok(rest)
    }

    fn named(&mut self, name: &str, depth: usize) -> Result<(), ExpansionError> {
        if name.is_empty() {
            return Err(ExpansionError::Syntax);
        }
        let value = (self.find)(name).ok_or_else(|| ExpansionError::Unknown(name.to_owned()))?;
        self.take(value, depth + 1)
    }

    /// Whether a setting is not empty when it is expanded.
    fn is_set(&mut self, name: &str, depth: usize) -> Result<bool, ExpansionError> {
        if (self.find)(name).is_none() {
            return Ok(false);
        }
        let length = self.text.len();
        self.named(name, depth)?;
        let is_set = self.text.len() > length;
        self.text.truncate(length);
        Ok(is_set)
    }
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn closing(open: char) -> Option<char> {
    match open {
        '{' => Some('}'),
        '(' => Some(')'),
        _ => None,
    }
}

/// What stands between a bracket at the start and its end, and what follows.
fn balanced(text: &str, close: char) -> Option<(&str, &str)> {
    let open = text.chars().next()?;
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        if c == open {
            depth += 1;
        } else if c == close {
            depth = depth.checked_sub(1)?;
            if depth == 0 {
                return Some((text.get(1..at)?, text.get(at + 1..)?));
            }
        }
    }
    None
}

/// `{yes}:{no}`, `{yes}`, `yes`.
fn alternatives(text: &str) -> (&str, Option<&str>) {
    let trimmed = text.trim();
    if trimmed.starts_with('{')
        && let Some((yes, rest)) = balanced(trimmed, '}')
    {
        return (yes.trim(), rest.trim().strip_prefix(':').map(unbraced));
    }
    (text, None)
}

fn unbraced(text: &str) -> &str {
    let text = text.trim();
    match balanced(text, '}') {
        Some((inner, "")) if text.starts_with('{') => inner.trim(),
        _ => text,
    }
}
