//! Prints how many bytes of resident memory a connector costs in directories of each size, everything indexed. Each size is
//! measured in a process of its own, so that none finds the memory that another gave back. Needs `/proc` (Linux).

use std::process::{Command, ExitCode};

use bench::{SIZES, directory};

fn main() -> ExitCode {
    match std::env::args().nth(1).map(|argument| argument.parse()) {
        None => all(),
        Some(Ok(connectors)) => one(connectors),
        Some(Err(error)) => {
            eprintln!("the argument is a number of connectors: {error}");
            ExitCode::from(2)
        }
    }
}

/// Measures one size in this process.
fn one(connectors: u32) -> ExitCode {
    // Code and tables that the first use of anything brings in are nobody's connectors.
    drop(directory(SIZES[0]));
    let before = resident_bytes();
    let directory = directory(connectors);
    let after = resident_bytes();
    let (Some(before), Some(after)) = (before, after) else {
        eprintln!("resident memory is read from /proc/self/status, which is not there");
        return ExitCode::FAILURE;
    };
    let count = u64::try_from(directory.connector_count()).unwrap_or(u64::MAX);
    println!("{:>9} connectors: {:>5} bytes each", count, after.saturating_sub(before) / count.max(1));
    ExitCode::SUCCESS
}

fn all() -> ExitCode {
    let Ok(program) = std::env::current_exe() else { return ExitCode::FAILURE };
    // Below a thousand connectors the pages of the heap weigh more than they do.
    for connectors in SIZES.into_iter().filter(|&connectors| connectors >= 1_000) {
        let ended = Command::new(&program).arg(connectors.to_string()).status();
        if !ended.is_ok_and(|status| status.success()) {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kibibytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    kibibytes.trim().trim_end_matches("kB").trim().parse::<u64>().ok().map(|kibibytes| kibibytes * 1024)
}
