//! Durations and sizes as people write them: `30d`, `250MB`.

use std::time::Duration;

/// Octets of a megabyte as Exchange counts them (Microsoft: ByteQuantifiedSize).
pub const MEGABYTE: u64 = 1024 * 1024;

const DURATION: &str = "a duration is a whole number above 0 with a unit, such as 30d, 12h, 15m or 45s";
const SIZE: &str = "a size is a whole number above 0 with a unit, such as 250MB, 512KB or 1GB";

/// Reads `30d`, `12h`, `15m`, `45s`.
pub fn duration(text: &str) -> Result<Duration, &'static str> {
    const UNITS: [(&str, u64); 4] = [("d", 24 * 60 * 60), ("h", 60 * 60), ("m", 60), ("s", 1)];
    quantity(text, &UNITS).map(Duration::from_secs).ok_or(DURATION)
}

/// Reads `250MB`, `512KB`, `1GB`, `100B` into octets; a kilobyte has 1024.
pub fn size(text: &str) -> Result<u64, &'static str> {
    const UNITS: [(&str, u64); 4] = [("B", 1), ("KB", 1024), ("MB", MEGABYTE), ("GB", 1024 * MEGABYTE)];
    quantity(text, &UNITS).ok_or(SIZE)
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
        for wrong in ["", "MB", "250", "0MB", "1MiB", "1.5MB", "18446744073709551615GB"] {
            check(wrong, None);
        }
    }
}
