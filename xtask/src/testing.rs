//! The task `test`: the whole of what CI asks, as named steps with their durations. What a step does is told elsewhere;
//! here is their order. Cheap steps come first, and a step that fails does not keep the others from running.

use std::fmt::Display;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::{cargo, debian, peers, tidy};

mod executables;
mod options;
mod process;
mod report;
mod runner;

pub use options::Options;

use executables::Executable;
use report::Report;

/// The time that CI gives for everything, from a clean clone on two cores.
const BUDGET: Duration = Duration::from_secs(45 * 60);

/// Runs what the options ask for. True if nothing failed.
///
/// # Errors
/// The workspace cannot be read: then there is nothing to run.
pub fn run(options: &Options) -> Result<bool, String> {
    let start = Instant::now();
    let mut report = Report::new(std::env::var("CI").is_ok_and(|value| value == "true"));
    let metadata = cargo::metadata()?;
    // Everything has the same working folder, wherever the task was called.
    std::env::set_current_dir(&metadata.root).map_err(|e| format!("{}: {e}", metadata.root.display()))?;
    if options.everything() {
        check_tree(&metadata.target, &mut report);
    }
    if options.everything() && options.long {
        provide("long peers", || peers::provide_for_long_tests(&metadata.target), &mut report);
        check_fuzz_targets(&mut report);
    }
    if let Some(executables) = step(&mut report, "build tests", || executables::build(options)) {
        run_tests(options, executables, &metadata.target, &mut report)?;
    }
    if options.everything() {
        run_doc_tests(&mut report);
    }
    let took = start.elapsed();
    if took > BUDGET {
        println!("note: all took {}, more than the {} that CI gives", seconds(took), seconds(BUDGET));
    }
    report.print(took);
    Ok(report.good())
}

/// Everything that is not a test of ours. Each step counts like one.
fn check_tree(target: &Path, report: &mut Report) {
    provide("packages", debian::provide, report);
    provide("peers", || peers::provide(target), report);
    step(report, "format", || cargo::shown(&["fmt", "--all", "--check"])).inspect(|()| report.pass());
    step(report, "tidy", check_tidiness).inspect(|()| report.pass());
    check_with_deny(report);
    let lints = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    step(report, "lints", || cargo::shown(&lints)).inspect(|()| report.pass());
}

/// Fetches what tests talk to, and nothing else. True if everything is there.
///
/// # Errors
/// The workspace cannot be read.
pub fn provide_peers() -> Result<bool, String> {
    let target = cargo::metadata()?.target;
    let mut report = Report::new(true);
    provide("packages", debian::provide, &mut report);
    provide("peers", || peers::provide(&target), &mut report);
    provide("long peers", || peers::provide_for_long_tests(&target), &mut report);
    Ok(report.good())
}

/// Without network or rights the tests that need what is missing say so themselves; in CI that is no excuse.
fn provide(name: &str, fetch: impl FnOnce() -> Result<String, String>, report: &mut Report) {
    let (provided, took) = timed(fetch);
    match provided {
        Ok(done) => say("ok", name, took, done),
        Err(problem) if report.strict() => fail(report, name, took, &problem),
        Err(problem) => say("skip", name, took, problem),
    }
}

fn check_tidiness() -> Result<(), String> {
    let findings = tidy::check()?;
    tidy::print(&findings);
    match findings.complaints.len() {
        0 => Ok(()),
        many => Err(format!("{many} to put right: see above")),
    }
}

/// `cargo deny` is not to be had everywhere, so its absence is a skip even in CI: `tidy` asks the most of it.
fn check_with_deny(report: &mut Report) {
    const NAME: &str = "cargo deny";
    let present = cargo::command(&["deny", "--version"]).output().is_ok_and(|output| output.status.success());
    if present {
        step(report, NAME, || cargo::shown(&["deny", "--log-level", "error", "check", "licenses", "bans", "sources"]))
            .inspect(|()| report.pass());
    } else {
        let reason = "not installed (`cargo install cargo-deny --locked`); tidy has checked licences, bans and sources";
        say("skip", NAME, Duration::ZERO, reason);
        report.skip(NAME, reason);
    }
}

/// The fuzz targets are no members of the workspace, so that nothing else notices when a parser's call changes under them. Their
/// library is C++ and takes its time, therefore this belongs to what is long.
fn check_fuzz_targets(report: &mut Report) {
    let arguments = ["check", "--quiet", "--locked", "--manifest-path", "fuzz/Cargo.toml", "--bins"];
    step(report, "fuzz targets", || cargo::shown(&arguments)).inspect(|()| report.pass());
}

fn run_tests(
    options: &Options,
    executables: Vec<Executable>,
    target: &Path,
    report: &mut Report,
) -> Result<(), String> {
    let mut tests = Vec::new();
    for executable in &executables {
        tests.extend(executable.list()?);
    }
    let all = tests.len();
    tests.retain(|test| options.selects(&test.to_string()));
    let selected = tests.len();
    tests.retain(|test| options.long || !test.is_long());
    if tests.is_empty() {
        let long = if selected > 0 { "; those that match are long: add --long" } else { "" };
        fail(report, "tests", Duration::ZERO, &format!("none of {all} tests is selected{long}"));
        return Ok(());
    }
    let failed_before = report.failures();
    let (outcome, took) = timed(|| runner::run(&tests, target, report));
    outcome?;
    let left_out = match selected - tests.len() {
        0 => String::new(),
        long => format!("; {long} long tests left out, --long runs them"),
    };
    let failures = report.failures() - failed_before;
    let word = if failures == 0 { "ok" } else { "FAIL" };
    say(word, "tests", took, format!("{} run, {failures} failed{left_out}", tests.len()));
    Ok(())
}

/// Examples in doc comments; Cargo runs them itself, and each counts.
fn run_doc_tests(report: &mut Report) {
    let counts = step(report, "doc tests", || {
        let text = cargo::answer(&["test", "--doc", "--workspace", "--quiet"])?;
        Ok(text.lines().filter_map(report::passed_of_summary).sum::<usize>())
    });
    for _ in 0..counts.unwrap_or(0) {
        report.pass();
    }
}

/// Runs one step, prints its line and records its failure.
fn step<T>(report: &mut Report, name: &str, work: impl FnOnce() -> Result<T, String>) -> Option<T> {
    let (result, took) = timed(work);
    match result {
        Ok(value) => {
            say("ok", name, took, "");
            Some(value)
        }
        Err(problem) => {
            fail(report, name, took, &problem);
            None
        }
    }
}

fn fail(report: &mut Report, name: &str, took: Duration, problem: &str) {
    say("FAIL", name, took, problem);
    report.fail(name);
}

fn say(word: &str, name: &str, took: Duration, text: impl Display) {
    println!("{}", format!("{word:<4}  {name:<12} {:>8}  {text}", seconds(took)).trim_end());
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let value = work();
    (value, start.elapsed())
}

/// A duration as people read it.
fn seconds(time: Duration) -> String {
    match time.as_secs() {
        0..60 => format!("{:.2} s", time.as_secs_f64()),
        long => format!("{} min {} s", long / 60, long % 60),
    }
}
