//! Peers of the tests that are not installed, because Debian has no package of them or because one mail server's package
//! drives out another's. They are unpacked below `target/peers`, where nothing of the system is touched.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::debian;

/// Mail servers that conflict with Postfix as packages, and one of whose package only a tool is wanted, `promtool`, and no
/// server started.
const SERVERS: &[&str] = &["exim4-daemon-light", "opensmtpd", "prometheus"];

/// What is unpacked with them: the libraries among what they depend on. Interpreters and init systems, which their
/// installation would need, are not.
const LIBRARIES: &[&str] = &["lib", "zlib"];
const NO_LIBRARIES: &[&str] = &["libjs-", "perl", "python", "systemd-shared"];

/// The users whose names are compiled into the servers. Nobody outside their root knows them.
const USERS: &str = "\
root:x:0:0:root:/:/bin/false
Debian-exim:x:601:601::/var/spool/exim4:/bin/false
opensmtpd:x:602:602::/var/lib/opensmtpd/empty:/bin/false
opensmtpq:x:603:603::/var/lib/opensmtpd/empty:/bin/false
nobody:x:65534:65534::/nonexistent:/bin/false
";
const GROUPS: &str = "root:x:0:\nmail:x:8:\nDebian-exim:x:601:\nopensmtpd:x:602:\nopensmtpq:x:603:\nnogroup:x:65534:\n";

/// Runs with every Node.js that Debian has had since 2019.
const NODEMAILER: &str = "nodemailer@7.0.13";

/// What comes up with requests that the API's document allows, and with those that it does not.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";

/// Sees to it that the peers are below this target folder. The returned text says what was done.
///
/// # Errors
/// Some are still missing; the text says which and why. Those that can be had are there all the same.
pub fn provide(target: &Path) -> Result<String, String> {
    let folder = target.join("peers");
    let outcomes = [provide_servers(&folder.join("debian")), provide_nodemailer(&folder.join("nodemailer"))];
    let problems: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err().cloned()).collect();
    if !problems.is_empty() {
        return Err(problems.join("; "));
    }
    let done = outcomes.contains(&Ok(true));
    Ok(if done { "unpacked into target/peers" } else { "all there" }.to_owned())
}

/// Sees to it that what only long tests talk to is below this target folder. The returned text says what was done.
///
/// # Errors
/// It cannot be had; the text says why.
pub fn provide_for_long_tests(target: &Path) -> Result<String, String> {
    let made = provide_schemathesis(&target.join("peers/schemathesis"))?;
    Ok(if made { "unpacked into target/peers" } else { "all there" }.to_owned())
}

/// A root folder with the servers and their libraries, to be run in by `chroot`. True if it was made now.
fn provide_servers(root: &Path) -> Result<bool, String> {
    let problem = |e: std::io::Error| format!("{}: {e}", root.display());
    let complete = root.join("complete");
    if fs::read_to_string(&complete).is_ok_and(|servers| servers == SERVERS.join(" ")) {
        return Ok(false);
    }
    if !debian::is_root() {
        return Err(format!("only root can run {} in a root folder of their own", SERVERS.join(" and ")));
    }
    // A fresh machine has no lists of packages yet; where they cannot be renewed, old ones may do.
    let _ = run(Command::new("apt-get").args(["update", "-q"]));
    let wanted = servers_with_libraries()?;
    // A root that is half unpacked is made anew.
    if root.exists() {
        fs::remove_dir_all(root).map_err(problem)?;
    }
    let downloads = root.join("downloads");
    fs::create_dir_all(&downloads).map_err(problem)?;
    make_merged_folders(root).map_err(problem)?;
    run(Command::new("apt-get").args(["download", "-q"]).args(&wanted).current_dir(&downloads))?;
    for package in fs::read_dir(&downloads).map_err(problem)? {
        run(Command::new("dpkg").arg("--extract").arg(package.map_err(problem)?.path()).arg(root))?;
    }
    fs::write(root.join("etc/passwd"), USERS).map_err(problem)?;
    fs::write(root.join("etc/group"), GROUPS).map_err(problem)?;
    run(Command::new("mknod").args(["-m", "666"]).arg(root.join("dev/null")).args(["c", "1", "3"]))?;
    fs::remove_dir_all(&downloads).map_err(problem)?;
    fs::write(complete, SERVERS.join(" ")).map_err(problem)?;
    Ok(true)
}

/// `/lib` and its like as links into `/usr`, for packages that take them to be so.
fn make_merged_folders(root: &Path) -> std::io::Result<()> {
    for name in ["dev", "etc", "tmp", "var/run", "var/spool"] {
        fs::create_dir_all(root.join(name))?;
    }
    for name in ["bin", "sbin", "lib", "lib64"] {
        let merged = Path::new("usr").join(name);
        fs::create_dir_all(root.join(&merged))?;
        #[cfg(unix)]
        std::os::unix::fs::symlink(&merged, root.join(name))?;
    }
    Ok(())
}

fn servers_with_libraries() -> Result<BTreeSet<String>, String> {
    let mut command = Command::new("apt-cache");
    command.args(["depends", "--recurse", "--important", "--no-conflicts", "--no-breaks", "--no-replaces"]);
    Ok(chosen(&run(command.args(SERVERS))?))
}

/// The packages to unpack among those that `apt-cache depends --recurse` lists, one on each line without indentation.
fn chosen(listed: &str) -> BTreeSet<String> {
    let is_library = |name: &str| {
        LIBRARIES.iter().any(|start| name.starts_with(start)) && !NO_LIBRARIES.iter().any(|part| name.contains(part))
    };
    // Virtual packages stand in angle brackets, those of other architectures have a colon.
    let real = listed.lines().filter(|line| !line.starts_with([' ', '|', '<']) && !line.contains(':'));
    real.filter(|name| SERVERS.contains(name) || is_library(name)).map(str::to_owned).collect()
}

/// The mail client of Node.js, from the npm registry. True if it was installed now.
fn provide_nodemailer(folder: &Path) -> Result<bool, String> {
    let manifest = folder.join("node_modules/nodemailer/package.json");
    let (_, version) = NODEMAILER.split_once('@').unwrap_or_default();
    if fs::read_to_string(&manifest).is_ok_and(|text| text.contains(&format!("\"version\": \"{version}\""))) {
        return Ok(false);
    }
    fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut command = Command::new("npm");
    command.args(["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"]).arg(folder);
    run(command.arg(NODEMAILER))?;
    Ok(true)
}

fn provide_schemathesis(folder: &Path) -> Result<bool, String> {
    let complete = folder.join("complete");
    if fs::read_to_string(&complete).is_ok_and(|version| version == SCHEMATHESIS) {
        return Ok(false);
    }
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder))?;
    run(Command::new(folder.join("bin/pip")).args(["install", "-q", "--disable-pip-version-check", SCHEMATHESIS]))?;
    fs::write(&complete, SCHEMATHESIS).map_err(|e| format!("{}: {e}", complete.display()))?;
    Ok(true)
}

/// Runs a command for its standard output.
fn run(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().map_err(|e| format!("{name} cannot be started: {e}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let reason = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it does not say why");
    Err(format!("{name} failed: {reason}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn servers_and_libraries_are_chosen() {
        let check = |listed: &str, expected: &[&str]| {
            let found: Vec<_> = chosen(listed).into_iter().collect();
            assert_eq!(found, expected, "{listed}");
        };
        check("opensmtpd\n  Depends: libc6\n |Depends: adduser\nadduser\nlibc6\n", &["libc6", "opensmtpd"]);
        check("libperl5.36\nlibpython3-stdlib\nzlib1g\nperl\n", &["zlib1g"]);
        check("<libdb5.3>\nlibc6:i386\nlibdb5.3t64\n", &["libdb5.3t64"]);
    }
}
