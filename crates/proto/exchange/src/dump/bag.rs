//! An object before its type is known: names and values, as a dump shows them. Values are texts and lists of texts: whatever
//! structure a shape has beyond that is brought to the text that PowerShell itself prints for it.

use super::Shown;

/// The type's name in a dump: the last part of `System.…`, or the cmdlet's noun.
type Text = Box<str>;

/// One object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PropertyBag {
    /// First line.
    pub line: u64,
    /// The type's name, its last part, where the dump tells it: `SmtpSendConnectorConfig`.
    pub type_name: Option<Text>,
    /// In the order of the dump; no name twice.
    pub properties: Vec<Property>,
}

/// One property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// Name, as the dump spells it.
    pub name: Text,
    /// The line where it begins.
    pub line: u64,
    /// Value.
    pub value: Shown<Value>,
    /// Why a part of the value, or all of it, is lost.
    pub loss: Option<Loss>,
}

/// A value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Value {
    /// `$null`, and whatever prints as nothing.
    #[default]
    Nothing,
    /// A text, a number, a date.
    Text(Text),
    /// Several.
    List(Vec<Text>),
}

/// How a value was lost before it came here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Loss {
    /// `{a, b, c, d...}`: `$FormatEnumerationLimit`.
    Enumeration,
    /// A column of a table was too narrow.
    Column,
    /// A type's name stands for the value: `System.String[]`, as Export-Csv writes lists.
    TypeName,
    /// `@{a=b}`, or nothing: `ConvertTo-Json` or `Export-Clixml` did not go that deep.
    Depth,
    /// Letters beyond ASCII were replaced, or were read in a code page that is only guessed.
    Letters,
    /// A number stands for a word: JSON writes enumerations so.
    Number,
    /// The end of the value is missing: a copy that was not taken to the end.
    Unfinished,
}

impl PropertyBag {
    /// Longest list of properties that is kept of one object: the largest of Exchange have some three hundred.
    pub const MAX_PROPERTIES: usize = 500;

    pub(super) fn new(line: u64, type_name: Option<Text>) -> Self {
        Self { line, type_name, properties: Vec::new() }
    }

    /// The property of this name, letter case aside.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|property| property.name.eq_ignore_ascii_case(name))
    }

    /// Whether there is a property of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Adds a property; of two with the same name the first stays.
    pub(super) fn add(&mut self, property: Property) {
        if self.properties.len() < Self::MAX_PROPERTIES && !self.has(&property.name) {
            self.properties.push(property);
        }
    }

    /// Names of the first properties, for a message about the object.
    #[must_use]
    pub fn first_names(&self) -> String {
        const SHOWN: usize = 5;
        let names: Vec<&str> = self.properties.iter().take(SHOWN).map(|property| &*property.name).collect();
        names.join(", ")
    }
}

impl Property {
    /// A property whose value is a text as it stands in the dump: whether it is lost is seen from the text.
    pub(super) fn of_text(name: &str, line: u64, text: &str) -> Self {
        let (value, loss) = match lost_by_its_text(text) {
            Some(loss) => (Shown::Cut(Value::List(Vec::new())), Some(loss)),
            None if text.is_empty() => (Shown::Whole(Value::Nothing), None),
            None => (Shown::Whole(Value::Text(text.into())), None),
        };
        Self { name: name.into(), line, value, loss }.with_letters_checked()
    }

    /// A property with several values.
    pub(super) fn of_list(name: &str, line: u64, items: Vec<Text>, loss: Option<Loss>) -> Self {
        let value = Value::List(items);
        let value = if loss.is_some() { Shown::Cut(value) } else { Shown::Whole(value) };
        Self { name: name.into(), line, value, loss }.with_letters_checked()
    }

    /// A property of which nothing is left.
    pub(super) fn lost(name: &str, line: u64, loss: Loss) -> Self {
        Self { name: name.into(), line, value: Shown::Cut(Value::List(Vec::new())), loss: Some(loss) }
    }

    /// The same, cut off.
    pub(super) fn cut(mut self, loss: Loss) -> Self {
        if let Shown::Whole(value) = std::mem::take(&mut self.value) {
            self.value = Shown::Cut(value);
        }
        self.loss = self.loss.or(Some(loss));
        self
    }

    /// A value with the stand-in of a letter that could not be decoded is not the value.
    fn with_letters_checked(self) -> Self {
        if self.any_text(|text| text.contains('\u{fffd}')) { self.cut(Loss::Letters) } else { self }
    }

    /// Whether a text of the value is so.
    pub(super) fn any_text(&self, is_so: impl Fn(&str) -> bool) -> bool {
        match self.value.any() {
            Some(Value::Text(text)) => is_so(text),
            Some(Value::List(items)) => items.iter().any(|item| is_so(item)),
            Some(Value::Nothing) | None => false,
        }
    }
}

/// Whether a text is what PowerShell writes in place of a value.
pub(super) fn lost_by_its_text(text: &str) -> Option<Loss> {
    let is_type = |text: &str| {
        let of_a_type = ["System.", "Microsoft.Exchange.", "Deserialized."].iter().any(|begin| text.starts_with(begin));
        let word = text.split_once("[[").map_or(text, |(word, _)| word);
        of_a_type && word.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"._`+[]".contains(&octet))
    };
    if is_type(text) {
        Some(Loss::TypeName)
    } else if text.starts_with("@{") && text.ends_with('}') {
        Some(Loss::Depth)
    } else {
        None
    }
}

/// What an object with fields prints as, where it has no text of its own: the forms of Exchange's small objects.
/// `fields` are names and texts; `None` where no form fits.
pub(super) fn text_of_fields(fields: &[(Text, Value)]) -> Option<Text> {
    let field = |name: &str| match fields.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)) {
        Some((_, Value::Text(text))) => Some(&**text),
        _ => None,
    };
    if let (Some(issuer), Some(subject)) = (field("CertificateIssuer"), field("CertificateSubject")) {
        return Some(format!("<I>{issuer}<S>{subject}").into());
    }
    if let (Some(kind), Some(address), Some(cost)) = (field("Type"), field("Address"), field("Cost")) {
        return Some(format!("{kind}:{address};{cost}").into());
    }
    if let (Some(key), Some(value)) = (field("Key"), field("Value")) {
        return Some(format!("[{key}, {value}]").into());
    }
    // A SmartHost has both; its Address is 0.0.0.0 where it is a name.
    if field("IsIPAddress").is_some_and(|is| is.eq_ignore_ascii_case("true")) {
        return field("Address").map(Into::into);
    }
    let names = ["DateTime", "IPAddressToString", "Domain", "SmtpDomain", "Name", "Address", "Expression"];
    names.iter().find_map(|name| field(name)).map(Into::into)
}
