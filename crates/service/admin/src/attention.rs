//! What an administrator should look at, each a sentence with what to do. Only what follows from the state at hand.

use core_directory::{SendConnector, Tenant};
use io_protocol_log::ProtocolLog;
use io_store::{QueueStats, StoreError};
use service_directory::{Current, Unconfirmed};

/// How bad it is, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// Mail of everybody is put off or refused, or what should be kept is lost.
    Stopped,
    /// Mail of a tenant, or of some clients, is refused or waits.
    Waiting,
    /// What works now will cease to.
    Soon,
    /// A setting without effect, a limit, something to look at.
    Advice,
}

/// A sentence with what to do, and how bad it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attention {
    /// How bad it is.
    pub urgency: Urgency,
    /// What is wrong, and what repairs it.
    pub sentence: String,
}

impl Urgency {
    /// The sentence of this urgency.
    #[must_use]
    pub fn of(self, sentence: impl Into<String>) -> Attention {
        Attention { urgency: self, sentence: sentence.into() }
    }
}

/// The sentences, the worst first; those that are as bad in the order that they came in.
pub(crate) fn worst_first(mut attention: Vec<Attention>) -> Vec<String> {
    attention.sort_by_key(|one| one.urgency);
    attention.into_iter().map(|one| one.sentence).collect()
}

/// Most sentences about single tenants; the rest is counted.
const MAX_TENANTS_NAMED: usize = 10;

/// What waits, and why: the directory unconfirmed, messages held.
pub(crate) fn of_mail(usable: Result<(), Unconfirmed>, queue: &Result<QueueStats, StoreError>) -> Vec<Attention> {
    let mut sentences = Vec::new();
    if let Err(unconfirmed) = usable {
        sentences.push(Urgency::Stopped.of(unconfirmed.to_string()));
    }
    match queue {
        Err(error) => sentences.push(Urgency::Stopped.of(format!("the queue cannot be read: {error}"))),
        Ok(stats) if stats.held > 0 => sentences.push(Urgency::Waiting.of(format!(
            "{} held: `postwarden queue show ID` says why, `postwarden queue release ID` lets it go on",
            counted(stats.held, "message is", "messages are")
        ))),
        Ok(_) => {}
    }
    sentences
}

/// What the store and its parts give reason to say.
pub(crate) fn of_store(
    usable: Result<(), Unconfirmed>,
    queue: &Result<QueueStats, StoreError>,
    takes: &Result<(), StoreError>,
    trace: &Result<(), StoreError>,
    dropped: u64,
) -> Vec<Attention> {
    let mut sentences = of_mail(usable, queue);
    // One that cannot be read is told of already.
    if let (Ok(_), Err(error)) = (queue, takes) {
        sentences.push(Urgency::Stopped.of(format!("every message is put off: {error}")));
    }
    if let Err(error) = trace {
        sentences.push(Urgency::Stopped.of(format!("refusals and events are not recorded: {error}")));
    }
    if dropped > 0 {
        sentences.push(Urgency::Stopped.of(format!(
            "{} dropped since the start, because the disk did not take them or was too slow for them; `why` does not find \
             those refusals",
            counted(dropped, "trace record was", "trace records were")
        )));
    }
    sentences
}

/// Rows that a protocol log lost.
pub(crate) fn of_protocol_log(log: &ProtocolLog) -> Option<Attention> {
    let lost = log.counts().lost;
    (lost > 0).then(|| {
        Urgency::Stopped.of(format!(
            "{} of the protocol log {} lost since the start: rows in it with `rows were lost` say when and why; see that \
             there is room below [protocol_log] directory",
            counted(lost, "row", "rows"),
            log.kind().folder()
        ))
    })
}

/// What the directory gives reason to say. `logged`: the send log is switched on.
pub(crate) fn of_directory(current: &Current, logged: bool) -> Vec<Attention> {
    if current.tenants.is_empty() {
        return vec![
            Urgency::Stopped
                .of("no tenants yet: every message is refused; `postwarden tenant add NAME` registers one, or \
             `postwarden apply -f FILE` a directory file"),
        ];
    }
    let mut sentences = Vec::new();
    let mut unnamed = 0_usize;
    for tenant in current.tenants.iter() {
        for sentence in of_tenant(tenant, logged) {
            if sentences.len() < MAX_TENANTS_NAMED { sentences.push(sentence) } else { unnamed += 1 }
        }
    }
    if unnamed > 0 {
        sentences
            .push(Urgency::Waiting.of(format!("{unnamed} more of this kind: repair these, and the next are shown")));
    }
    sentences
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// What one tenant gives reason to say.
pub(crate) fn of_tenant(tenant: &Tenant, logged: bool) -> Vec<Attention> {
    let name = &tenant.name;
    let mut sentences = Vec::new();
    if tenant.suspended {
        sentences.push(Urgency::Waiting.of(format!(
            "tenant {name:?} is suspended, so its mail is put off with 450 4.7.1 and its queue waits: `postwarden tenant \
             resume {name:?}` ends that"
        )));
    }
    if !tenant.domains.iter().any(|domain| domain.verified()) {
        sentences.push(Urgency::Waiting.of(format!(
            "tenant {name:?} has no verified domain, so none of its connectors matches by certificate: `postwarden domain \
             verify DOMAIN --tenant {name:?}` proves one"
        )));
    }
    if !tenant.inbound_connectors.iter().any(|connector| connector.enabled) {
        sentences.push(Urgency::Waiting.of(format!(
            "tenant {name:?} has no enabled inbound connector, so no mail is its own: `postwarden \
             inbound-connector add NAME --tenant {name:?}` adds one, and `set` enables one"
        )));
    }
    if !tenant.send_connectors.iter().any(|connector| connector.enabled) {
        sentences.push(Urgency::Waiting.of(format!(
            "tenant {name:?} has no enabled send connector, so its mail is put off with 451 4.4.4: `postwarden \
             send-connector add NAME --tenant {name:?}` adds one, and `set` enables one"
        )));
    }
    sentences.extend(
        tenant.send_connectors.iter().filter(|own| own.enabled).flat_map(|own| without_effect(name, own, logged)),
    );
    sentences
}

/// What a send connector asks for in vain.
fn without_effect(tenant: &str, connector: &SendConnector, logged: bool) -> Vec<Attention> {
    let place = format!("send connector {:?} of tenant {tenant:?}", &*connector.name);
    let mut sentences = Vec::new();
    if connector.smart_hosts.is_empty() {
        sentences.push(Urgency::Waiting.of(format!(
            "{place} has no smart_hosts, and delivery by MX is not built yet: what it should take is put off with \
             451 4.4.4; name its next hop in smart_hosts"
        )));
    }
    if connector.protocol_logging && !logged {
        sentences.push(Urgency::Advice.of(format!(
            "{place}: protocol_logging = \"verbose\" has no effect, since the node's file has no [protocol_log] directory: \
             name one there"
        )));
    }
    sentences
}
