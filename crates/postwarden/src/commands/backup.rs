//! `backup`: what the server keeps, in one file, while mail flows.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, IsTerminal as _, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::target;
use crate::cli::{BackupArgs, Global};
use crate::client::{Client, ClientError};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{GOOD, Output};

/// The file that means standard output.
const STANDARD_OUTPUT: &str = "-";

/// For the owner only: it holds private keys and mail.
const MODE: u32 = 0o600;

/// Octets after which progress is told again.
const PROGRESS: u64 = 256 * 1024 * 1024;

/// Asks the server for a backup, and keeps it.
pub fn run(global: &Global, args: &BackupArgs, output: &mut Output) -> Outcome {
    let client = Client::new(global)?;
    let path = if args.without_queue { "/v1/backup?queue=false" } else { "/v1/backup" };
    if args.file == Path::new(STANDARD_OUTPUT) {
        if io::stdout().is_terminal() {
            return Err(
                Failure::usage("a backup is nothing for a terminal").hint("name a file, or redirect the output")
            );
        }
        let mut stdout = io::stdout().lock();
        take(&client, path, &mut stdout, output, |_| Ok(()))?;
        stdout.flush()?;
        return Ok(Exit::Done);
    }
    let mut partial = Partial::make(&args.file)?;
    let folder = partial.folder();
    let octets = take(&client, path, &mut partial.file, output, |about| room(&folder, about))?;
    partial.keep()?;
    if output.json {
        output.json(&Taken { file: args.file.clone(), octets })?;
        return Ok(Exit::Done);
    }
    output.styled(GOOD, format_args!("Backup written to {}: {octets} octets.", args.file.display()))?;
    output.next(format_args!(
        "keep it where only you can read it, since it holds private keys{}; `postwarden restore --help` tells the way back.",
        if args.without_queue { "" } else { " and mail" }
    ))?;
    Ok(Exit::Done)
}

/// What `--json` prints.
#[derive(Serialize)]
struct Taken {
    file: PathBuf,
    octets: u64,
}

/// Writes what the server sends, and tells how far it is. How many octets it was.
fn take(
    client: &Client,
    path: &str,
    target: &mut impl Write,
    output: &mut Output,
    begin: impl FnOnce(u64) -> Result<(), Failure>,
) -> Result<u64, Failure> {
    let mut begin = Some(begin);
    let mut about = 0;
    let mut told = 0;
    let mut refused = None;
    let taken = client.download(path, &mut |octets, announced, done| {
        if let Some(begin) = begin.take() {
            about = announced;
            if let Err(failure) = begin(about) {
                refused = Some(failure);
                return Err(io::Error::other("no room"));
            }
        }
        target.write_all(octets)?;
        if done - told >= PROGRESS {
            told = done;
            output.remark(format_args!("{} MB of about {} MB", done / 1_000_000, about / 1_000_000));
        }
        Ok(())
    });
    match (taken, refused) {
        (_, Some(failure)) => Err(failure),
        (Ok(octets), None) => Ok(octets),
        (Err(ClientError::Broken(reason)), None) => {
            Err(Failure::new(Exit::Unreachable, format!("the backup is not whole: {reason}; nothing is kept of it"))
                .hint("the server's log says why, if it was the server"))
        }
        (Err(error), None) => Err(error.into()),
    }
}

/// Whether the file system takes it.
fn room(folder: &Path, octets: u64) -> Result<(), Failure> {
    // Where it cannot be told, writing tells.
    let Ok(stat) = rustix::fs::statvfs(folder) else { return Ok(()) };
    let free = stat.f_bavail.saturating_mul(stat.f_frsize);
    if free >= octets {
        return Ok(());
    }
    let text = format!("{}: {free} octets are free, and the backup will have about {octets}", folder.display());
    Err(Failure::usage(text).hint("free some space, or name a file elsewhere; --without-queue leaves the mail out"))
}

/// Where the backup will be. It takes the place of an earlier one and of nothing else: a device or a folder of that name stays.
fn place(file: &Path) -> Result<PathBuf, Failure> {
    target::place(file).map_err(|why| {
        Failure::usage(format!("{}: {why}", file.display()))
            .hint("name a new file, an earlier backup to be replaced, or - for standard output")
    })
}

/// Removes what a try that was cut short left under this name, and keeps it open; not what another command writes just now.
fn clear(path: &Path) -> Result<Option<File>, Failure> {
    let Ok(left) = File::open(path) else { return Ok(None) };
    own(&left, path)?;
    fs::remove_file(path).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
    Ok(Some(left))
}

/// Locks the file as long as it is open, for this command alone.
fn own(file: &File, path: &Path) -> Result<(), Failure> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            Err(Failure::new(Exit::No, format!("{} is being written by another backup", path.display()))
                .hint("wait until it is done, or name another file"))
        }
        // Where the file system has no locks there is nothing to learn.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
    }
}

/// The file under another name until it is whole. It goes unless it is kept.
struct Partial {
    file: File,
    path: PathBuf,
    whole: PathBuf,
    kept: bool,
    /// What an earlier try left, its name gone: whoever opened it before sees by its lock that it is not for taking.
    _left: Option<File>,
}

impl Partial {
    fn make(whole: &Path) -> Result<Self, Failure> {
        let whole = place(whole)?;
        let mut name = whole.as_os_str().to_owned();
        name.push(".partial");
        let path = PathBuf::from(name);
        let wrong = |error: io::Error| Failure::usage(format!("{}: {error}", path.display()));
        let left = clear(&path)?;
        let file = OpenOptions::new().write(true).create_new(true).mode(MODE).open(&path).map_err(wrong)?;
        let partial = Self { file, path: path.clone(), whole, kept: false, _left: left };
        own(&partial.file, &path)?;
        Ok(partial)
    }

    fn folder(&self) -> PathBuf {
        let folder = self.whole.parent().filter(|folder| !folder.as_os_str().is_empty());
        folder.unwrap_or(Path::new(".")).to_owned()
    }

    /// Gives it its name, durably.
    fn keep(mut self) -> Result<(), Failure> {
        let keep = || {
            self.file.sync_all()?;
            fs::rename(&self.path, &self.whole)?;
            File::open(self.folder())?.sync_all()
        };
        keep().map_err(|error| Failure::usage(format!("{}: {error}", self.whole.display())))?;
        self.kept = true;
        Ok(())
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.kept {
            let _ = fs::remove_file(&self.path);
        }
    }
}
