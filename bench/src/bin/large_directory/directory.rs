//! A large directory as a file: what a hoster with a thousand customers has.

use std::fmt::Write as _;

pub const TENANTS: usize = 1_000;
/// Half of them inbound, half of them send connectors.
pub const CONNECTORS: usize = 20;
pub const DOMAINS: usize = 50;

pub fn tenant_name(tenant: usize) -> String {
    format!("tenant-{tenant:04}")
}

pub fn file() -> String {
    let mut text = String::new();
    for tenant in 0..TENANTS {
        // Writing into a text cannot fail.
        let _ = self::tenant(&mut text, tenant);
    }
    text
}

fn tenant(text: &mut String, tenant: usize) -> std::fmt::Result {
    let own = format!("customer-{tenant:04}.example");
    writeln!(text, "[[tenant]]\nname = \"{}\"", tenant_name(tenant))?;
    writeln!(text, "[[tenant.domain]]\nname = \"{own}\"\nverified = true")?;
    for domain in 1..DOMAINS {
        writeln!(text, "[[tenant.domain]]\nname = \"d{domain:02}.{own}\"\nverified = {}", domain % 2 == 0)?;
    }
    for connector in 0..CONNECTORS / 2 {
        writeln!(text, "[[tenant.inbound_connector]]\nname = \"Inbound {connector:02}\"")?;
        if connector % 2 == 0 {
            writeln!(text, "tls_sender_certificate_name = \"d{:02}.{own}\"", connector + 2)?;
        } else {
            writeln!(text, "sender_ip_addresses = [\"10.{}.{}.{connector}\"]", tenant / 256, tenant % 256)?;
        }
        writeln!(text, "[[tenant.send_connector]]\nname = \"Outbound {connector:02}\"")?;
        writeln!(text, "address_spaces = [\"*.out-{connector}.example;{}\"]", connector + 1)?;
        writeln!(text, "smart_hosts = [\"mx{connector}.{own}\"]")?;
    }
    Ok(())
}
