//! Measures how fast logs are diagnosed, beside `LC_ALL=C grep -cF 5.7.64` over the same warm files: `diagnose_rate DIR`, or
//! `diagnose_rate --program PATH DIR` for the whole command. Rounds of both alternate; the best of each counts, since whatever
//! else the machine does only slows down. Needs `grep` and `/proc` (Linux).

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use service_diagnosis::{Evidence, Reader, SourceId};

const ROUNDS: usize = 5;

/// Octets that are read at a time.
const BLOCK: usize = 256 * 1024;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (program, folder) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--program", program, folder] => (Some(program.to_owned()), folder.to_owned()),
        [folder] => (None, folder.to_owned()),
        _ => {
            eprintln!("diagnose_rate [--program PATH] DIR");
            return ExitCode::from(2);
        }
    };
    let mut files = Vec::new();
    collect(Path::new(&folder), &mut files);
    files.sort();
    let size: u64 = files.iter().filter_map(|file| fs::metadata(file).ok()).map(|file| file.len()).sum();
    println!("{} files, {:.1} MB", files.len(), size as f64 / 1e6);
    let (mut grep, mut ours) = (Duration::MAX, Duration::MAX);
    for round in 1..=ROUNDS {
        let one_grep = run_grep(&files);
        let one_ours = match &program {
            Some(program) => run_program(program, &folder),
            None => diagnose(&files, round == ROUNDS),
        };
        println!("round {round}: grep {one_grep:.3?}, diagnosis {one_ours:.3?}");
        (grep, ours) = (grep.min(one_grep), ours.min(one_ours));
    }
    let rate = |time: Duration| size as f64 / 1e6 / time.as_secs_f64();
    println!("grep {:.0} MB/s, diagnosis {:.0} MB/s: {:.2} of it", rate(grep), rate(ours), rate(ours) / rate(grep));
    if let (None, Some(peak)) = (&program, peak_kibibytes()) {
        println!("at most {} MB resident", peak / 1024);
    }
    ExitCode::SUCCESS
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}

fn run_grep(files: &[PathBuf]) -> Duration {
    let mut command = Command::new("grep");
    command.env("LC_ALL", "C").args(["-cF", "5.7.64"]).args(files);
    timed(command)
}

fn run_program(program: &str, folder: &str) -> Duration {
    let mut command = Command::new(program);
    command.args(["diagnose", "--json", folder]);
    timed(command)
}

fn timed(mut command: Command) -> Duration {
    let begin = Instant::now();
    if let Err(error) = command.stdout(Stdio::null()).status() {
        eprintln!("{command:?}: {error}");
    }
    begin.elapsed()
}

/// Reads all files on as many threads as there are cores, as the command does, and finds the causes.
fn diagnose(files: &[PathBuf], show: bool) -> Duration {
    let begin = Instant::now();
    let next = AtomicUsize::new(0);
    let all = Mutex::new(Vec::new());
    let read_files = || {
        while let Some((at, file)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, files.get(at)?)))
        {
            let evidence = read(file, at);
            if let Ok(mut all) = all.lock() {
                all.push((at, evidence));
            }
        }
    };
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| (0..cores).for_each(|_| drop(scope.spawn(read_files))));
    let mut all = all.into_inner().unwrap_or_default();
    all.sort_by_key(|(at, _)| *at);
    let mut evidence = Evidence::default();
    all.into_iter().for_each(|(_, one)| evidence.merge(one));
    let diagnosis = service_diagnosis::diagnose(&evidence, Timestamp::now());
    let time = begin.elapsed();
    if show {
        let attempts: u64 = evidence.attempts.groups().iter().map(|group| group.count).sum();
        let records: u64 = evidence.sources.iter().map(|source| source.records).sum();
        let problems: usize = evidence.sources.iter().map(|source| source.problems.len()).sum();
        let groups = evidence.attempts.groups().len();
        println!("{records} rows, {attempts} attempts in {groups} groups, {} beyond", evidence.attempts.beyond);
        println!("{problems} problems, {} causes", diagnosis.causes.len());
    }
    time
}

fn read(path: &Path, number: usize) -> Evidence {
    let mut reader = Reader::new(SourceId(u32::try_from(number).unwrap_or(u32::MAX)), &path.to_string_lossy());
    let mut block = vec![0; BLOCK];
    let Ok(mut file) = fs::File::open(path) else { return reader.finish() };
    while let Ok(length) = file.read(&mut block) {
        match block.get(..length) {
            Some(read) if !read.is_empty() => reader.feed(read),
            _ => break,
        }
    }
    reader.finish()
}

/// The most memory that this process had.
fn peak_kibibytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().trim_end_matches("kB").trim().parse().ok()
}
