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
        let default = Tenant::default();
        self.table(None, fields::changed(fields::of_tenant(tenant), &named(fields::of_tenant(&default))));
        for domain in &tenant.domains {
            let default = AcceptedDomain::new(domain.name.clone(), false);
            let fields = fields::changed(fields::of_domain(domain), &named(fields::of_domain(&default)));
            self.table(Some(fields::DOMAIN), fields);
        }
        for certificate in &tenant.certificates {
            self.certificate(certificate);
        }
        for connector in &tenant.inbound_connectors {
            let mut default = InboundConnector::new("", None);
            default.require_tls = connector.tls_sender_certificate_name.is_some();
            let defaults = named(fields::of_inbound_connector(&default));
            let fields = fields::changed(fields::of_inbound_connector(connector), &defaults);
            self.table(Some(fields::INBOUND_CONNECTOR), fields);
        }
        for connector in &tenant.send_connectors {
            let mut default = SendConnector::new("", Box::default());
            default.tls = SendConnector::default_tls(&connector.smart_hosts);
            let defaults = named(fields::of_send_connector(&default));
            let fields = fields::changed(fields::of_send_connector(connector), &defaults);
            self.table(Some(fields::SEND_CONNECTOR), fields);
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

/// The defaults without the name, which is written always.
fn named(mut defaults: Fields) -> Fields {
    defaults.retain(|(field, _)| *field != Field::Name);
    defaults
}

/// Texts, booleans, integers and lists of texts are all that fields have; what is left out is not written.
fn toml_value(value: &Json) -> String {
    match value {
        Json::String(text) => toml::Value::from(text.as_str()).to_string(),
        Json::Array(items) => format!("[{}]", items.iter().map(toml_value).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}
