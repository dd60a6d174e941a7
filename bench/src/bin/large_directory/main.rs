//! Measures administration at size: 1,000 tenants with 20 connectors and 50 domains each are applied to a relay, listed,
//! exported, applied again without a difference, and one object is changed. Run it after `cargo build --release`, in the same
//! profile: `cargo run --release -p bench --bin large_directory`. Needs a Unix socket and `/proc` (Linux).

mod directory;
mod relay;

use std::io::Result;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use directory::{CONNECTORS, DOMAINS, TENANTS};
use relay::Relay;

fn main() -> ExitCode {
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Result<()> {
    let relay = Relay::start()?;
    println!("{TENANTS} tenants, {CONNECTORS} connectors and {DOMAINS} domains each");
    let empty = relay.resident_bytes()?;
    relay.write("large.toml", &directory::file())?;
    let applied = timed("apply", || relay.run(&["apply", "-f", "large.toml", "--yes"]))?;
    assert_ne!(applied, "", "apply tells what it did");
    let loaded = relay.resident_bytes()?;
    println!("{:<28} {:>8.1} MB, of which {:.1} MB without a directory", "memory of the relay", mb(loaded), mb(empty));

    timed("list all tenants", || relay.pages("/v1/tenants", TENANTS))?;
    let connectors = "/v1/tenants/tenant-0500/inbound-connectors";
    timed("list a tenant's connectors", || relay.pages(connectors, CONNECTORS / 2))?;
    timed("list a tenant's domains", || relay.pages("/v1/tenants/tenant-0500/domains", DOMAINS))?;
    timed("list everything", || {
        for tenant in 0..TENANTS {
            let of = |collection: &str| format!("/v1/tenants/{}/{collection}", directory::tenant_name(tenant));
            relay.pages(&of("domains"), DOMAINS)?;
            relay.pages(&of("inbound-connectors"), CONNECTORS / 2)?;
            relay.pages(&of("send-connectors"), CONNECTORS / 2)?;
        }
        Ok(())
    })?;
    let exported = timed("export", || relay.run(&["export"]))?;
    relay.write("exported.toml", &exported)?;
    let before = relay.version()?;
    timed("apply the export", || relay.run(&["apply", "-f", "exported.toml", "--yes"]))?;
    if relay.version()? != before {
        return Err(std::io::Error::other("what was exported is not what is there"));
    }
    let change = r#"{"comment": "changed"}"#;
    timed("change one connector", || relay.ask("PATCH", &format!("{connectors}/Inbound%2000"), change))?;
    println!("{:<28} {:>8.1} MB", "memory of the relay", mb(relay.resident_bytes()?));
    Ok(())
}

fn timed<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let begin = Instant::now();
    let done = work()?;
    println!("{what:<28} {:>8.3} s", Duration::as_secs_f64(&begin.elapsed()));
    Ok(done)
}

fn mb(octets: u64) -> f64 {
    octets as f64 / 1e6
}
