//! The token that a server over TCP asks for: from a file or from the environment. It is shown nowhere.

use std::path::Path;

use crate::bounded;
use crate::cli::Global;
use crate::exit::Failure;

/// The variable that holds a token, where no option names a file.
const TOKEN_VARIABLE: &str = "POSTWARDEN_TOKEN";

/// Largest file of a token in octets. A token has fewer than 100.
const MAX_TOKEN_FILE: usize = 4096;

/// A token. It has no text of its own.
#[derive(Clone)]
pub struct Token(String);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token")
    }
}

impl Token {
    /// The token that the options and the environment give, and a warning where others can read its file too.
    ///
    /// # Errors
    /// There is none, or its file cannot be read.
    pub fn of(global: &Global) -> Result<(Self, Option<String>), Failure> {
        if let Some(path) = &global.token_file {
            let token =
                read(path).map_err(|what| Failure::usage(format!("--token-file {}: {what}", path.display())))?;
            return Ok((token, warning(path)));
        }
        let set = std::env::var(TOKEN_VARIABLE).ok().filter(|text| !text.trim().is_empty());
        let text = set.ok_or_else(|| {
            Failure::usage("a server over the network asks for a token").hint(
                "name a file that holds it with --token-file, or set POSTWARDEN_TOKEN; the operator makes one at the server \
                 by `postwarden token add NAME --role ROLE -o FILE`",
            )
        })?;
        let token = Self::parse(&text).map_err(|what| Failure::usage(format!("{TOKEN_VARIABLE}: {what}")))?;
        Ok((token, None))
    }

    /// What goes into `Authorization` (RFC 6750 §2.1).
    pub fn authorization(&self) -> String {
        format!("Bearer {}", self.0)
    }

    fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            return Err("there is no token in it");
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("this is no token: it has to be one word, as `postwarden token add` prints it");
        }
        Ok(Self(text.to_owned()))
    }
}

fn read(path: &Path) -> Result<Token, String> {
    let octets = bounded::read(path, MAX_TOKEN_FILE).map_err(|error| error.to_string())?;
    if octets.len() > MAX_TOKEN_FILE {
        return Err("this is no token: the file is too long".to_owned());
    }
    let text = String::from_utf8(octets).map_err(|_| "this is no token: the file is no text".to_owned())?;
    Token::parse(&text).map_err(str::to_owned)
}

/// Whether the file is open to others than its owner.
#[cfg(unix)]
fn warning(path: &Path) -> Option<String> {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = std::fs::metadata(path).ok()?.permissions().mode();
    (mode & 0o077 != 0).then(|| {
        let path = path.display();
        format!("{path}: others than you may read this token; `chmod 600 {path}` makes it yours alone")
    })
}

#[cfg(not(unix))]
fn warning(_: &Path) -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use super::Token;

    #[test]
    fn tokens_are_one_word() {
        let check = |text: &str, expected: Option<&str>| {
            let token = Token::parse(text).ok().map(|token| token.authorization());
            assert_eq!(token.as_deref(), expected, "{text:?}");
        };
        check("pw_abc-DEF_123", Some("Bearer pw_abc-DEF_123"));
        check("\u{feff} pw_abc\r\n", Some("Bearer pw_abc"));
        check("", None);
        check(" \n", None);
        check("pw_abc\npw_def", None);
        check("pw_ä", None);
    }
}
