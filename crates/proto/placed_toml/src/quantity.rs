//! Durations and sizes as people write them: `30d`, `250MB`.

use std::time::Duration;

/// Octets of a megabyte as Exchange counts them (Microsoft: ByteQuantifiedSize).
pub const MEGABYTE: u64 = 1024 * 1024;

const SIZE_UNITS: [(&str, u64); 4] = [("B", 1), ("KB", 1024), ("MB", MEGABYTE), ("GB", 1024 * MEGABYTE)];

const DURATION: &str = "a duration is a whole number above 0 with a unit, such as 30d, 12h, 15m or 45s";
const SIZE: &str = "a size is a whole number above 0 with a unit, such as 250MB, 512KB or 1GB";

/// Reads `30d`, `12h`, `15m`, `45s`.
///
/// # Errors
/// What a duration looks like.
pub fn duration(text: &str) -> Result<Duration, &'static str> {
    const UNITS: [(&str, u64); 4] = [("d", 24 * 60 * 60), ("h", 60 * 60), ("m", 60), ("s", 1)];
    quantity(text, &UNITS).map(Duration::from_secs).ok_or(DURATION)
}

/// Reads `250MB`, `512KB`, `1GB`, `100B` into octets; a kilobyte has 1024.
///
/// # Errors
/// What a size looks like.
pub fn size(text: &str) -> Result<u64, &'static str> {
    quantity(text, &SIZE_UNITS).ok_or(SIZE)
}

/// Writes octets as [`size`] reads them, in the largest unit that needs no fraction.
pub fn size_text(octets: u64) -> String {
    let unit = SIZE_UNITS.iter().rev().find(|(_, factor)| octets > 0 && octets.is_multiple_of(*factor));
    let (name, factor) = unit.copied().unwrap_or(("B", 1));
    format!("{}{name}", octets / factor)
}

fn quantity(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(digits)?;
    let (_, factor) = units.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit.trim_start()))?;
    number.parse::<u64>().ok()?.checked_mul(*factor).filter(|quantity| *quantity > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        let check = |text: &str, seconds: Option<u64>| {
            assert_eq!(duration(text).ok(), seconds.map(Duration::from_secs), "{text:?}");
        };
        check("30d", Some(2_592_000));
        check("12 h", Some(43_200));
        check("15M", Some(900));
        check("45s", Some(45));
        for wrong in
            ["", "d", "30", "0d", "-1d", "1.5h", "1w", "30dd", "99999999999999999999d", "18446744073709551615d"]
        {
            check(wrong, None);
        }
    }

    #[test]
    fn sizes() {
        let check = |text: &str, octets: Option<u64>| assert_eq!(size(text).ok(), octets, "{text:?}");
        check("250MB", Some(262_144_000));
        check("1 gb", Some(1_073_741_824));
        check("10kb", Some(10_240));
        check("7B", Some(7));
        for text in ["250MB", "1GB", "10KB", "7B", "1025KB", "2048GB"] {
            assert_eq!(size(text).map(size_text).as_deref(), Ok(text));
        }
        for wrong in ["", "MB", "250", "0MB", "1MiB", "1.5MB", "18446744073709551615GB"] {
            check(wrong, None);
        }
    }
}
