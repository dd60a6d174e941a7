//! Rule A13 by plain comparison, one connector after the other: what the index stands for, and is tested against.

use crate::{Domain, SendConnector};

/// Chooses among a tenant's send connectors: the best address space, then the lowest cost, then the first by name.
/// Disabled connectors route nothing.
pub fn choose<'a>(
    connectors: impl IntoIterator<Item = &'a SendConnector>,
    domain: &Domain,
) -> Option<&'a SendConnector> {
    connectors
        .into_iter()
        .filter(|connector| connector.enabled)
        .flat_map(|connector| connector.address_spaces.iter().map(move |space| (connector, space)))
        .filter(|(_, space)| space.scope.contains(domain))
        .min_by(|(left, left_space), (right, right_space)| {
            right_space
                .scope
                .specificity()
                .cmp(&left_space.scope.specificity())
                .then(left_space.cost.cmp(&right_space.cost))
                .then(left.name.cmp(&right.name))
        })
        .map(|(connector, _)| connector)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::AddressSpace;

    fn connector(name: &str, spaces: &[&str]) -> SendConnector {
        let mut connector = SendConnector::new(name, Box::default());
        connector.address_spaces = spaces.iter().map(|space| AddressSpace::parse(space).unwrap()).collect();
        connector
    }

    #[test]
    fn takes_the_best_space_then_cost_then_name() {
        let mut disabled = connector("Disabled", &["eu.contoso.com;1"]);
        disabled.enabled = false;
        let connectors = [
            connector("Everything", &["*;1"]),
            connector("Zebra", &["*.contoso.com;5", "fabrikam.com;10"]),
            connector("Apple", &["*.contoso.com;5"]),
            connector("Cheap", &["*.contoso.com;6", "fabrikam.com;2"]),
            connector("Exact", &["mail.contoso.com;100"]),
            disabled,
        ];
        let check = |domain: &str, expected: &str| {
            let found = choose(&connectors, &Domain::parse(domain).unwrap()).map(|found| &*found.name);
            assert_eq!(found, Some(expected), "{domain}");
        };
        check("mail.contoso.com", "Exact");
        check("eu.contoso.com", "Apple");
        check("a.b.contoso.com", "Apple");
        check("contoso.com", "Everything");
        check("fabrikam.com", "Cheap");
        assert!(choose(&connectors[1..], &Domain::parse("example.org").unwrap()).is_none());
    }
}
