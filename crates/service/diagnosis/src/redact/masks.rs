//! What each value is masked by. Masks are counted in the order in which values are met, so that the same case is masked in the
//! same way.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use core_directory::Domain;

use super::words::{self, Place, Vocabulary};

/// Networks that stand for others: documentation (RFC 5737), then those for measurements (RFC 2544).
const DOCUMENTATION: [[u8; 3]; 3] = [[192, 0, 2], [198, 51, 100], [203, 0, 113]];

/// Domains that belong to everybody, and whether what is in front of them names a tenant.
const PUBLIC: &[(&str, bool)] = &[
    ("mail.protection.outlook.com", true),
    ("mail.eo.outlook.com", true),
    ("mx.microsoft", true),
    ("onmicrosoft.com", true),
    ("sharepoint.com", true),
    ("outlook.com", false),
    ("office365.com", false),
    ("office.com", false),
    ("microsoft.com", false),
    ("microsoftonline.com", false),
    ("gmail.com", false),
    ("google.com", false),
];

/// The masks that were given out.
#[derive(Debug, Default)]
pub(super) struct Masks {
    /// Plain and technical words, which stay.
    pub(super) vocabulary: Vocabulary,
    names: HashMap<String, String>,
    domains: HashMap<String, usize>,
    hosts: HashMap<String, usize>,
    users: HashMap<String, usize>,
    numbers: HashMap<String, usize>,
    networks: HashMap<[u8; 3], usize>,
    addresses: HashMap<Ipv4Addr, u8>,
    last_octets: HashMap<[u8; 3], u8>,
    addresses_6: HashMap<Ipv6Addr, usize>,
}

/// The number of a key: its own, or the next one.
fn number(numbers: &mut HashMap<String, usize>, key: &str) -> usize {
    let next = numbers.len() + 1;
    *numbers.entry(key.to_lowercase()).or_insert(next)
}

impl Masks {
    /// Masks a value in place.
    pub(super) fn value(&mut self, value: &mut String) {
        *value = words::masked(value, Place::Value, self);
    }

    /// A word that is not in the vocabulary.
    pub(super) fn word(&mut self, word: &str) -> String {
        let next = self.names.len() + 1;
        self.names.entry(word.to_lowercase()).or_insert_with(|| format!("name-{next}")).clone()
    }

    /// The mask of a word that has one.
    pub(super) fn known_word(&self, word: &str) -> Option<String> {
        self.names.get(&word.to_lowercase()).cloned()
    }

    /// What stands in front of the at sign.
    pub(super) fn user(&mut self, local: &str) -> String {
        format!("user-{}", number(&mut self.users, local))
    }

    /// A number in hexadecimal digits, by one as long.
    pub(super) fn digits(&mut self, digits: &str) -> String {
        let number = number(&mut self.numbers, digits);
        format!("{number:0width$}", width = digits.chars().count())
    }

    /// A GUID.
    pub(super) fn guid(&mut self, guid: &str) -> String {
        format!("00000000-0000-0000-0000-{:012}", number(&mut self.numbers, guid))
    }

    /// A domain name of several labels.
    pub(super) fn domain(&mut self, written: &str) -> String {
        let name = written.to_lowercase();
        for (public, is_tenants) in PUBLIC {
            let front = name.strip_suffix(public);
            match front.and_then(|front| front.strip_suffix('.')) {
                Some(front) if *is_tenants => return format!("{}.{public}", self.front_of_public(front)),
                None if front != Some("") => {}
                _ => return written.to_owned(),
            }
        }
        // What cannot be a domain name is no less private.
        let registrable = match Domain::parse(&name) {
            Ok(domain) => domain.registrable().to_owned(),
            Err(_) => name.clone(),
        };
        let own = format!("domain-{}.example", number(&mut self.domains, &registrable));
        let front = name.strip_suffix(&registrable).and_then(|front| front.strip_suffix('.'));
        let Some(front) = front else { return own };
        let hosts: Vec<String> = front.split('.').map(|label| self.host(label)).collect();
        format!("{}.{own}", hosts.join("."))
    }

    fn host(&mut self, label: &str) -> String {
        format!("host-{}", number(&mut self.hosts, label))
    }

    /// Labels in front of a public domain: `contoso-com` keeps its relation to `contoso.com`.
    fn front_of_public(&mut self, front: &str) -> String {
        let masked = front.split('.').map(|label| match self.domains.get(&label.replace('-', ".")) {
            Some(number) => format!("domain-{number}-example"),
            None if self.vocabulary.has(label) => label.to_owned(),
            None => self.word(label),
        });
        masked.collect::<Vec<_>>().join(".")
    }

    /// An address. Those of one /24 stay in one /24, and what ends in 0 still does.
    pub(super) fn address(&mut self, address: IpAddr) -> String {
        match address {
            _ if address.is_loopback() || address.is_unspecified() => address.to_string(),
            IpAddr::V4(address) => self.address_4(address).to_string(),
            IpAddr::V6(address) => {
                let next = self.addresses_6.len() + 1;
                format!("2001:db8::{:x}", self.addresses_6.entry(address).or_insert(next))
            }
        }
    }

    fn address_4(&mut self, address: Ipv4Addr) -> Ipv4Addr {
        let [a, b, c, d] = address.octets();
        let network = [a, b, c];
        let next = self.networks.len();
        let at = *self.networks.entry(network).or_insert(next);
        let [a, b, c] = DOCUMENTATION.get(at).copied().unwrap_or_else(|| {
            // Beyond five hundred networks the last one stands for all the others.
            let beyond = u8::try_from((at - DOCUMENTATION.len()).min(511) % 256).unwrap_or(u8::MAX);
            [198, if at - DOCUMENTATION.len() < 256 { 18 } else { 19 }, beyond]
        });
        if d == 0 {
            return Ipv4Addr::new(a, b, c, 0);
        }
        let last = self.last_octets.entry(network).or_default();
        let own = *self.addresses.entry(address).or_insert_with(|| {
            *last = last.saturating_add(1);
            *last
        });
        Ipv4Addr::new(a, b, c, own)
    }
}
