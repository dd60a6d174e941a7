//! What `cargo xtask peers` has unpacked below `target/peers`.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// The root folder in which this mail server lies. If it cannot run here, a line says that the test is skipped.
pub fn server(name: &str) -> Option<Root> {
    let folder = folder("debian");
    let reason = match folder.join("complete").is_file() {
        false => "not unpacked (cargo xtask peers)",
        true if !super::is_root() => "runs as root only",
        true => return Some(Root(folder)),
    };
    println!("skipped: {name}: {reason}");
    None
}

/// The folder of a peer.
pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("peers").join(name)
}

/// A root folder of programs with their libraries.
pub struct Root(PathBuf);

impl Root {
    /// A folder inside for one test, which everybody may enter and write to.
    pub fn working_folder(&self) -> TempDir {
        let folder = tempfile::Builder::new().prefix("test-").tempdir_in(&self.0).unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
        folder
    }

    /// How a path below it is called from inside.
    pub fn inside(&self, path: &Path) -> String {
        format!("/{}", path.strip_prefix(&self.0).unwrap().display())
    }

    /// A path inside as it is called from outside.
    pub fn outside(&self, path: &str) -> PathBuf {
        self.0.join(path.trim_start_matches('/'))
    }

    /// A program run inside.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new("chroot");
        command.arg(&self.0).arg(program);
        command
    }
}
