//! An event in plain words, and what to do about a message that is stuck or failed. What an older version recorded with less
//! detail is told with less.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use service_admin::wire::TraceEvent;

/// What happened, behind the time and the word for it.
pub fn of(event: &TraceEvent) -> String {
    let details = &event.details;
    match event.kind.as_str() {
        "connected" => connected(details),
        "attributed" => format!("{}{}", recipient(event), attributed(details)),
        "accepted" if details.contains_key("rule") => format!("{}{}", recipient(event), attributed(details)),
        "accepted" => accepted(details),
        "delivered" | "deferred" | "failed" | "refused" => format!("{}{}", recipient(event), attempt(details)),
        "bounced" => bounced(details),
        _ => {
            let by = text(details, "by").map(|by| format!("by {by}"));
            let reason = text(details, "reason").map(|reason| format!(": {reason}"));
            format!("{}{}", by.unwrap_or_default(), reason.unwrap_or_default())
        }
    }
}

fn connected(details: &Map<String, Value>) -> String {
    let from = text(details, "remote_ip").unwrap_or("an address that the balancer did not tell");
    let helo = text(details, "helo").map(|helo| format!(" ({helo})")).unwrap_or_default();
    let inner = |key: &str| details.get(key).and_then(Value::as_object);
    let tls = match inner("tls") {
        Some(tls) => format!("{} {}", text(tls, "version").unwrap_or("TLS"), text(tls, "cipher").unwrap_or_default()),
        None => "no TLS".to_owned(),
    };
    let certificate = match inner("certificate") {
        Some(certificate) => format!(", {}", certificate_words(certificate)),
        None if inner("tls").is_some() => ", no certificate".to_owned(),
        None => String::new(),
    };
    format!("from {from}{helo}, {}{certificate}", tls.trim_end())
}

fn certificate_words(certificate: &Map<String, Value>) -> String {
    let names = certificate.get("names").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let names = names.collect::<Vec<_>>().join(", ");
    let name =
        if names.is_empty() { text(certificate, "subject").unwrap_or("without a name").to_owned() } else { names };
    let trusted = certificate.get("trusted").and_then(Value::as_bool).unwrap_or(false);
    let sha256 = text(certificate, "leaf_sha256").unwrap_or_default();
    format!(
        "certificate {name} ({}, SHA-256 {sha256})",
        if trusted { "trusted" } else { "not trusted by the operator" }
    )
}

fn attributed(details: &Map<String, Value>) -> String {
    let by = text(details, "connector").map(|connector| format!(" by connector {connector:?}")).unwrap_or_default();
    let rule = text(details, "rule").map(|rule| format!(", rule {rule}")).unwrap_or_default();
    let direction = match text(details, "direction") {
        Some("originating") => "the tenant's own",
        _ => "incoming",
    };
    let handed = text(details, "handed_over_by").map(|by| format!(", handed over by tenant {by}")).unwrap_or_default();
    let way = text(details, "send_connector").map(|name| format!("; goes out by {name:?}")).unwrap_or_default();
    format!("{direction}{by}{rule}{handed}{way}")
}

fn accepted(details: &Map<String, Value>) -> String {
    let number = |key: &str| details.get(key).and_then(Value::as_u64);
    let recipients = match number("recipients") {
        Some(1) => "1 recipient".to_owned(),
        Some(many) => format!("{many} recipients"),
        None => "its recipients".to_owned(),
    };
    let size = number("size").map(|size| format!("{size} octets ")).unwrap_or_default();
    let message_id = text(details, "message_id").map(|id| format!(", Message-ID {id}")).unwrap_or_default();
    format!("{size}for {recipients}{message_id}")
}

fn attempt(details: &Map<String, Value>) -> String {
    let hop = match text(details, "next_hop") {
        Some(hop) if !hop.is_empty() => {
            let proved = details.get("peer_proved").and_then(Value::as_bool).unwrap_or(false);
            match text(details, "tls").filter(|tls| !tls.is_empty()) {
                Some(tls) if proved => format!(" at {hop} ({tls}; its certificate is proved)"),
                Some(tls) => format!(" at {hop} ({tls})"),
                None => format!(" at {hop} (no TLS)"),
            }
        }
        _ => ", no next hop reached".to_owned(),
    };
    let reply = text(details, "reply").unwrap_or("no reply");
    let number = details.get("attempt").and_then(Value::as_u64);
    let attempt = number.filter(|number| *number > 1).map(|number| format!("; attempt {number}")).unwrap_or_default();
    let next =
        text(details, "next_attempt").map(|next| format!("; again at {}", to_the_second(next))).unwrap_or_default();
    let expired = details.get("expired").and_then(Value::as_bool).unwrap_or(false);
    let expired = if expired { "; given up, since it was tried too long" } else { "" };
    let hop = hop.trim_start();
    format!("{hop}: {reply}{attempt}{next}{expired}").trim_start_matches(", ").to_owned()
}

fn bounced(details: &Map<String, Value>) -> String {
    let to = text(details, "to").unwrap_or("the sender");
    let tells = match text(details, "tells") {
        Some("failed") => "that it failed",
        Some("delayed") => "that it is late",
        _ => "what became of it",
    };
    let notice = text(details, "notice_reference").map(|own| format!(", in message {own}")).unwrap_or_default();
    let held = text(details, "held").map(|reason| format!("; held: {reason}")).unwrap_or_default();
    format!("<{to}> is told {tells}{notice}{held}")
}

/// What to do about a message, if there is anything to do.
pub fn next(reference: &str, events: &[TraceEvent]) -> Option<String> {
    let last = |kinds: &[&str]| events.iter().rposition(|event| kinds.contains(&event.kind.as_str()));
    let (held, let_go) = (last(&["held"]), last(&["released", "removed"]));
    if held.is_some() && held > let_go {
        return Some(format!(
            "it is held: `postwarden queue list --reference {reference}` shows its id, `postwarden queue release ID` lets it go on."
        ));
    }
    if last(&["removed"]).is_some() {
        return None;
    }
    let mut fates: BTreeMap<&str, &str> = BTreeMap::new();
    for event in events {
        if let (Some(recipient), "delivered" | "deferred" | "failed" | "refused") =
            (&event.rcpt_to, event.kind.as_str())
        {
            fates.insert(recipient, &event.kind);
        }
    }
    let is = |kind: &str| fates.values().any(|fate| *fate == kind);
    if is("deferred") {
        return Some(format!(
            "it waits for its next attempt: `postwarden queue retry --reference {reference}` makes it now; the reply above is what \
             has to be mended, there or at the send connector."
        ));
    }
    if is("failed") || is("refused") {
        return Some(
            "it was given up for good: the reply above says why, and the sender was told; once that is mended the sender sends \
             it again."
                .to_owned(),
        );
    }
    let accepted = last(&["accepted"]).is_some();
    (accepted && fates.is_empty()).then(|| {
        format!("nothing was tried yet: `postwarden queue list --reference {reference}` shows when it is due.")
    })
}

fn recipient(event: &TraceEvent) -> String {
    event.rcpt_to.as_ref().map(|recipient| format!("<{recipient}> ")).unwrap_or_default()
}

/// A time without its fraction; what is no time stays as it was recorded.
fn to_the_second(time: &str) -> String {
    time.parse::<jiff::Timestamp>().map_or_else(|_| time.to_owned(), |time| format!("{time:.0}"))
}

fn text<'a>(details: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    details.get(key).and_then(Value::as_str)
}

#[cfg(test)]
mod tests;
