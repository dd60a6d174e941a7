//! The task `package`: what an administrator installs, as a Debian package and as a tarball, for the kind of machine that it
//! runs on. Here is the order of steps; what stands where is in `contents`, and the two formats are told apart there alone.
//!
//! The same tree and toolchain in the same folder give the same archives, octet for octet: files are sorted, belong to root, and
//! bear one time, `SOURCE_DATE_EPOCH` or the last commit's.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::cargo;

mod binary;
mod contents;
mod deb;
mod notices;
mod tarball;

/// The command line after `package`.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The program as it is built for tests, in place of a release.
    pub dev: bool,
    /// The revision of the Debian package.
    pub revision: Option<u32>,
    /// Where the archives go, in place of the target folder.
    pub output: Option<PathBuf>,
}

impl Options {
    /// # Errors
    /// An unknown argument, a revision that is no number, or an output that is none.
    pub fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut options = Self::default();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--dev" => options.dev = true,
                "--revision" => {
                    let number = arguments.next().and_then(|number| number.parse().ok());
                    options.revision = Some(number.ok_or("--revision needs a number")?);
                }
                "--output" => options.output = Some(arguments.next().ok_or("--output needs a folder")?.into()),
                other => return Err(format!("no such argument: {other}")),
            }
        }
        Ok(options)
    }
}

/// What is known of the package before anything is put into it.
pub struct Build {
    /// The folder of the root manifest.
    pub root: PathBuf,
    /// The version of the program.
    pub version: String,
    /// The kind of machine, as Rust names it.
    pub target: String,
    /// The program.
    pub binary: PathBuf,
    /// Man pages, completions and notices that were generated.
    pub generated: PathBuf,
    /// Where the archives go.
    pub output: PathBuf,
    /// The time that every file bears, in seconds since 1970.
    pub time: u64,
    /// Whether size does not matter and time does.
    pub quick: bool,
}

/// Makes both. True: there is nothing that could fail halfway.
///
/// # Errors
/// The program cannot be built, a tool is missing, or a file cannot be written.
pub fn run(options: &Options) -> Result<bool, String> {
    let build = prepare(options)?;
    let linked = binary::inspect(&build.binary)?;
    generate(&build)?;
    let files = contents::read(&build)?;
    for made in [deb::make(&build, &linked, options.revision, &files)?, tarball::make(&build, &files)?] {
        println!("{}", made.display());
    }
    Ok(true)
}

fn prepare(options: &Options) -> Result<Build, String> {
    let metadata = cargo::metadata()?;
    let (profile, folder) = if options.dev { ("dev", "debug") } else { ("release", "release") };
    cargo::shown(&["build", "--quiet", "--package", "postwarden", "--profile", profile])?;
    let package = metadata.packages.iter().find(|package| package["name"] == "postwarden");
    let version = package.and_then(|package| package["version"].as_str()).ok_or("there is no package postwarden")?;
    let output = options.output.clone().unwrap_or_else(|| metadata.target.join("package"));
    Ok(Build {
        time: time(&metadata.root)?,
        version: version.to_owned(),
        target: target()?,
        binary: metadata.target.join(folder).join("postwarden"),
        generated: output.join("generated"),
        root: metadata.root,
        output,
        quick: options.dev,
    })
}

/// What the program and the list of crates tell: man pages, completions, notices.
fn generate(build: &Build) -> Result<(), String> {
    // What an earlier build left would be packed too.
    if build.generated.exists() {
        fs::remove_dir_all(&build.generated).map_err(|error| at(&build.generated, &error))?;
    }
    fs::create_dir_all(&build.generated).map_err(|error| at(&build.generated, &error))?;
    let man = build.generated.join("man");
    answer(Command::new(&build.binary).arg("man-pages").arg(&man))?;
    for shell in ["bash", "zsh", "fish"] {
        let script = answer(Command::new(&build.binary).args(["completions", shell]))?;
        write(&build.generated.join(format!("completions.{shell}")), &script)?;
    }
    write(&build.generated.join("THIRD-PARTY-NOTICES"), notices::write(&build.target)?.as_bytes())
}

/// `SOURCE_DATE_EPOCH` (reproducible-builds.org), else the time of the last commit.
fn time(root: &Path) -> Result<u64, String> {
    let (whose, text) = match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(text) => ("SOURCE_DATE_EPOCH", text),
        Err(_) => {
            let log = answer(Command::new("git").args(["log", "-1", "--format=%ct"]).current_dir(root));
            let log =
                log.map_err(|error| format!("set SOURCE_DATE_EPOCH, since Git does not tell the time: {error}"))?;
            ("git log", String::from_utf8_lossy(&log).into_owned())
        }
    };
    text.trim().parse().map_err(|_| format!("{whose}: `{}` is no number of seconds", text.trim()))
}

fn target() -> Result<String, String> {
    let text = cargo::answer(&["-vV"])?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "`cargo -vV` does not name the host".to_owned())
}

/// Runs a tool for its output; what it says on standard error stays on the screen.
fn answer(command: &mut Command) -> Result<Vec<u8>, String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let name = command.get_program().display();
    let output = output.map_err(|error| format!("{name} cannot be started: {error}"))?;
    if output.status.success() { Ok(output.stdout) } else { Err(format!("{command:?} failed: see above")) }
}

fn write(path: &Path, octets: &[u8]) -> Result<(), String> {
    fs::write(path, octets).map_err(|error| at(path, &error))
}

fn at(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn the_command_line_is_read() {
        let check = |line: &str, expected: Option<(bool, Option<u32>)>| {
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            let read = Options::parse(&words).ok().map(|options| (options.dev, options.revision));
            assert_eq!(read, expected, "{line}");
        };
        check("", Some((false, None)));
        check("--dev --revision 2", Some((true, Some(2))));
        check("--output folder", Some((false, None)));
        check("--output", None);
        check("--revision", None);
        check("--revision x", None);
        check("--release", None);
    }
}
