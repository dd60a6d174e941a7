//! What crosses the wire as rows: one for each command, one for each reply however many lines it has. Credentials are masked.

/// Octets of one command or reply that are shown; what is longer is cut. RFC 5321 §4.5.3.1 allows a line 512, extensions
/// more; the longest replies in practice, to EHLO, stay below 1,000.
pub const MAX_SAID: usize = 4_000;

/// Stands behind what was cut.
const CUT: &str = "…";

/// Stands for what a client said of its identity.
const MASKED: &str = "<authentication data>";

/// Commands that a client may give after AUTH was refused or is over; other lines there are taken for an answer to it.
const VERBS: [&str; 17] = [
    "AUTH", "BDAT", "BURL", "DATA", "EHLO", "ETRN", "EXPN", "HELO", "HELP", "MAIL", "NOOP", "QUIT", "RCPT", "RSET",
    "STARTTLS", "VRFY", "XCLIENT",
];

/// The commands of one session.
#[derive(Debug, Default)]
pub struct Commands {
    /// The client tries to authenticate: what it says next may be its password.
    authenticating: bool,
}

impl Commands {
    /// The rows of whole command lines. What follows AUTH is masked, and so are the lines after it that are no commands: a
    /// client that does not wait for our refusal sends its name and password there.
    pub fn rows(&mut self, octets: &[u8]) -> Vec<String> {
        let mut rows = Vec::new();
        for line in lines(octets) {
            let line = shown(line);
            let verb = line.trim_start().split([' ', '\t']).next().unwrap_or_default().to_owned();
            let is_verb = VERBS.iter().any(|known| known.eq_ignore_ascii_case(&verb));
            if verb.eq_ignore_ascii_case("AUTH") {
                self.authenticating = true;
                rows.push(format!("{verb} {MASKED}"));
            } else if self.authenticating && !is_verb {
                rows.push(MASKED.to_owned());
            } else {
                self.authenticating = false;
                rows.push(line);
            }
        }
        rows
    }
}

/// The replies of one session, out of octets however they are cut.
#[derive(Debug, Default)]
pub struct Replies {
    /// A line without its end.
    line: Vec<u8>,
    /// A reply without its last line.
    reply: Option<Unfinished>,
}

#[derive(Debug)]
struct Unfinished {
    code: String,
    texts: String,
}

impl Replies {
    /// The rows of the replies that end within these octets. The lines of one reply are joined by spaces behind the code,
    /// as Exchange 2016 and later do.
    pub fn rows(&mut self, octets: &[u8]) -> Vec<String> {
        let mut rows = Vec::new();
        let mut rest = octets;
        while let Some(end) = rest.iter().position(|octet| *octet == b'\n') {
            let (line, behind) = rest.split_at(end + 1);
            self.append(line);
            let line = shown(&std::mem::take(&mut self.line));
            self.line_ended(line, &mut rows);
            rest = behind;
        }
        self.append(rest);
        rows
    }

    /// What was said and not ended, at the end of the session.
    pub fn finish(&mut self) -> Option<String> {
        let mut rows = Vec::new();
        if !self.line.is_empty() {
            let line = shown(&std::mem::take(&mut self.line));
            self.line_ended(line, &mut rows);
        }
        rows.extend(self.reply.take().map(Unfinished::row));
        rows.into_iter().reduce(|all, row| all + " " + &row)
    }

    /// Keeps no more of a line than is shown.
    fn append(&mut self, octets: &[u8]) {
        let room = (MAX_SAID + 1).saturating_sub(self.line.len());
        self.line.extend(octets.iter().take(room));
    }

    fn line_ended(&mut self, line: String, rows: &mut Vec<String>) {
        let code = line.get(..3).filter(|code| code.bytes().all(|octet| octet.is_ascii_digit()));
        let Some(code) = code.map(str::to_owned) else {
            // No reply: it stands for itself.
            rows.extend(self.reply.take().map(Unfinished::row));
            return rows.push(line);
        };
        if self.reply.as_ref().is_some_and(|reply| reply.code != code) {
            rows.extend(self.reply.take().map(Unfinished::row));
        }
        let text = line.get(4..).unwrap_or_default();
        match (line.get(3..4), &mut self.reply) {
            (Some("-"), Some(reply)) => reply.add(text),
            (Some("-"), None) => self.reply = Some(Unfinished { code, texts: text.to_owned() }),
            (_, Some(reply)) => {
                reply.add(text);
                rows.extend(self.reply.take().map(Unfinished::row));
            }
            (_, None) => rows.push(line),
        }
    }
}

impl Unfinished {
    fn add(&mut self, text: &str) {
        if self.texts.len() <= MAX_SAID {
            self.texts.push(' ');
            self.texts.push_str(text);
        }
    }

    /// The code, two spaces, the texts: `250  hub.example.net SIZE PIPELINING`.
    fn row(self) -> String {
        cut(format!("{}  {}", self.code, self.texts))
    }
}

/// Lines without their ends, the last one perhaps without one.
fn lines(octets: &[u8]) -> impl Iterator<Item = &[u8]> {
    octets.split_inclusive(|octet| *octet == b'\n')
}

/// A line as text without its end, at most [`MAX_SAID`] octets.
fn shown(line: &[u8]) -> String {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let bounded = line.get(..=MAX_SAID).unwrap_or(line);
    cut(String::from_utf8_lossy(bounded).into_owned())
}

fn cut(mut text: String) -> String {
    if text.len() > MAX_SAID {
        text.truncate(text.floor_char_boundary(MAX_SAID));
        text.push_str(CUT);
    }
    text
}
