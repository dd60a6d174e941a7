//! The directory file written: a stable order, only what is not the default, certificates as PEM, private keys never.

use core_directory::{AcceptedDomain, ClientCertificate, Field, InboundConnector, SendConnector, Tenant};
use serde_json::Value as Json;

use crate::fields::{self, Fields};

/// What stands where the private key would be.
const KEY_COMMENT: &str =
    "# The private key stays on the server, which keeps it as long as this certificate is the same.";

/// Writes tenants as a directory file, in their order. Reading it gives the same tenants, apart from identities, private keys,
/// and how a domain was proved: a verified one is written as the operator's word, of one that is not nothing is said.
pub fn write_toml(tenants: &[Tenant]) -> String {
    let mut writer = Writer { text: String::new() };
    for tenant in tenants {
        writer.tenant(tenant);
    }
    writer.text
}

struct Writer {
    text: String,
}

impl Writer {
    fn tenant(&mut self, tenant: &Tenant) {
        self.table(None, of_tenant(tenant));
        for domain in &tenant.domains {
            self.table(Some(fields::DOMAIN), of_domain(domain));
        }
        for certificate in &tenant.certificates {
            self.certificate(certificate);
        }
        for connector in &tenant.inbound_connectors {
            self.table(Some(fields::INBOUND_CONNECTOR), of_inbound_connector(connector));
        }
        for connector in &tenant.send_connectors {
            self.table(Some(fields::SEND_CONNECTOR), of_send_connector(connector));
        }
    }

    fn certificate(&mut self, certificate: &ClientCertificate) {
        self.table(Some(fields::CERTIFICATE), fields::of_certificate(certificate));
        self.text.push_str("  ");
        self.text.push_str(KEY_COMMENT);
        self.text.push('\n');
    }

    /// Writes a tenant's table, or one of its children.
    fn table(&mut self, child: Option<&str>, fields: Fields) {
        let (indent, header) = match child {
            None => ("", fields::TENANT.to_owned()),
            Some(child) => ("  ", format!("{}.{child}", fields::TENANT)),
        };
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(&format!("{indent}[[{header}]]\n"));
        // Null is written nowhere: it is what a key that is left out says.
        for (field, value) in fields.into_iter().filter(|(_, value)| !value.is_null()) {
            self.text.push_str(&format!("{indent}{field} = {}\n", toml_value(&value)));
        }
    }
}

/// What is written of a tenant, its children aside.
pub(crate) fn of_tenant(tenant: &Tenant) -> Fields {
    fields::changed(fields::of_tenant(tenant), &named(fields::of_tenant(&Tenant::default())))
}

/// What is written of an accepted domain.
pub(crate) fn of_domain(domain: &AcceptedDomain) -> Fields {
    let default = AcceptedDomain::new(domain.name.clone(), false);
    fields::changed(fields::of_domain(domain), &named(fields::of_domain(&default)))
}

/// What is written of an inbound connector.
pub(crate) fn of_inbound_connector(connector: &InboundConnector) -> Fields {
    let mut default = InboundConnector::new("", None);
    default.require_tls = connector.tls_sender_certificate_name.is_some();
    fields::changed(fields::of_inbound_connector(connector), &named(fields::of_inbound_connector(&default)))
}

/// What is written of a send connector.
pub(crate) fn of_send_connector(connector: &SendConnector) -> Fields {
    let mut default = SendConnector::new("", Box::default());
    default.tls = SendConnector::default_tls(&connector.smart_hosts);
    fields::changed(fields::of_send_connector(connector), &named(fields::of_send_connector(&default)))
}

/// The defaults without the name, which is written always.
fn named(mut defaults: Fields) -> Fields {
    defaults.retain(|(field, _)| *field != Field::Name);
    defaults
}

/// Texts, booleans, integers and lists of texts are all that fields have; what is left out is not written.
pub(crate) fn toml_value(value: &Json) -> String {
    match value {
        Json::String(text) => toml::Value::from(text.as_str()).to_string(),
        Json::Array(items) => format!("[{}]", items.iter().map(toml_value).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}
