//! Tasks of the project, called as `cargo xtask TASK`. `test` is everything that CI asks; `tidy` is the part of it that
//! only reads the tree. Nothing here is shipped, and no crate may depend on it.

use std::process::ExitCode;

mod cargo;
mod debian;
mod package;
mod peers;
mod testing;
mod tidy;

const USAGE: &str = "\
Usage: cargo xtask TASK

Tasks:
  test [--long] [-p CRATE]... [FILTER]   format, tidiness, lints, licences, and every test in a process of its own
  tidy                                   only what can be told by reading the tree, in a second
  peers                                  fetch the programs of others that tests talk to, as `test` does at its start
  package [--dev] [--revision N] [--output FOLDER]
                                         a Debian package and a tarball for this machine's kind, in target/package

  --long      run the tests in modules named `long` too: those that take over ten seconds, and compile the fuzz targets
  -p CRATE    only the tests of this crate; may be repeated
  FILTER      only tests whose `crate path::of::test` contains it (`-` and `_` are alike)
              With -p or FILTER nothing but the tests is run.
  --dev       pack the program as it is built for tests: quick to make, slow to run
  --revision  the Debian package's version becomes VERSION-N, which follows VERSION

The last line is `N passed, N failed, N skipped`; the exit code is 1 if anything failed, 2 for wrong usage. A test whose
peer (swaks, openssl, ...) is missing is skipped by name; with CI=true that is a failure.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (task, rest) = match arguments.split_first() {
        Some((task, rest)) => (task.as_str(), rest),
        None => ("help", &[][..]),
    };
    let outcome = match task {
        "test" => match testing::Options::parse(rest) {
            Ok(options) => testing::run(&options),
            Err(problem) => return wrong_usage(&problem),
        },
        "package" => match package::Options::parse(rest) {
            Ok(options) => package::run(&options),
            Err(problem) => return wrong_usage(&problem),
        },
        "tidy" if rest.is_empty() => tidy::run(),
        "peers" if rest.is_empty() => testing::provide_peers(),
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => return wrong_usage(&format!("no such task: {}", arguments.join(" "))),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("xtask: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn wrong_usage(problem: &str) -> ExitCode {
    eprintln!("xtask: {problem}\n\n{USAGE}");
    ExitCode::from(2)
}
