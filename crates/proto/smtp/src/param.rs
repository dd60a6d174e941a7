//! Parameters of MAIL and RCPT (RFC 5321 §4.1.2, `esmtp-param`), known and unknown alike.
//!
//! What must not be here: which of them a server supports.

use std::fmt;

/// One parameter: a keyword in upper case and perhaps a value, as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Parameter {
    name: String,
    value: Option<String>,
}

impl Parameter {
    /// A parameter, if keyword and value keep to the grammar. An `=` inside the value is let through: only the first one
    /// divides.
    #[must_use]
    pub fn new(name: &str, value: Option<&str>) -> Option<Self> {
        let keyword = name.starts_with(|c: char| c.is_ascii_alphanumeric())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let plain = |value: &str| !value.is_empty() && value.chars().all(|c| c != ' ' && !c.is_control());
        (keyword && value.is_none_or(plain))
            .then(|| Self { name: name.to_ascii_uppercase(), value: value.map(str::to_owned) })
    }

    /// The keyword in upper case.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value as written, still encoded.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }
}

impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        self.value.as_ref().map_or(Ok(()), |value| write!(f, "={value}"))
    }
}

/// The parameters of one command in their order, each keyword once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Parameters(Vec<Parameter>);

impl Parameters {
    /// No parameters.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads what stands behind the path. Nothing if a parameter breaks the grammar or a keyword comes twice.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parameters = Self::new();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
            parameters.push(Parameter::new(name, value)?).ok()?;
        }
        Some(parameters)
    }

    /// Adds one at the end.
    ///
    /// # Errors
    /// Gives it back if its keyword is there already.
    pub fn push(&mut self, parameter: Parameter) -> Result<(), Parameter> {
        if self.get(&parameter.name).is_some() {
            return Err(parameter);
        }
        self.0.push(parameter);
        Ok(())
    }

    /// The parameter with this keyword, in any case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Parameter> {
        self.0.iter().find(|parameter| parameter.name.eq_ignore_ascii_case(name))
    }

    /// All in order.
    pub fn iter(&self) -> impl Iterator<Item = &Parameter> {
        self.0.iter()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Each behind a space, as they follow a path.
impl fmt::Display for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|parameter| write!(f, " {parameter}"))
    }
}
