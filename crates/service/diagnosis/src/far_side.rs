//! The far side: the directory that decides whose mail it is, as far as dumps show it, in the form that `core-attribution`
//! judges by. Exchange Online's from its dumps, or a Postwarden relay's from its directory files. What no dump shows is
//! unknown there.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;

use core_attribution::{Judge, PartialDirectory, PartialTenant};
use core_directory::{
    AcceptedDomain, AddressRange, CertificateName, ConnectorId, ConnectorType, Domain, DomainScope, Field, FieldSet,
    InboundConnector, Tenant, TenantId,
};
use jiff::Timestamp;
use proto_exchange::dump::{self, Origin, Shown};
use proto_exchange::spelling;

use crate::evidence::{Configuration, Evidence, FieldPlace, Observed, Proof, SentCertificate};
use crate::passed_on;
use crate::refusal::facts;

/// The far side's directory, with the places of what matters in it.
#[derive(Debug)]
pub(crate) struct FarSide {
    /// What `core-attribution` judges by.
    pub(crate) directory: PartialDirectory,
    /// Its inbound connectors, in the order of the directory.
    pub(crate) connectors: Vec<FarConnector>,
    /// Its accepted domains.
    pub(crate) domains: Vec<FarDomain>,
    /// Initial domains of Exchange Online that the dumps show.
    organizations: Vec<Box<str>>,
}

/// An inbound connector and where it is shown.
#[derive(Debug)]
pub(crate) struct FarConnector {
    /// Its tenant in the directory.
    pub(crate) tenant: TenantId,
    /// Its id in the directory.
    pub(crate) id: ConnectorId,
    /// As far as it is shown.
    pub(crate) connector: InboundConnector,
    /// The fields that are not shown, or not wholly.
    pub(crate) unknown: FieldSet,
    /// The certificate name as it is written there, where it is shown.
    pub(crate) value: Option<Box<str>>,
    /// The addresses as they are written there, as far as they are shown.
    pub(crate) addresses: Vec<Box<str>>,
    /// When it was changed last.
    pub(crate) when_changed: Option<Timestamp>,
    /// The object.
    pub(crate) object: Proof,
    /// Its certificate name.
    pub(crate) value_proof: Proof,
    /// Its addresses.
    pub(crate) addresses_proof: Proof,
}

/// An accepted domain and where it is shown.
#[derive(Debug)]
pub(crate) struct FarDomain {
    /// Its tenant.
    pub(crate) tenant: TenantId,
    /// The domain, verified or not.
    pub(crate) domain: AcceptedDomain,
    /// The object.
    pub(crate) proof: Proof,
}

/// The one tenant that dumps of Exchange Online show.
const TENANT: TenantId = TenantId(1);

/// The directory of the far side as far as evidence shows it: Exchange Online's, unless only a relay's is there.
#[must_use]
pub fn shown_directory(evidence: &Evidence) -> PartialDirectory {
    FarSide::new(evidence).directory
}

impl FarSide {
    /// The far side of a case: the one that refused, where its name tells. Else Exchange Online, unless a directory of a relay is
    /// there and nothing of Exchange Online's.
    pub(crate) fn new(evidence: &Evidence) -> Self {
        let configuration = &evidence.configuration;
        let only_relay = configuration.inbound_connectors.is_empty();
        let by_relay = only_relay || !passed_on::servers(evidence).is_empty();
        let relay_shown = !configuration.relay_directories.is_empty();
        if relay_shown && by_relay && !passed_on::refused_by_exchange_online(evidence) {
            relay(configuration)
        } else {
            exchange_online(configuration)
        }
    }

    /// Every directory that is shown, the relay's beside Exchange Online's.
    pub(crate) fn every(configuration: &Configuration) -> Vec<Self> {
        let shows_online = !configuration.inbound_connectors.is_empty();
        let online = shows_online.then(|| exchange_online(configuration));
        let relay = (!configuration.relay_directories.is_empty()).then(|| relay(configuration));
        online.into_iter().chain(relay).collect()
    }

    /// Whether it is a relay of ours.
    pub(crate) fn is_relay(&self) -> bool {
        self.directory.judge == Judge::Relay
    }

    /// The organisations of Exchange Online that the dumps are of, by their initial domains: each has one.
    pub(crate) fn organizations(&self) -> &[Box<str>] {
        &self.organizations
    }

    /// Whether all inbound connectors are shown.
    pub(crate) fn lists_connectors(&self) -> bool {
        !self.directory.tenants.is_empty() && self.directory.tenants.iter().all(|tenant| tenant.connectors_shown)
    }

    /// Whether all accepted domains are shown.
    pub(crate) fn lists_domains(&self) -> bool {
        !self.directory.tenants.is_empty() && self.directory.tenants.iter().all(|tenant| tenant.domains_shown)
    }

    /// The one tenant that dumps of Exchange Online show; of a relay the first.
    pub(crate) fn first_tenant(&self) -> TenantId {
        self.directory.tenants.first().map_or(TENANT, |shown| shown.tenant.id)
    }

    /// Whether a domain is a verified one of the tenant: rule A4's first condition for a name in it.
    pub(crate) fn owns(&self, tenant: TenantId, domain: &Domain) -> bool {
        self.domains.iter().any(|own| own.tenant == tenant && own.domain.verified() && own.domain.name == *domain)
    }

    /// The accepted domain that is, or with `match_subdomains` holds, a domain.
    pub(crate) fn holder(&self, domain: &Domain) -> Option<&FarDomain> {
        let holds = |own: &&FarDomain| {
            own.domain.verified()
                && (own.domain.name == *domain
                    || own.domain.match_subdomains && domain.is_below(own.domain.name.as_str()))
        };
        self.domains.iter().find(holds)
    }
}

impl FarConnector {
    /// Whether its name matches the certificate, or may: the bare domain under `*.domain`, on which Microsoft is silent, counts.
    pub(crate) fn may_admit(&self, certificate: &SentCertificate) -> bool {
        let Some(value) = &self.connector.tls_sender_certificate_name else { return false };
        facts(certificate).names.iter().any(|name| {
            let bare = matches!(
                (value, name),
                (CertificateName::Wildcard(value), CertificateName::Exact(name)) if value == name
            );
            bare || value.matches(name).is_some()
        })
    }

    /// Whether one of its ranges holds the address.
    pub(crate) fn holds(&self, address: IpAddr) -> bool {
        self.connector.sender_ip_addresses.iter().any(|range| range.contains(address))
    }

    /// Takes what another dump shows that may be as late: where the two differ it is not known which holds.
    fn doubt(&mut self, rival: &Self) {
        let (own, other) = (&self.connector, &rival.connector);
        let differs = [
            (Field::Enabled, own.enabled != other.enabled),
            (Field::Type, own.connector_type != other.connector_type),
            (Field::RequireTls, own.require_tls != other.require_tls),
            (Field::TlsSenderCertificateName, own.tls_sender_certificate_name != other.tls_sender_certificate_name),
            (Field::SenderIpAddresses, own.sender_ip_addresses != other.sender_ip_addresses),
            (Field::SenderDomains, own.sender_domains != other.sender_domains),
        ];
        for (field, differs) in differs {
            if differs && rival.shows(field) {
                self.unknown = self.unknown.with(field);
            }
        }
    }

    /// Whether a field is shown whole.
    pub(crate) fn shows(&self, field: Field) -> bool {
        !self.unknown.contains(field)
    }

    /// Whether it is known to be an enabled OnPremises connector.
    pub(crate) fn admits_own_mail(&self) -> bool {
        self.shows(Field::Enabled)
            && self.connector.enabled
            && self.shows(Field::Type)
            && self.connector.connector_type == ConnectorType::OnPremises
    }
}

fn exchange_online(configuration: &Configuration) -> FarSide {
    let mut tenant = Tenant { id: TENANT, name: "your-organization".into(), ..Tenant::default() };
    let domains: Vec<FarDomain> = latest_domains(&configuration.accepted_domains);
    let initial = configuration.accepted_domains.iter().filter(|own| own.object.initial_domain.whole() == Some(&true));
    let mut organizations: Vec<Box<str>> =
        initial.map(|own| own.object.domain_name.to_ascii_lowercase().into()).collect();
    organizations.sort_unstable();
    organizations.dedup();
    if let Some(initial) = organizations.last() {
        tenant.name = initial.clone();
    }
    let settings = configuration.organization_settings.last();
    tenant.reject_direct_send =
        settings.and_then(|settings| settings.object.reject_direct_send.whole().copied()).unwrap_or_default();
    tenant.domains = domains.iter().map(|domain| domain.domain.clone()).collect();
    let mut connectors = Vec::new();
    for (observed, rivals) in latest_connectors(&configuration.inbound_connectors) {
        let id = ConnectorId(u64::try_from(connectors.len()).unwrap_or(u64::MAX).saturating_add(1));
        let mut connector = far_connector(id, observed);
        for rival in rivals {
            connector.doubt(&far_connector(id, rival));
        }
        connectors.push(connector);
    }
    tenant.inbound_connectors = connectors.iter().map(|connector| connector.connector.clone()).collect();
    let unknown: BTreeMap<ConnectorId, FieldSet> =
        connectors.iter().map(|connector| (connector.id, connector.unknown)).collect();
    let shown = PartialTenant {
        tenant,
        domains_shown: lists_domains(configuration),
        connectors_shown: !configuration.inbound_listed.is_empty(),
        unknown,
    };
    let directory = PartialDirectory { judge: Judge::ExchangeOnline, tenants: vec![shown] };
    FarSide { directory, connectors, domains, organizations }
}

/// Whether a file lists all accepted domains of Exchange Online: a whole listing that is not of the domains on premises. Where
/// the dump does not tell the side, the initial domain does, which no server on premises has.
fn lists_domains(configuration: &Configuration) -> bool {
    configuration.accepted_listed.iter().any(|source| {
        let own = configuration.accepted_domains.iter().filter(|observed| observed.source == *source);
        let mut online = own.filter(|observed| observed.object.origin != Origin::OnPremises);
        online.any(|observed| observed.object.origin == Origin::ExchangeOnline || is_initial(&observed.object))
    })
}

/// `contoso.onmicrosoft.com`; `contoso.mail.onmicrosoft.com` is an accepted domain on premises too.
fn is_initial(domain: &dump::AcceptedDomain) -> bool {
    let name = domain.domain_name.to_ascii_lowercase();
    let organization = name.strip_suffix(".onmicrosoft.com");
    domain.initial_domain.whole() == Some(&true) || organization.is_some_and(|name| !name.contains('.'))
}

/// An inbound connector as the latest dump shows it, and other dumps that may be as late.
type Dumped<'a> = (&'a Observed<dump::InboundConnector>, Vec<&'a Observed<dump::InboundConnector>>);

/// Of several dumps of one connector the one that was changed last, else the one read last. Those that tell no other date are its
/// rivals.
fn latest_connectors(all: &[Observed<dump::InboundConnector>]) -> Vec<Dumped<'_>> {
    let mut latest: Vec<Dumped<'_>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for observed in all {
        let place = *places.entry(observed.object.name.to_ascii_lowercase()).or_insert(latest.len());
        let Some((known, rivals)) = latest.get_mut(place) else {
            latest.push((observed, Vec::new()));
            continue;
        };
        match (known.object.when_changed, observed.object.when_changed) {
            (Some(before), Some(now)) if before < now => {
                (*known, *rivals) = (observed, Vec::new());
            }
            (Some(before), Some(now)) if before > now => {}
            (Some(_), None) => rivals.push(observed),
            (None, None) if gaps(&observed.object) > gaps(&known.object) => rivals.push(observed),
            _ => rivals.push(std::mem::replace(known, observed)),
        }
    }
    latest
}

/// How many of the fields that decide are not shown whole.
fn gaps(object: &dump::InboundConnector) -> usize {
    let shown = [
        object.enabled.whole().is_some(),
        object.connector_type.whole().is_some(),
        object.tls_sender_certificate_name.whole().is_some(),
        object.sender_ip_addresses.whole().is_some(),
    ];
    shown.into_iter().filter(|shown| !shown).count()
}

fn latest_domains(all: &[Observed<dump::AcceptedDomain>]) -> Vec<FarDomain> {
    let (mut domains, mut known) = (Vec::new(), HashSet::new());
    for observed in all.iter().filter(|observed| observed.object.origin != Origin::OnPremises) {
        // On premises `*.contoso.local` is a domain too; in Exchange Online there is none.
        let Ok(name) = Domain::parse(&observed.object.domain_name) else { continue };
        if !known.insert(name.clone()) {
            continue;
        }
        let mut domain = AcceptedDomain::new(name, true);
        domain.match_subdomains = observed.object.match_subdomains.whole().copied().unwrap_or_default();
        if let Some(domain_type) = observed.object.domain_type.whole().and_then(|kind| spelling::domain_type(kind)) {
            domain.domain_type = domain_type;
        }
        let text = format!("DomainName : {}", observed.object.domain_name);
        let proof = Proof::new(observed.source, observed.object.line, &text);
        domains.push(FarDomain { tenant: TENANT, domain, proof });
    }
    domains
}

fn far_connector(id: ConnectorId, observed: &Observed<dump::InboundConnector>) -> FarConnector {
    let object = &observed.object;
    let mut connector = InboundConnector::new(&object.name, None);
    connector.id = id;
    let mut unknown = FieldSet::EMPTY;
    let mut flag = |shown: &Shown<bool>, field: Field, into: &mut bool| match shown.whole() {
        Some(value) => *into = *value,
        None => unknown = unknown.with(field),
    };
    flag(&object.enabled, Field::Enabled, &mut connector.enabled);
    flag(&object.require_tls, Field::RequireTls, &mut connector.require_tls);
    let restrict = &mut connector.restrict_domains_to_ip_addresses;
    flag(&object.restrict_domains_to_ip_addresses, Field::RestrictDomainsToIpAddresses, restrict);
    let restrict = &mut connector.restrict_domains_to_certificate;
    flag(&object.restrict_domains_to_certificate, Field::RestrictDomainsToCertificate, restrict);
    match object.connector_type.whole().and_then(|kind| spelling::connector_type(kind)) {
        Some(connector_type) => connector.connector_type = connector_type,
        None => unknown = unknown.with(Field::Type),
    }
    match object.tls_sender_certificate_name.whole() {
        None => unknown = unknown.with(Field::TlsSenderCertificateName),
        Some(None) => {}
        Some(Some(text)) => match CertificateName::parse_presented(text) {
            Ok(name) => connector.tls_sender_certificate_name = Some(name),
            Err(_) => unknown = unknown.with(Field::TlsSenderCertificateName),
        },
    }
    let lists = Lists { object, unknown };
    connector.sender_ip_addresses = lists.addresses();
    connector.addresses_granted = true;
    connector.sender_domains = lists.scopes();
    connector.associated_accepted_domains = lists.associated();
    let unknown = lists.gaps();
    let line = |line: u64, text: &str| Proof::new(observed.source, line, text);
    let value = object.tls_sender_certificate_name.any().cloned().flatten();
    let addresses = object.sender_ip_addresses.any().cloned().unwrap_or_default();
    let object_text = format!("Name : {}", object.name);
    let value_text = format!("TlsSenderCertificateName : {}", value.as_deref().unwrap_or_default());
    let addresses_text = format!("SenderIPAddresses : {{{}}}", addresses.join(", "));
    FarConnector {
        tenant: TENANT,
        id,
        connector,
        unknown,
        value,
        addresses,
        when_changed: object.when_changed,
        object: line(object.line, &object_text),
        value_proof: line(object.certificate_name_line, &value_text),
        addresses_proof: line(object.addresses_line, &addresses_text),
    }
}

/// The lists of a dumped connector as the rules take them.
struct Lists<'a> {
    object: &'a dump::InboundConnector,
    unknown: FieldSet,
}

impl Lists<'_> {
    fn addresses(&self) -> Box<[AddressRange]> {
        let all = self.object.sender_ip_addresses.any().into_iter().flatten();
        all.filter_map(|text| AddressRange::parse(text).ok()).collect()
    }

    fn scopes(&self) -> Box<[DomainScope]> {
        let all = self.object.sender_domains.any().into_iter().flatten();
        all.filter_map(|text| spelling::scope(text).ok()).collect()
    }

    fn associated(&self) -> Box<[Domain]> {
        let all = self.object.associated_accepted_domains.any().into_iter().flatten();
        all.filter_map(|text| Domain::parse(text).ok()).collect()
    }

    /// A list that is cut, or of which an entry cannot be read, is unknown.
    fn gaps(&self) -> FieldSet {
        let object = self.object;
        let mut unknown = self.unknown;
        let readable = |shown: &Shown<Vec<Box<str>>>, read: usize| shown.whole().is_some_and(|all| all.len() == read);
        if !readable(&object.sender_ip_addresses, self.addresses().len()) {
            unknown = unknown.with(Field::SenderIpAddresses);
        }
        // Exchange Online asks an OnPremises connector's scope of nobody, and dumps made by Select often leave it out.
        if object.sender_domains.is_cut() {
            unknown = unknown.with(Field::SenderDomains);
        }
        if object.associated_accepted_domains.is_cut() {
            unknown = unknown.with(Field::AssociatedAcceptedDomains);
        }
        unknown
    }
}

fn relay(configuration: &Configuration) -> FarSide {
    let mut side = FarSide {
        directory: PartialDirectory { judge: Judge::Relay, tenants: Vec::new() },
        connectors: Vec::new(),
        domains: Vec::new(),
        organizations: Vec::new(),
    };
    let (mut tenants, mut ids, mut known) = (0_u64, 0_u64, HashSet::new());
    for observed in &configuration.relay_directories {
        let lines = lines(&observed.object.places);
        for tenant in &observed.object.tenants {
            if !known.insert(&tenant.name) {
                continue;
            }
            let mut tenant = tenant.clone();
            tenants += 1;
            tenant.id = TenantId(tenants);
            for domain in &tenant.domains {
                let proof = Proof::new(observed.source, 1, &format!("name = {:?}", domain.name.as_str()));
                side.domains.push(FarDomain { tenant: tenant.id, domain: domain.clone(), proof });
            }
            for connector in &mut tenant.inbound_connectors {
                ids += 1;
                connector.id = ConnectorId(ids);
                // Whoever hands over the relay's own directory has it as its operator granted it.
                connector.addresses_granted = !connector.sender_ip_addresses.is_empty();
                let place = |key: &str, text: &str| {
                    let line = lines.get(&[&*tenant.name, &*connector.name, key]).copied();
                    Proof::new(observed.source, line.unwrap_or(1), text)
                };
                side.connectors.push(relay_connector(tenant.id, connector, place));
            }
            side.directory.tenants.push(PartialTenant::whole(tenant));
        }
    }
    side
}

/// The line of each field, by tenant, connector and key.
fn lines(places: &[FieldPlace]) -> HashMap<[&str; 3], u64> {
    places.iter().map(|place| ([&*place.tenant, &*place.connector, &*place.key], place.line)).collect()
}

fn relay_connector(
    tenant: TenantId,
    connector: &InboundConnector,
    place: impl Fn(&str, &str) -> Proof,
) -> FarConnector {
    let value: Option<Box<str>> =
        connector.tls_sender_certificate_name.as_ref().map(|name| name.to_string().into_boxed_str());
    let addresses: Vec<Box<str>> =
        connector.sender_ip_addresses.iter().map(|range| range.to_string().into_boxed_str()).collect();
    let value_text = format!("tls_sender_certificate_name = {:?}", value.as_deref().unwrap_or_default());
    let addresses_text = format!("sender_ip_addresses = {addresses:?}");
    FarConnector {
        tenant,
        id: connector.id,
        connector: connector.clone(),
        unknown: FieldSet::EMPTY,
        object: place("name", &format!("name = {:?}", connector.name)),
        value_proof: place("tls_sender_certificate_name", &value_text),
        addresses_proof: place("sender_ip_addresses", &addresses_text),
        value,
        addresses,
        when_changed: None,
    }
}
