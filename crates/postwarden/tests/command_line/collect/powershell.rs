//! A reading of PowerShell that is enough to hold our scripts to what they promise: strings and comments are told from code,
//! brackets are matched. It is for scripts of our own, not for any.

/// A piece of code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// A name, as it is called: `Get-Queue`, `foreach`, `Thumbprint`.
    Word(String),
    /// `$name`.
    Variable(String),
    /// `-Name`.
    Parameter(String),
    /// A method that is called: `ToXml` of `.ToXml(` and `Abs` of `::Abs(`.
    Method(String),
    /// A string; of one that is expanded the code in it stands behind it.
    Text(String),
    /// Anything else, sign by sign.
    Sign(char),
}

/// The code of a script; an error says where it does not hold together.
pub fn read(script: &str) -> Result<Vec<Token>, String> {
    let signs: Vec<char> = script.chars().collect();
    let mut reader = Reader { signs: &signs, at: 0, tokens: Vec::new(), open: Vec::new() };
    while reader.at < signs.len() {
        reader.one()?;
    }
    match reader.open.pop() {
        Some((sign, line)) => Err(format!("line {line}: {sign} is never closed")),
        None => Ok(reader.tokens),
    }
}

struct Reader<'a> {
    signs: &'a [char],
    at: usize,
    tokens: Vec<Token>,
    open: Vec<(char, usize)>,
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> char {
        self.signs.get(self.at + ahead).copied().unwrap_or('\0')
    }

    fn line(&self) -> usize {
        1 + self.signs.iter().take(self.at).filter(|c| **c == '\n').count()
    }

    fn one(&mut self) -> Result<(), String> {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        match (self.peek(0), self.peek(1)) {
            ('#', _) => {
                self.take(|c| c != '\n');
            }
            ('\'', _) => self.plain_text()?,
            ('"', _) => self.expanded_text()?,
            ('`', _) => return Err(format!("line {}: a backtick in code", self.line())),
            ('$', c) if is_name(c) => {
                self.at += 1;
                let name = self.take(|c| is_name(c) || c == ':');
                self.tokens.push(Token::Variable(name));
            }
            ('-', c) if c.is_ascii_alphabetic() => {
                self.at += 1;
                let name = self.take(is_name);
                self.tokens.push(Token::Parameter(name));
            }
            ('.', c) if c.is_ascii_alphabetic() => self.member(1),
            (':', ':') => self.member(2),
            (c, _) if c.is_ascii_alphabetic() => {
                let name = self.take(|c| is_name(c) || c == '-');
                self.tokens.push(Token::Word(name));
            }
            (c, _) if c.is_whitespace() => self.at += 1,
            (c, _) => {
                self.bracket(c)?;
                self.tokens.push(Token::Sign(c));
                self.at += 1;
            }
        }
        Ok(())
    }

    fn take(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let taken: String = self.signs.iter().skip(self.at).take_while(|c| belongs(**c)).collect();
        self.at += taken.chars().count();
        taken
    }

    fn member(&mut self, dots: usize) {
        self.at += dots;
        let name = self.take(|c| c.is_ascii_alphanumeric());
        if self.peek(0) == '(' {
            self.tokens.push(Token::Method(name));
        }
    }

    fn plain_text(&mut self) -> Result<(), String> {
        let line = self.line();
        self.at += 1;
        let mut text = String::new();
        loop {
            match (self.peek(0), self.peek(1)) {
                ('\0', _) | ('\n', _) => return Err(format!("line {line}: the string is never closed")),
                ('\'', '\'') => self.at += 1,
                ('\'', _) => break,
                _ => {}
            }
            text.push(self.peek(0));
            self.at += 1;
        }
        self.at += 1;
        self.tokens.push(Token::Text(text));
        Ok(())
    }

    fn expanded_text(&mut self) -> Result<(), String> {
        let line = self.line();
        self.at += 1;
        let (mut text, mut inside) = (String::new(), Vec::new());
        loop {
            match (self.peek(0), self.peek(1)) {
                ('\0', _) | ('\n', _) => return Err(format!("line {line}: the string is never closed")),
                ('$', '(') => {
                    self.at += 2;
                    let code = self.until_closed(line)?;
                    inside.extend(read(&code)?);
                    continue;
                }
                ('`', _) => self.at += 1,
                ('"', '"') => self.at += 1,
                ('"', _) => break,
                _ => {}
            }
            text.push(self.peek(0));
            self.at += 1;
        }
        self.at += 1;
        self.tokens.push(Token::Text(text));
        self.tokens.append(&mut inside);
        Ok(())
    }

    /// The code up to the bracket that closes it; strings with brackets in them do not occur there.
    fn until_closed(&mut self, line: usize) -> Result<String, String> {
        let mut code = String::new();
        let mut depth = 1;
        loop {
            let c = self.peek(0);
            match c {
                '\0' => return Err(format!("line {line}: $( is never closed")),
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Ok(code);
            }
            code.push(c);
        }
    }

    fn bracket(&mut self, c: char) -> Result<(), String> {
        let line = self.line();
        let opened = match c {
            '(' | '[' | '{' => {
                self.open.push((c, line));
                return Ok(());
            }
            ')' => '(',
            ']' => '[',
            '}' => '{',
            _ => return Ok(()),
        };
        match self.open.pop() {
            Some((sign, _)) if sign == opened => Ok(()),
            Some((sign, begun)) => Err(format!("line {line}: {c} closes {sign} of line {begun}")),
            None => Err(format!("line {line}: {c} closes nothing")),
        }
    }
}

#[test]
fn what_does_not_hold_together_is_told() {
    for (script, expected) in [
        ("if ($a) { 'x' }", Ok(())),
        ("if ($a { 'x' }", Err("line 1: ( is never closed")),
        ("if ($a { 'x' ) }", Err("line 1: ) closes { of line 1")),
        ("'it''s' # it's", Ok(())),
        ("'it's'", Err("line 1: the string")),
        ("\"a $($b.Name) c\"", Ok(())),
        ("\"a $($b.Name c\"", Err("line 1: $(")),
        ("{\n(", Err("line 2: (")),
    ] {
        let told = read(script).map(|_| ());
        let matches = match (&told, expected) {
            (Ok(()), Ok(())) => true,
            (Err(told), Err(expected)) => told.starts_with(expected),
            _ => false,
        };
        assert!(matches, "{script}: {told:?}");
    }
}
