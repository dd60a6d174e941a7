//! Writes protocol logs to measure with: `protocol_logs --size 1GB DIR`.

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let parsed = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--size", size, folder] => octets(size).map(|size| (size, PathBuf::from(folder))),
        _ => None,
    };
    let Some((size, folder)) = parsed else {
        eprintln!("protocol_logs --size 1GB DIR: the size in octets, or with KB, MB or GB behind it");
        return ExitCode::from(2);
    };
    match bench::logs::write_logs(&folder, size) {
        Ok(written) => {
            println!("{written} octets of logs in {}", folder.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{}: {error}", folder.display());
            ExitCode::FAILURE
        }
    }
}

fn octets(text: &str) -> Option<u64> {
    const UNITS: [(&str, u64); 3] = [("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000)];
    let unit = UNITS.iter().find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, *factor)));
    let (number, factor) = unit.unwrap_or((text, 1));
    number.parse::<u64>().ok()?.checked_mul(factor)
}
