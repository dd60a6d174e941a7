//! What properties mean here that are no field of the directory.

use proto_exchange::dump::{Property, Value};
use proto_exchange::spelling::{About, is_unset};

use crate::account::Outcome;

/// What is said of a property that changes nothing there either.
const UNSET: &str = "it is not set there";

/// What becomes of a property that is not known here: it may matter.
pub(super) fn of_unknown(property: &Property) -> Outcome {
    if is_silent(property) {
        return none(UNSET);
    }
    lost("this property is not known here", "look it up, and tell us if mail depends on it")
}

/// What becomes of a property that is about something else than a field.
pub(super) fn of(about: About, property: &Property) -> Outcome {
    match about {
        About::Bookkeeping => none("identity, dates and versions of the object there"),
        About::Checked => none("what a check of Microsoft's was given, or found"),
        About::Servers => none("which of Exchange's servers takes part is no matter here"),
        About::Connections => none("the relay keeps connections by its own rules"),
        About::Limits => none("the relay has limits of its own: docs/limits.md"),
        About::Listening => none("listeners are the node's: postwarden.toml, [[listener]]"),
        About::Greeting => none("how a listener greets, and what it offers, is the relay's own"),
        About::Logs => none("logs are the node's: postwarden.toml, [protocol_log]"),
        About::Wizard => none("what the wizard was told: the connectors say what became of it"),
        _ if is_silent(property) => none(UNSET),
        About::Mailboxes => none("mailboxes, address books and sign-in: the relay has none"),
        other => of_set(other),
    }
}

/// The same of one that is set.
fn of_set(about: About) -> Outcome {
    match about {
        About::Filtering => {
            lost("the relay filters no junk mail", "the filter before or behind it must be told which hops to believe")
        }
        About::InternalHeaders => lost(
            "the relay neither adds nor trusts headers that mark mail as internal: it passes them on as they are",
            "keep it set at Exchange's own connectors on both sides",
        ),
        About::CountsAsInternal => {
            lost("no mail counts as internal here", "set it where Exchange takes mail from the relay")
        }
        About::OtherOrganizations => {
            lost("a connector admits one tenant's mail here", "add an inbound connector to each of the tenants")
        }
        About::HostNames => lost("a client's name proves nothing", "go by its certificate or its address"),
        About::ByMx => lost("there is no delivery by MX yet", "name the next hop in smart_hosts"),
        About::Rewriting => {
            lost("senders are not rewritten", "the next hop must do it, if forwarded mail is to pass SPF")
        }
        About::PublishedPolicies => lost(
            "the relay looks up neither DANE nor MTA-STS",
            "set tls of the send connector to what its next hop can do at all times",
        ),
        About::Login => lost("the relay logs in to no next hop", "have the next hop know it by certificate or address"),
        About::MutualTls => lost(
            "there are no lists of domains with TLS on both sides",
            "say it by tls = \"domain-validation\" and an inbound connector with a certificate name",
        ),
        About::OldHello => lost("the relay says EHLO always, and HELO where that is refused", "nothing, as a rule"),
        About::OtherMail => lost("only SMTP is there", "such mail needs another way"),
        About::MessageSize => lost("a connector has no largest message here", "limit it for everybody: docs/limits.md"),
        About::ErrorCodes => lost("codes of errors are passed on as they are", "nothing, as a rule"),
        About::ServerCertificate => lost(
            "a listener's certificate is the node's",
            "export it with its key, and name both in postwarden.toml, [[listener]]",
        ),
        About::Permissions => lost(
            "nobody logs in here: who may do what is said by connectors",
            "let devices send by an inbound connector with sender_ip_addresses and any_sender",
        ),
        About::SwitchedOff => {
            lost("a domain cannot be switched off in one direction", "leave the domain, or its send connector, out")
        }
        About::Certificate => lost(
            "a dump holds no private key",
            "export it there by Export-PfxCertificate, make PEM files of it by openssl, and name them in a [[tenant.certificate]]",
        ),
        _ => lost("there is nothing of the kind here", "look whether mail depends on it"),
    }
}

/// Whether nothing is set: empty, no, none.
fn is_silent(property: &Property) -> bool {
    if property.loss.is_some() {
        return false;
    }
    match property.value.any() {
        Some(Value::Nothing) => true,
        Some(Value::Text(text)) => is_unset(text),
        Some(Value::List(items)) => items.iter().all(|item| is_unset(item)),
        None => false,
    }
}

fn none(why: &'static str) -> Outcome {
    Outcome::NoMeaning { why: why.into() }
}

fn lost(why: &'static str, next: &'static str) -> Outcome {
    Outcome::NotCarried { why: why.into(), next: next.into() }
}
