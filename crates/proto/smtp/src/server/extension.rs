//! Parameters of MAIL and RCPT against the extensions that are on.
//!
//! An unknown parameter is refused, never ignored: its sender counts on it (RFC 5321 §4.1.1.11, reply 555).

use super::config::ServerConfig;
use super::output::{MailRequest, RcptRequest};
use crate::dsn::{MAX_ENVID, MAX_ORCPT, Notify, Ret, is_envid, is_orcpt};
use crate::mail_body::MailBody;
use crate::param::{Parameter, Parameters};
use crate::path::{ForwardPath, ReversePath};
use crate::reply::Reply;

/// Longest SIZE value in digits (RFC 1870 §3).
const MAX_SIZE_DIGITS: usize = 20;

/// Reads MAIL, or says why not.
pub(super) fn mail_request(path: ReversePath, params: Parameters, config: &ServerConfig) -> Result<MailRequest, Reply> {
    let mut request =
        MailRequest { reverse_path: path, declared_size: None, body: MailBody::default(), smtputf8: false, params };
    for param in request.params.iter() {
        match (param.name(), param.value()) {
            ("SIZE", _) => request.declared_size = Some(size(param, config)?),
            ("BODY", value) => request.body = body(value.unwrap_or_default(), config)?,
            ("SMTPUTF8", None) => request.smtputf8 = true,
            ("SMTPUTF8", Some(_)) => return Err(malformed("SMTPUTF8 takes no value")),
            ("RET", value) if value.and_then(Ret::parse).is_none() => {
                return Err(malformed("RET must be FULL or HDRS"));
            }
            ("ENVID", value) if !value.is_some_and(is_envid) => {
                return Err(malformed(format!("ENVID must be xtext of at most {MAX_ENVID} octets")));
            }
            ("RET" | "ENVID", _) => {}
            _ => return Err(unsupported(param)),
        }
    }
    if !request.reverse_path.is_ascii() && !request.smtputf8 {
        return Err(needs_smtputf8("sender"));
    }
    Ok(request)
}

/// Reads RCPT, or says why not.
pub(super) fn rcpt_request(path: ForwardPath, params: Parameters, smtputf8: bool) -> Result<RcptRequest, Reply> {
    for param in params.iter() {
        match (param.name(), param.value()) {
            ("NOTIFY", value) if value.and_then(Notify::parse).is_none() => {
                return Err(malformed("NOTIFY must be NEVER, or some of SUCCESS,FAILURE,DELAY"));
            }
            ("ORCPT", value) if !value.is_some_and(|value| is_orcpt(value, smtputf8)) => {
                let text = format!("ORCPT must be a type, a semicolon and xtext, at most {MAX_ORCPT} octets");
                return Err(malformed(text));
            }
            ("NOTIFY" | "ORCPT", _) => {}
            _ => return Err(unsupported(param)),
        }
    }
    if !path.is_ascii() && !smtputf8 {
        return Err(needs_smtputf8("recipient"));
    }
    Ok(RcptRequest { forward_path: path, params })
}

fn size(param: &Parameter, config: &ServerConfig) -> Result<u64, Reply> {
    let value = param.value().unwrap_or_default();
    let digits = !value.is_empty() && value.len() <= MAX_SIZE_DIGITS && value.bytes().all(|b| b.is_ascii_digit());
    if !digits {
        return Err(malformed("SIZE needs a number of octets"));
    }
    // Twenty digits may exceed 64 bits; such a size is over any limit.
    let size = value.parse().unwrap_or(u64::MAX);
    match config.max_message_size {
        Some(limit) if size > limit => {
            let text = format!("Message of {size} octets exceeds the limit of {limit}");
            Err(Reply::with_status(552, (5, 3, 4), text))
        }
        _ => Ok(size),
    }
}

fn body(value: &str, config: &ServerConfig) -> Result<MailBody, Reply> {
    match MailBody::parse(value) {
        Some(MailBody::BinaryMime) if !config.takes_binary() => {
            Err(Reply::with_status(555, (5, 5, 4), "BODY=BINARYMIME is not supported"))
        }
        Some(body) => Ok(body),
        None if config.takes_binary() => Err(malformed("BODY must be 7BIT, 8BITMIME or BINARYMIME")),
        None => Err(malformed("BODY must be 7BIT or 8BITMIME")),
    }
}

fn malformed(text: impl AsRef<[u8]>) -> Reply {
    Reply::with_status(501, (5, 5, 4), text)
}

fn unsupported(param: &Parameter) -> Reply {
    Reply::with_status(555, (5, 5, 4), format!("Parameter {} is not supported", param.name()))
}

fn needs_smtputf8(whose: &str) -> Reply {
    Reply::with_status(553, (5, 6, 7), format!("The {whose}'s address is not ASCII and SMTPUTF8 is not in use"))
}
