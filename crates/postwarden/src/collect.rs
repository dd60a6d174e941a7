//! Scripts that gather evidence where it lies, for machines on which nothing of ours is installed. Each only reads, says which
//! role it needs, shows what it would take before it takes it, and never touches a private key. Nothing is run from here.

use crate::cli::CollectSide;

/// The script for a side, as it is printed.
#[must_use]
pub fn script(side: CollectSide) -> &'static str {
    match side {
        CollectSide::ExchangeOnline => include_str!("collect/exchange-online.ps1"),
        CollectSide::ExchangeServer => include_str!("collect/exchange-server.ps1"),
        CollectSide::Exchange2010 => include_str!("collect/exchange-2010.ps1"),
        CollectSide::Postfix => include_str!("collect/postfix.sh"),
    }
}
