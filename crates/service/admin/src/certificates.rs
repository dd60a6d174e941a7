//! When certificates end: the listeners', and those with which tenants' send connectors show who they are. What a
//! forgotten renewal costs is all mail of somebody, so that it is counted down here, in status and in metrics.

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use core_directory::{DirectoryVersion, Tenant};
use io_tls::ServerTls;
use jiff::{SignedDuration, Timestamp};
use proto_certificate::describe;
use service_directory::Current;

/// Most certificates of tenants that are told one by one, those that end first: a scrape stays small with ten thousand
/// tenants, and whatever ends soon is among them.
pub const MAX_TOLD: usize = 200;

/// From when on an end is told as something to look at. Authorities renew at a third of a certificate's life, which is
/// thirty days and more where it is not automatic.
pub(crate) const SOON: SignedDuration = SignedDuration::from_hours(21 * 24);

/// When the certificates in use end.
#[derive(Debug, Default)]
pub struct Certificates {
    listeners: ArcSwap<Vec<(String, Arc<ServerTls>)>>,
    /// As of a version of the directory: reading certificates takes longer than a scrape should.
    tenants: Mutex<Option<(DirectoryVersion, Arc<TenantCertificates>)>>,
}

/// The certificates of all tenants.
#[derive(Debug, Default)]
pub(crate) struct TenantCertificates {
    /// Those that end first, in the order of their end; at most [`MAX_TOLD`].
    pub first: Vec<TenantCertificate>,
    /// How many there are.
    pub count: usize,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TenantCertificate {
    pub tenant: String,
    pub name: String,
    pub ends: Timestamp,
}

impl Certificates {
    /// Of these listeners, by their addresses, and of whatever directory is in force.
    #[must_use]
    pub fn new(listeners: Vec<(String, Arc<ServerTls>)>) -> Self {
        Self { listeners: ArcSwap::from_pointee(listeners), tenants: Mutex::default() }
    }

    /// Other listeners took the place of those before.
    pub fn replace_listeners(&self, listeners: Vec<(String, Arc<ServerTls>)>) {
        self.listeners.store(Arc::new(listeners));
    }

    /// The listeners' addresses with the ends of the certificates that they show now.
    pub(crate) fn of_listeners(&self) -> Vec<(String, Timestamp)> {
        let end = |tls: &ServerTls| tls.certificate()?.validity.map(|validity| validity.not_after);
        self.listeners.load().iter().filter_map(|(address, tls)| Some((address.clone(), end(tls)?))).collect()
    }

    /// The tenants' certificates. The first call for a version reads them all.
    pub(crate) fn of_tenants(&self, current: &Current) -> Arc<TenantCertificates> {
        let mut known = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        match &*known {
            Some((version, found)) if *version == current.version() => Arc::clone(found),
            _ => {
                let found = Arc::new(TenantCertificates::of(current.tenants.iter()));
                *known = Some((current.version(), Arc::clone(&found)));
                found
            }
        }
    }

    /// What ends soon or has ended, each a sentence with what to do.
    pub(crate) fn attention(&self, current: &Current, now: Timestamp) -> Vec<String> {
        let listeners = self.of_listeners();
        let listeners = listeners.into_iter().filter_map(|(address, ends)| listener_attention(&address, ends, now));
        let tenants = self.of_tenants(current);
        listeners.chain(tenants.attention(now)).collect()
    }
}

/// What ends soon or has ended of one tenant.
pub(crate) fn of_tenant(tenant: &Tenant, now: Timestamp) -> Vec<String> {
    TenantCertificates::of([tenant]).attention(now).collect()
}

/// What to do about a listener's certificate that ends soon or has ended.
#[must_use]
pub fn listener_attention(address: &str, ends: Timestamp, now: Timestamp) -> Option<String> {
    is_soon(ends, now).then(|| {
        let when = told(ends, now);
        format!(
            "the certificate of listener {address} {when}: put a new one in its place, it is taken into use by itself"
        )
    })
}

fn is_soon(ends: Timestamp, now: Timestamp) -> bool {
    ends.duration_since(now) < SOON
}

/// When it ends, for people.
fn told(ends: Timestamp, now: Timestamp) -> String {
    let days = ends.duration_since(now).as_hours().div_euclid(24);
    match days {
        ..0 => format!("has ended at {ends:.0}"),
        0 => format!("ends today, at {ends:.0}"),
        1 => format!("ends tomorrow, at {ends:.0}"),
        days => format!("ends in {days} days, at {ends:.0}"),
    }
}

impl TenantCertificates {
    fn attention(&self, now: Timestamp) -> impl Iterator<Item = String> + '_ {
        self.first.iter().filter(move |own| is_soon(own.ends, now)).map(move |own| {
            format!(
                "certificate {name:?} of tenant {tenant:?} {}: `postwarden certificate set {name:?} --tenant {tenant:?} \
                 --certificate FILE --key FILE` puts its successor in its place",
                told(own.ends, now),
                name = own.name,
                tenant = own.tenant
            )
        })
    }

    fn of<'t>(tenants: impl IntoIterator<Item = &'t Tenant>) -> Self {
        let mut all: Vec<TenantCertificate> = Vec::new();
        for tenant in tenants {
            for certificate in &tenant.certificates {
                let leaf = certificate.chain.get(..1).unwrap_or_default();
                // The directory takes none that cannot be read.
                let Some(validity) = describe(leaf).into_iter().find_map(|leaf| leaf.validity) else { continue };
                all.push(TenantCertificate {
                    tenant: tenant.name.to_string(),
                    name: certificate.name.to_string(),
                    ends: validity.not_after,
                });
            }
        }
        let count = all.len();
        all.sort_by(|left, right| (left.ends, &left.tenant, &left.name).cmp(&(right.ends, &right.tenant, &right.name)));
        all.truncate(MAX_TOLD);
        Self { first: all, count }
    }
}
