//! Parameters of MAIL and RCPT against the extensions that are on.
//!
//! An unknown parameter is refused, never ignored: its sender counts on it (RFC 5321 §4.1.1.11, reply 555).

use super::config::ServerConfig;
use super::output::{MailBody, MailRequest, RcptRequest};
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
        match param.name() {
            "SIZE" => request.declared_size = Some(size(param, config)?),
            "BODY" => request.body = body(param)?,
            "SMTPUTF8" if config.extensions.smtputf8 && param.value().is_none() => request.smtputf8 = true,
            "RET" | "ENVID" if config.extensions.dsn && param.value().is_some() => {}
            _ => return Err(unsupported(param)),
        }
    }
    if !request.reverse_path.is_ascii() && !request.smtputf8 {
        return Err(needs_smtputf8("sender"));
    }
    Ok(request)
}

/// Reads RCPT, or says why not.
pub(super) fn rcpt_request(
    path: ForwardPath,
    params: Parameters,
    smtputf8: bool,
    config: &ServerConfig,
) -> Result<RcptRequest, Reply> {
    for param in params.iter() {
        match param.name() {
            "NOTIFY" | "ORCPT" if config.extensions.dsn && param.value().is_some() => {}
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
        return Err(Reply::with_status(501, (5, 5, 4), "SIZE needs a number of octets"));
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

fn body(param: &Parameter) -> Result<MailBody, Reply> {
    let value = param.value().unwrap_or_default();
    if value.eq_ignore_ascii_case("7BIT") {
        Ok(MailBody::SevenBit)
    } else if value.eq_ignore_ascii_case("8BITMIME") {
        Ok(MailBody::EightBitMime)
    } else if value.eq_ignore_ascii_case("BINARYMIME") {
        Err(unsupported(param))
    } else {
        Err(Reply::with_status(501, (5, 5, 4), "BODY must be 7BIT or 8BITMIME"))
    }
}

fn unsupported(param: &Parameter) -> Reply {
    Reply::with_status(555, (5, 5, 4), format!("Parameter {} is not supported", param.name()))
}

fn needs_smtputf8(whose: &str) -> Reply {
    Reply::with_status(553, (5, 6, 7), format!("The {whose}'s address is not ASCII and SMTPUTF8 is not in use"))
}
