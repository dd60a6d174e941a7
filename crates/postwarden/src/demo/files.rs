//! The files of the demo's machines: what an administrator would write.

use std::net::SocketAddr;

/// The hub's host name.
pub const HUB: &str = "hub.example.net";

/// The edge's host name, and the name in its certificate until it is renewed.
pub const EDGE: &str = "mail.contoso.com";

/// The name in the edge's renewed certificate.
pub const RENEWED: &str = "mail.contoso.net";

/// The configuration of the hub: `postwarden.toml`.
pub fn hub_configuration() -> String {
    format!(
        r#"hostname = "{HUB}"
data     = "data"

[[listener]]
address     = "127.0.0.1:0"
certificate = "{HUB}.pem"
key         = "{HUB}.key"

[client_certificates]
trust = ["../ca.pem"]
"#
    )
}

/// The folder under which the edge keeps its logs of sessions with the hub.
pub const SEND_LOGS: &str = "logs/SmtpSend";

/// The configuration of the edge. Its listener has a certificate of its own making, which devices do not look at. It keeps
/// protocol logs, as whoever may have to find out why mail was refused does.
pub fn edge_configuration() -> String {
    format!(
        r#"hostname = "{EDGE}"
data     = "data"

[[listener]]
address = "127.0.0.1:0"

[protocol_log]
directory = "logs"

[client_certificates]
trust = ["../ca.pem"]
"#
    )
}

/// The hub's directory: two tenants that send by certificate.
pub fn hub_directory(outside: SocketAddr) -> String {
    [("contoso", "Inbound from HQ"), ("fabrikam", "Inbound from Fabrikam")]
        .map(|(tenant, connector)| {
            format!(
                r#"[[tenant]]
name = "{tenant}"

  [[tenant.domain]]
  name     = "{tenant}.com"
  verified = true

  [[tenant.inbound_connector]]
  name = "{connector}"
  tls_sender_certificate_name = "*.{tenant}.com"

  [[tenant.send_connector]]
  name        = "To the outside"
  smart_hosts = ["{outside}"]
  tls         = "none"
"#
            )
        })
        .join("\n")
}

/// What repairs the hub's directory: behind contoso's own part, so that the file's other tenant stays as it is.
pub fn repair(directory: &str) -> String {
    let addition = r#"
  [[tenant.domain]]
  name     = "contoso.net"
  verified = true

  [[tenant.inbound_connector]]
  name = "Inbound from HQ, renewed"
  tls_sender_certificate_name = "*.contoso.net"
"#;
    match directory.split_once("\n[[tenant]]\n") {
        Some((contoso, others)) => format!("{contoso}{addition}\n[[tenant]]\n{others}"),
        None => format!("{directory}{addition}"),
    }
}

/// The edge's directory: devices come by address, and the hub is shown a certificate for `name`.
pub fn edge_directory(name: &str, hub: SocketAddr) -> String {
    format!(
        r#"[[tenant]]
name = "contoso"

  [[tenant.domain]]
  name     = "contoso.com"
  verified = true

  [[tenant.certificate]]
  name        = "edge"
  certificate = "{name}.pem"
  key         = "{name}.key"

  [[tenant.inbound_connector]]
  name = "Devices"
  sender_ip_addresses = ["127.0.0.1"]
  any_sender = true

  [[tenant.send_connector]]
  name        = "To the hub"
  smart_hosts = ["{hub}"]
  tls         = "domain-validation"
  tls_domain  = "{HUB}"
  certificate = "edge"
  protocol_logging = "verbose"
"#
    )
}
