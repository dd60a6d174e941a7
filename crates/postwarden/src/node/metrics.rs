//! One registry for what the parts of the node count. Which families there are is the parts' matter; docs/metrics.md lists
//! them all.

use io_store_embedded::Embedded;
use prometheus_client::registry::Registry;
use service_admin::METRICS_PREFIX;
use service_delivery::Delivery;
use service_domain_proof::DomainProof;
use service_outbound::Outbound;
use service_reception::Reception;

use super::protocol_logs::ProtocolLogs;

/// The registry with the families of all parts.
pub fn registry(
    store: &Embedded,
    reception: &Reception,
    outbound: &Outbound,
    delivery: &Delivery,
    domain_proof: &DomainProof,
    logs: &ProtocolLogs,
) -> Registry {
    let mut registry = Registry::with_prefix(METRICS_PREFIX);
    reception.register_metrics(&mut registry);
    outbound.register_metrics(&mut registry);
    delivery.register_metrics(&mut registry);
    domain_proof.register_metrics(&mut registry);
    store.register_metrics(&mut registry);
    registry.register_collector(Box::new(logs.clone()));
    registry
}
