//! PowerShell command lines taken apart: the cmdlet, its parameters and what they are given. Only what the wizard writes;
//! variables, pipelines and expressions stay texts.

use std::iter::Peekable;
use std::str::Chars;

/// Most parameters of a command, and most items of a list, that are kept. Cmdlets have up to eighty.
pub const MAX_PARAMETERS: usize = 1024;

/// A command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Command {
    /// `Set-SendConnector`.
    pub cmdlet: Box<str>,
    /// The parameters in their order.
    pub parameters: Vec<Parameter>,
    /// Values without a parameter's name, such as an identity.
    pub positional: Vec<Box<str>>,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name without the dash.
    pub name: Box<str>,
    /// What it is given; a list has several or no items, `$null` has none, a switch has `True`. `$true` and `$false` are `True`
    /// and `False`, as dumps print them.
    pub values: Vec<Box<str>>,
}

impl Parameter {
    /// The value on one line, items apart by `, `.
    #[must_use]
    pub fn text(&self) -> String {
        self.values.join(", ")
    }
}

impl Command {
    /// Takes a command line apart. None: it does not begin with the name of a cmdlet.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (cmdlet, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let (verb, noun) = cmdlet.split_once('-')?;
        let word = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric());
        if !word(verb) || !word(noun) {
            return None;
        }
        let mut command = Self { cmdlet: cmdlet.into(), ..Self::default() };
        command.arguments(&mut Scanner { signs: rest.chars().peekable() });
        Some(command)
    }

    /// The verb: `Set`.
    #[must_use]
    pub fn verb(&self) -> &str {
        self.cmdlet.split_once('-').map_or("", |(verb, _)| verb)
    }

    /// The noun: `SendConnector`.
    #[must_use]
    pub fn noun(&self) -> &str {
        self.cmdlet.split_once('-').map_or("", |(_, noun)| noun)
    }

    /// A parameter by its name, letter case aside.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name.eq_ignore_ascii_case(name))
    }

    /// What the command is about: `-Identity`, `-Name`, or the first value without a parameter; empty where there is only one
    /// such object, as with Set-HybridConfiguration.
    #[must_use]
    pub fn object(&self) -> &str {
        let named = ["Identity", "Name"].into_iter().find_map(|name| self.parameter(name)?.values.first());
        named.or(self.positional.first()).map_or("", |name| name)
    }

    fn arguments(&mut self, scanner: &mut Scanner<'_>) {
        loop {
            scanner.skip_blanks();
            if scanner.signs.peek().is_none() || self.parameters.len() + self.positional.len() >= MAX_PARAMETERS {
                return;
            }
            match scanner.parameter_name() {
                Some(name) => {
                    let values = if scanner.at_value() { scanner.values() } else { vec!["True".into()] };
                    self.parameters.push(Parameter { name, values });
                }
                None => self.positional.extend(scanner.values()),
            }
        }
    }
}

/// Reads signs one after the other; each is looked at a fixed number of times.
struct Scanner<'t> {
    signs: Peekable<Chars<'t>>,
}

impl Scanner<'_> {
    fn skip_blanks(&mut self) {
        while self.signs.next_if(|c| c.is_whitespace()).is_some() {}
    }

    /// `-Name`, `-Name:`.
    fn parameter_name(&mut self) -> Option<Box<str>> {
        if !self.at_parameter() {
            return None;
        }
        self.signs.next();
        let mut name = String::new();
        while let Some(c) = self.signs.next_if(|c| c.is_alphanumeric() || *c == '_') {
            name.push(c);
        }
        self.signs.next_if_eq(&':');
        Some(name.into())
    }

    /// A dash with a letter behind it, which a negative number has not.
    fn at_parameter(&self) -> bool {
        let mut ahead = self.signs.clone();
        ahead.next() == Some('-') && ahead.next().is_some_and(char::is_alphabetic)
    }

    fn at_value(&mut self) -> bool {
        self.skip_blanks();
        self.signs.peek().is_some() && !self.at_parameter()
    }

    /// One value, a list with commas, or `@(…)`. Lists within lists are one list.
    fn values(&mut self) -> Vec<Box<str>> {
        let mut values = Vec::new();
        let mut open = 0_usize;
        loop {
            self.skip_blanks();
            match self.signs.peek().copied() {
                Some('@') if self.opens_list() => {
                    self.signs.nth(1);
                    open += 1;
                    continue;
                }
                Some('(') => {
                    self.signs.next();
                    open += 1;
                    continue;
                }
                Some(')') => {
                    self.signs.next();
                    open = open.saturating_sub(1);
                }
                Some(',' | ';') if open > 0 => {
                    self.signs.next();
                    continue;
                }
                Some(_) => {
                    let value = self.value();
                    if values.len() < MAX_PARAMETERS {
                        values.extend(value);
                    }
                }
                None => return values,
            }
            self.skip_blanks_before_comma();
            if self.signs.next_if_eq(&',').is_none() && open == 0 {
                return values;
            }
        }
    }

    fn opens_list(&self) -> bool {
        let mut ahead = self.signs.clone();
        ahead.next() == Some('@') && ahead.next() == Some('(')
    }

    /// Blanks are only skipped where a comma follows: `'a' , 'b'` is a list, `'a' -Next` is not.
    fn skip_blanks_before_comma(&mut self) {
        let mut ahead = self.signs.clone();
        while ahead.next_if(|c| c.is_whitespace()).is_some() {}
        if ahead.peek() == Some(&',') {
            self.signs = ahead;
        }
    }

    /// A string in quotes, a variable, or a bare word. None for `$null`.
    fn value(&mut self) -> Option<Box<str>> {
        match self.signs.peek().copied()? {
            // PowerShell takes typographic quotes for straight ones, and texts that went through an editor have them.
            '\'' | '\u{2018}'..='\u{201b}' => Some(self.quoted(|c| matches!(c, '\'' | '\u{2018}'..='\u{201b}'), false)),
            '"' | '\u{201c}'..='\u{201e}' => Some(self.quoted(|c| matches!(c, '"' | '\u{201c}'..='\u{201e}'), true)),
            _ => {
                let word = self.word();
                match word.to_ascii_lowercase().as_str() {
                    "$true" => Some("True".into()),
                    "$false" => Some("False".into()),
                    "$null" => None,
                    _ => Some(word.into()),
                }
            }
        }
    }

    /// A string whose own quotes are doubled; between double quotes a backtick takes the next sign as it is. Without an end it
    /// reaches to the end of the text.
    fn quoted(&mut self, is_quote: fn(char) -> bool, backticks: bool) -> Box<str> {
        let mut text = String::new();
        self.signs.next();
        while let Some(c) = self.signs.next() {
            if is_quote(c) {
                if self.signs.next_if(|next| is_quote(*next)).is_none() {
                    break;
                }
                text.push(c);
            } else if c == '`' && backticks {
                text.extend(self.signs.next());
            } else {
                text.push(c);
            }
        }
        text.into()
    }

    /// Up to a blank, a comma or a closing bracket. Takes at least one sign.
    fn word(&mut self) -> String {
        let mut word = String::new();
        word.extend(self.signs.next());
        while let Some(c) = self.signs.next_if(|c| !c.is_whitespace() && !matches!(c, ',' | ')' | ';')) {
            word.push(c);
        }
        word
    }
}
