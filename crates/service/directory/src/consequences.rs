//! What a change of one object makes stop or begin to work, as codes with arguments and a sentence each. It follows from the
//! directory alone: whether mail came that way lately is looked up by whoever asks.

mod finding;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Serialize};

pub(crate) use finding::consequences;

/// Something that stops or begins to work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Consequence {
    /// A tenant goes, with all that it has.
    TenantGone {
        /// Its name.
        tenant: String,
        /// How many domains go with it.
        domains: usize,
        /// How many inbound connectors.
        inbound_connectors: usize,
        /// How many send connectors.
        send_connectors: usize,
        /// How many certificates.
        certificates: usize,
    },
    /// The tenant's mail waits from now on.
    Suspended {
        /// Its name.
        tenant: String,
    },
    /// The tenant's mail waits no longer.
    Resumed {
        /// Its name.
        tenant: String,
    },
    /// No on-premises connector of the tenant names these any more.
    IdentityGone {
        /// The connector that did.
        connector: String,
        /// Certificate names and addresses.
        shown: Vec<String>,
    },
    /// These identify the tenant from now on.
    IdentityNew {
        /// The connector that names them.
        connector: String,
        /// Certificate names and addresses.
        shown: Vec<String>,
    },
    /// A partner connector demands nothing any more.
    DemandsGone {
        /// The connector.
        connector: String,
        /// The senders that it was for.
        senders: Vec<String>,
    },
    /// A domain is no longer the tenant's.
    DomainGone {
        /// The domain.
        domain: String,
        /// Inbound connectors whose certificate name rests on it.
        connectors: Vec<String>,
    },
    /// A domain is the tenant's from now on.
    DomainNew {
        /// The domain.
        domain: String,
    },
    /// A send connector takes an address space no longer.
    RouteGone {
        /// The connector.
        connector: String,
        /// The address space, without its cost.
        space: String,
        /// The connector that takes the space now, if one does.
        instead: Option<String>,
    },
    /// Send connectors present another certificate.
    CertificateReplaced {
        /// Its name.
        certificate: String,
        /// The connectors that present it.
        connectors: Vec<String>,
    },
}

impl fmt::Display for Consequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TenantGone { tenant, domains, inbound_connectors, send_connectors, certificates } => write!(
                f,
                "With tenant {tenant:?} go {}, {}, {} and {}: mail of it and for it is refused.",
                counted(*domains, "domain"),
                counted(*inbound_connectors, "inbound connector"),
                counted(*send_connectors, "send connector"),
                counted(*certificates, "certificate"),
            ),
            Self::Suspended { tenant } => {
                write!(f, "Mail of and for tenant {tenant:?} is put off, and what it has in the queue waits.")
            }
            Self::Resumed { tenant } => {
                write!(f, "Mail of and for tenant {tenant:?} is taken and delivered again.")
            }
            Self::IdentityGone { connector, shown } => write!(
                f,
                "Mail that shows {} is no longer known as the tenant's: only inbound connector {connector:?} named it.",
                shown.join(", ")
            ),
            Self::IdentityNew { connector, shown } => write!(
                f,
                "Mail that shows {} is the tenant's, through inbound connector {connector:?}.",
                shown.join(", ")
            ),
            Self::DemandsGone { connector, senders } => write!(
                f,
                "What inbound connector {connector:?} demands of mail from {} is demanded no longer.",
                senders.join(", ")
            ),
            Self::DomainGone { domain, connectors } => {
                write!(f, "Mail for {domain} is not the tenant's any more, and its senders in {domain} are refused")?;
                match connectors.as_slice() {
                    [] => f.write_str("."),
                    [name] => write!(f, "; the certificate name of inbound connector {name:?} no longer counts."),
                    names => write!(
                        f,
                        "; the certificate names of inbound connectors {} no longer count.",
                        names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ")
                    ),
                }
            }
            Self::DomainNew { domain } => {
                write!(f, "Mail for {domain} is the tenant's, and so are senders and certificate names in it.")
            }
            Self::RouteGone { connector, space, instead: Some(instead) } => {
                write!(f, "Mail for {space} goes by send connector {instead:?} instead of {connector:?}.")
            }
            Self::RouteGone { connector, space, instead: None } => {
                write!(f, "No send connector takes mail for {space} any more; {connector:?} did.")
            }
            Self::CertificateReplaced { certificate, connectors } => write!(
                f,
                "Certificate {certificate:?} is another one: send connectors {} present it from their next connection.",
                connectors.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ")
            ),
        }
    }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
