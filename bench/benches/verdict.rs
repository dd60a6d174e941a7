//! What a verdict costs in directories of 10 to 1,000,000 connectors, without reasoning and, at refusal, with it; and what
//! a connector costs in memory. Wanted: a median verdict under 1 µs, and the same 1,000 hot keys within twice the time
//! between 1,000 and 1,000,000 connectors.

use std::hint::black_box;
use std::process::Command;
use std::time::{Duration, Instant};

use bench::{SIZES, directory, hot_evidence, refused_evidence};
use core_attribution::{Evidence, decide, reason};
use core_directory::Snapshot;
use criterion::{BenchmarkId, Criterion};

/// Rounds over all hot keys of which the median is told.
const ROUNDS: usize = 301;

fn main() {
    let mut criterion = Criterion::default()
        .configure_from_args()
        .sample_size(50)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(3));
    let (hot, refused) = (hot_evidence(), refused_evidence());
    let mut medians = Vec::new();
    for size in SIZES {
        let directory = directory(size);
        let mut group = criterion.benchmark_group("verdict");
        group.bench_function(BenchmarkId::new("hot keys", size), |bencher| {
            let mut keys = hot.iter().cycle();
            bencher.iter(|| keys.next().map(|evidence| decide(black_box(evidence), &directory)));
        });
        group.bench_function(BenchmarkId::new("refused", size), |bencher| {
            let mut keys = refused.iter().cycle();
            bencher.iter(|| keys.next().map(|evidence| decide(black_box(evidence), &directory)));
        });
        group.bench_function(BenchmarkId::new("reasoning", size), |bencher| {
            let mut keys = refused.iter().cycle();
            bencher.iter(|| keys.next().map(|evidence| explained(black_box(evidence), &directory)));
        });
        group.finish();
        medians.push((size, median_verdict(&hot, &directory)));
    }
    criterion.final_summary();
    tell(&medians);
}

fn explained(evidence: &Evidence, directory: &Snapshot) -> usize {
    reason(evidence, directory, &decide(evidence, directory)).considered.len()
}

/// Nanoseconds for a verdict: the median over rounds of the mean over all hot keys.
fn median_verdict(hot: &[Evidence], directory: &Snapshot) -> u128 {
    let mut rounds: Vec<_> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            for evidence in hot {
                black_box(decide(black_box(evidence), directory));
            }
            start.elapsed().as_nanos() / hot.len().max(1) as u128
        })
        .collect();
    rounds.sort_unstable();
    rounds.get(ROUNDS / 2).copied().unwrap_or_default()
}

fn tell(medians: &[(u32, u128)]) {
    println!("\nmedian verdict, hot keys:");
    for (size, median) in medians {
        println!("{size:>9} connectors: {median:>5} ns");
    }
    let of = |wanted: u32| medians.iter().find(|(size, _)| *size == wanted).map(|(_, median)| *median as f64);
    if let (Some(small), Some(large)) = (of(1_000), of(1_000_000)) {
        println!("1,000,000 take {:.2} times as long as 1,000 (wanted: at most 2)", large / small);
    }
    println!("\nresident memory:");
    if let Err(error) = Command::new(env!("CARGO_BIN_EXE_bytes-per-connector")).status() {
        println!("not measured: {error}");
    }
}
