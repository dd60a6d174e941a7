//! One test in a process of its own: started, watched, ended with everything it started, and its output judged.

use std::fs::{self, File, OpenOptions};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::executables::Test;
use super::report::Outcome;

/// A test that hangs must not eat the time of all others. Ten times what a test should take.
const TIME_LIMIT: Duration = Duration::from_secs(120);
/// The same for long tests.
const LONG_TIME_LIMIT: Duration = Duration::from_secs(45 * 60);

/// Of a failed test's output the end is shown; a test that logs without end shall not fill the screen.
const MOST_OUTPUT: usize = 64 * 1024;

/// The look at a running test: often at first, for most take milliseconds.
const FIRST_LOOK: Duration = Duration::from_millis(1);
const LATER_LOOKS: Duration = Duration::from_millis(20);

/// How a test says that it did not run for want of a peer: this, the peer's name, a colon and the reason.
const SKIPPED: &str = "skipped: ";

/// Runs the test; its output goes through the file at `scratch`, so that a process left behind cannot hold it up.
///
/// # Errors
/// The test cannot be started or watched: a fault of the machine, not of the test.
pub fn run(test: &Test<'_>, scratch: &Path) -> Result<Outcome, String> {
    let problem = |e: std::io::Error| format!("{test}: {e}");
    let file = OpenOptions::new().create(true).write(true).truncate(true).open(scratch).map_err(problem)?;
    drop(file);
    let mut child = start(test, scratch).map_err(problem)?;
    let limit = if test.is_long() { LONG_TIME_LIMIT } else { TIME_LIMIT };
    let status = wait(&mut child, limit).map_err(problem)?;
    if !status.is_some_and(|status| status.success()) {
        end_group(&mut child);
    }
    let output = fs::read(scratch).map_err(problem)?;
    Ok(judge(status, &test.path, &String::from_utf8_lossy(&output), limit))
}

fn start(test: &Test<'_>, scratch: &Path) -> std::io::Result<Child> {
    // Appending, so that the two streams keep their order.
    let output: File = OpenOptions::new().append(true).open(scratch)?;
    let mut command = test.executable.command();
    command.args(["--exact", &test.path, "--nocapture"]);
    command.stdout(output.try_clone()?).stderr(output);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn()
}

/// Waits for the end, at most as long as allowed: `None` then.
fn wait(child: &mut Child, limit: Duration) -> std::io::Result<Option<ExitStatus>> {
    let start = Instant::now();
    let mut look = FIRST_LOOK;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if start.elapsed() > limit {
            return Ok(None);
        }
        std::thread::sleep(look);
        look = (look * 2).min(LATER_LOOKS);
    }
}

/// Ends the test and the servers and peers that it started and, having failed, did not stop.
fn end_group(child: &mut Child) {
    if cfg!(unix) {
        let group = format!("-{}", child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
    }
    let _ = child.kill();
    let _ = child.wait();
}

fn judge(status: Option<ExitStatus>, path: &str, output: &str, limit: Duration) -> Outcome {
    match status {
        Some(status) if status.success() => match skips(path, output) {
            skips if skips.is_empty() => Outcome::Passed,
            skips => Outcome::Skipped(skips.join("; ")),
        },
        Some(status) => Outcome::Failed(format!("{}\n{status}", tail(output))),
        None => {
            Outcome::Failed(format!("{}\nended after the {} s that a test may take", tail(output), limit.as_secs()))
        }
    }
}

/// The peers that the test missed, each with the reason. libtest may have begun the line with the test's name.
fn skips<'a>(path: &str, output: &'a str) -> Vec<&'a str> {
    let prefix = format!("test {path} ... ");
    let lines = output.lines().map(|line| line.strip_prefix(&*prefix).unwrap_or(line));
    lines.filter_map(|line| line.strip_prefix(SKIPPED)).map(str::trim).collect()
}

/// The end of the output, from the start of a line.
fn tail(output: &str) -> &str {
    let output = output.trim_end();
    if output.len() <= MOST_OUTPUT {
        return output;
    }
    let cut = output.len() - MOST_OUTPUT;
    let line = output.char_indices().find(|(at, c)| *at >= cut && *c == '\n');
    line.map_or("", |(at, _)| &output[at + 1..])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn skips_are_read_from_the_output() {
        let check = |output: &str, expected: &[&str]| assert_eq!(skips("wire::peer", output), expected, "{output}");
        check("\nrunning 1 test\ntest wire::peer ... ok\n", &[]);
        check("running 1 test\nskipped: swaks: not installed\ntest wire::peer ... ok\n", &["swaks: not installed"]);
        check("test wire::peer ... skipped: swaks: not installed\nok\n", &["swaks: not installed"]);
        check("skipped: swaks: none\nskipped: openssl: none\n", &["swaks: none", "openssl: none"]);
        check("the connector was skipped: disabled\n", &[]);
    }

    #[cfg(unix)]
    #[test]
    fn an_end_is_judged_by_status_and_output() {
        let check = |code: Option<u8>, output: &str, expected: fn(&Outcome) -> bool| {
            let exit = |code| Command::new("sh").args(["-c", &format!("exit {code}")]).status().unwrap();
            let outcome = judge(code.map(exit), "a", output, Duration::from_secs(7));
            assert!(expected(&outcome), "{code:?} {output}: {outcome:?}");
        };
        check(Some(0), "test a ... ok", |outcome| *outcome == Outcome::Passed);
        check(Some(0), "skipped: swaks: none", |outcome| *outcome == Outcome::Skipped("swaks: none".to_owned()));
        check(Some(101), "why", |outcome| matches!(outcome, Outcome::Failed(text) if text.starts_with("why\n")));
        check(Some(101), "skipped: swaks: none", |outcome| matches!(outcome, Outcome::Failed(_)));
        check(None, "so far", |outcome| matches!(outcome, Outcome::Failed(text) if text.contains("7 s")));
    }

    #[test]
    fn only_the_end_of_much_output_is_kept() {
        assert_eq!(tail("short\n\n"), "short");
        let long = "0123456789 ä\n".repeat(MOST_OUTPUT);
        let kept = tail(&long);
        assert!(kept.len() <= MOST_OUTPUT && kept.starts_with("0123456789"), "{} bytes", kept.len());
    }

    #[cfg(unix)]
    #[test]
    fn what_takes_too_long_is_ended_with_what_it_started() {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 600 & echo $!; wait"]).stdout(Stdio::piped());
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn().unwrap();
        assert_eq!(wait(&mut child, Duration::from_millis(50)).unwrap(), None);
        end_group(&mut child);
        // The pipe closes only when the grandchild that inherited it is gone too.
        let output = child.wait_with_output().unwrap();
        assert!(!output.status.success(), "{output:?}");
    }
}
