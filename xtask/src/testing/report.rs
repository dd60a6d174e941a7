//! What came out: counted, the slowest and the skipped named, the verdict on the last line.

use std::time::Duration;

use super::seconds;

/// How many of the slowest tests are named.
const SLOWEST: usize = 10;

/// A test that takes longer belongs behind `--long`.
const LONG_FROM: Duration = Duration::from_secs(10);

/// How one test ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As it should.
    Passed,
    /// With its output, or the reason.
    Failed(String),
    /// Not run, for want of a peer: its name and the reason.
    Skipped(String),
}

/// The counts so far.
#[derive(Debug)]
pub struct Report {
    strict: bool,
    passed: usize,
    failed: Vec<String>,
    skipped: Vec<(String, String)>,
    times: Vec<(Duration, String)>,
}

impl Report {
    /// Strict is CI's way: there every peer can be had, so a skipped test is a failed one.
    pub fn new(strict: bool) -> Self {
        Report { strict, passed: 0, failed: Vec::new(), skipped: Vec::new(), times: Vec::new() }
    }

    /// Whether a missing peer is a failure.
    pub fn strict(&self) -> bool {
        self.strict
    }

    /// Counts a step, or an example in the docs, that is as it should be.
    pub fn pass(&mut self) {
        self.passed += 1;
    }

    /// Counts a step that failed, and has said why.
    pub fn fail(&mut self, name: &str) {
        self.failed.push(name.to_owned());
    }

    /// Counts a skip that is none of a peer, and so no failure in CI either.
    pub fn skip(&mut self, name: &str, reason: &str) {
        self.skipped.push((name.to_owned(), reason.to_owned()));
    }

    /// Counts one test; a failure is shown at once, with its output.
    pub fn record(&mut self, name: String, took: Duration, outcome: Outcome) {
        match outcome {
            Outcome::Passed => self.passed += 1,
            Outcome::Skipped(reason) if self.strict => {
                self.show_failure(
                    &name,
                    took,
                    &format!("its peer is missing: {reason}\nWith CI=true that is a failure."),
                );
                self.failed.push(name.clone());
            }
            Outcome::Skipped(reason) => self.skipped.push((name.clone(), reason)),
            Outcome::Failed(output) => {
                self.show_failure(&name, took, &output);
                self.failed.push(name.clone());
            }
        }
        self.times.push((took, name));
    }

    fn show_failure(&self, name: &str, took: Duration, output: &str) {
        println!("---- FAIL {name} ({})\n{}\n", seconds(took), output.trim());
    }

    /// How many have failed.
    pub fn failures(&self) -> usize {
        self.failed.len()
    }

    /// Whether nothing failed.
    pub fn good(&self) -> bool {
        self.failed.is_empty()
    }

    /// Prints the end of the run.
    pub fn print(&self, took: Duration) {
        print!("{}", self.text(took));
    }

    fn text(&self, took: Duration) -> String {
        let mut text = String::new();
        let mut times: Vec<_> = self.times.iter().collect();
        times.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        text.push_str(if times.is_empty() { "\n" } else { "\nslowest:\n" });
        for (time, name) in times.into_iter().take(SLOWEST) {
            let remark = if *time > LONG_FROM && !name.contains("::long::") { "  (over 10 s: for --long)" } else { "" };
            text.push_str(&format!("  {:>8}  {name}{remark}\n", seconds(*time)));
        }
        for (name, reason) in &self.skipped {
            text.push_str(&format!("skipped: {name}: {reason}\n"));
        }
        for name in &self.failed {
            text.push_str(&format!("failed: {name}\n"));
        }
        text.push_str(&format!("took {}\n", seconds(took)));
        let counts = (self.passed, self.failed.len(), self.skipped.len());
        text.push_str(&format!("{} passed, {} failed, {} skipped\n", counts.0, counts.1, counts.2));
        text
    }
}

/// The number of passed tests in a summary line of libtest.
pub fn passed_of_summary(line: &str) -> Option<usize> {
    let counts = line.strip_prefix("test result: ")?;
    let before = counts.split(" passed").next()?;
    before.rsplit(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn report(strict: bool) -> Report {
        let mut report = Report::new(strict);
        report.pass();
        report.skip("cargo deny", "not installed");
        report.record("a one".to_owned(), Duration::from_secs(1), Outcome::Passed);
        report.record("a peer".to_owned(), Duration::from_secs(2), Outcome::Skipped("swaks: none".to_owned()));
        report
    }

    #[test]
    fn the_last_line_counts() {
        let check = |report: &Report, good: bool, last: &str| {
            let text = report.text(Duration::from_secs(100));
            assert_eq!(text.lines().last(), Some(last), "{text}");
            assert_eq!(report.good(), good, "{text}");
        };
        check(&report(false), true, "2 passed, 0 failed, 2 skipped");
        check(&report(true), false, "2 passed, 1 failed, 1 skipped");
        let mut failing = report(false);
        failing.record("a two".to_owned(), Duration::ZERO, Outcome::Failed("it broke".to_owned()));
        check(&failing, false, "2 passed, 1 failed, 2 skipped");
    }

    #[test]
    fn what_is_slow_skipped_or_failed_is_named() {
        let mut report = report(false);
        report.record("a slow".to_owned(), Duration::from_secs(90), Outcome::Failed(String::new()));
        let text = report.text(Duration::from_secs(100));
        let slow = "1 min 30 s  a slow  (over 10 s: for --long)";
        for wanted in [slow, "skipped: a peer: swaks: none", "failed: a slow", "took 1 min 40 s"] {
            assert!(text.contains(wanted), "{wanted} is not in:\n{text}");
        }
        assert!(text.find("a slow") < text.find("a peer"), "the slowest stands first:\n{text}");
    }

    #[test]
    fn summaries_of_libtest_are_read() {
        let check = |line: &str, expected: Option<usize>| assert_eq!(passed_of_summary(line), expected, "{line}");
        check("test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1s", Some(12));
        check("running 12 tests", None);
    }
}
