//! The Debian package, by `dpkg-deb`. What its scripts do is in `packaging/debian`.

use std::fmt::Write as _;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::binary::Linked;
use super::contents::File;
use super::tarball::{EXECUTABLE, empty, level, put};
use super::{Build, answer, at};

/// What the scripts and a node on a bare system need beside the libraries.
const DEPENDS: [&str; 2] = ["adduser", "ca-certificates"];

/// Debian wants an address; there is none yet, and this never will be one (RFC 2606 §2).
const MAINTAINER: &str = "Postwarden maintainers <maintainers@postwarden.invalid>";

/// The scripts that `dpkg` runs.
const SCRIPTS: [&str; 3] = ["postinst", "prerm", "postrm"];

/// Places whose files an administrator changes, so that an upgrade leaves them alone.
const CONFIGURATION: &str = "etc/";

/// Places whose files Debian wants compressed.
const COMPRESSED: [&str; 2] = ["usr/share/man/", "/THIRD-PARTY-NOTICES"];

/// Makes it, and says where it is.
///
/// # Errors
/// A file cannot be written, or `dpkg-deb` or `gzip` fails.
pub fn make(build: &Build, linked: &Linked, revision: Option<u32>, files: &[File]) -> Result<PathBuf, String> {
    let tree = empty(&build.output.join("deb"))?;
    let mut installed = Vec::new();
    for file in files {
        let Some(place) = &file.debian else { continue };
        let path = tree.join(place);
        put(&path, &file.octets, file.executable)?;
        if COMPRESSED.iter().any(|part| place.contains(part)) {
            answer(Command::new("gzip").args(["--force", "--no-name", level(build)]).arg(&path))?;
            installed.push(format!("{place}.gz"));
        } else {
            installed.push(place.clone());
        }
    }
    let version = version(&build.version, revision);
    let architecture = answer(Command::new("dpkg").arg("--print-architecture"))?;
    let architecture = String::from_utf8_lossy(&architecture).trim().to_owned();
    let size = size(&tree, &installed)?;
    let control = tree.join("DEBIAN");
    put(&control.join("control"), control_file(&version, &architecture, linked, size).as_bytes(), false)?;
    put(&control.join("conffiles"), conffiles(&installed).as_bytes(), false)?;
    put(&control.join("md5sums"), &sums(&tree, &installed)?, false)?;
    for script in SCRIPTS {
        let source = build.root.join("packaging/debian").join(script);
        put(&control.join(script), &fs::read(&source).map_err(|error| at(&source, &error))?, true)?;
    }
    open_folders(&tree)?;
    let package = build.output.join(format!("postwarden_{version}_{architecture}.deb"));
    let mut deb = Command::new("dpkg-deb");
    deb.env("SOURCE_DATE_EPOCH", build.time.to_string()).arg("--root-owner-group");
    deb.arg(if build.quick { "-Znone" } else { "-Zxz" }).arg("--build").arg(&tree).arg(&package);
    answer(&mut deb)?;
    fs::remove_dir_all(&tree).map_err(|error| at(&tree, &error))?;
    Ok(package)
}

/// Debian's version: a pre-release stands before its release there by a tilde.
fn version(version: &str, revision: Option<u32>) -> String {
    let version = version.replacen('-', "~", 1);
    revision.map_or_else(|| version.clone(), |revision| format!("{version}-{revision}"))
}

fn control_file(version: &str, architecture: &str, linked: &Linked, size: u64) -> String {
    let libraries = linked.packages.iter().map(|(package, least)| format!("{package} (>= {least})"));
    let depends: Vec<String> = DEPENDS.iter().map(ToString::to_string).chain(libraries).collect();
    format!(
        "Package: postwarden\n\
         Version: {version}\n\
         Architecture: {architecture}\n\
         Maintainer: {MAINTAINER}\n\
         Installed-Size: {size}\n\
         Depends: {}\n\
         Section: mail\n\
         Priority: optional\n\
         Description: multi-tenant SMTP relay that knows whose mail it is\n \
         Postwarden recognises the sending server by its TLS client certificate or its\n \
         address, attributes mail to a tenant through inbound connectors, relays only\n \
         for verified domains, and explains every refusal.\n",
        depends.join(", ")
    )
}

fn conffiles(installed: &[String]) -> String {
    let places = installed.iter().filter(|place| place.starts_with(CONFIGURATION));
    places.fold(String::new(), |mut text, place| {
        let _ = writeln!(text, "/{place}");
        text
    })
}

/// Kilobytes of the files, each rounded up (Debian Policy §5.6.20).
fn size(tree: &Path, installed: &[String]) -> Result<u64, String> {
    let sizes = installed.iter().map(|place| {
        let path = tree.join(place);
        fs::metadata(&path).map(|metadata| metadata.len().div_ceil(1024)).map_err(|error| at(&path, &error))
    });
    sizes.sum()
}

fn sums(tree: &Path, installed: &[String]) -> Result<Vec<u8>, String> {
    let plain = installed.iter().filter(|place| !place.starts_with(CONFIGURATION));
    answer(Command::new("md5sum").args(plain).current_dir(tree))
}

/// Everybody may look into every folder, whatever the umask was.
fn open_folders(folder: &Path) -> Result<(), String> {
    fs::set_permissions(folder, Permissions::from_mode(EXECUTABLE)).map_err(|error| at(folder, &error))?;
    for entry in fs::read_dir(folder).map_err(|error| at(folder, &error))? {
        let path = entry.map_err(|error| at(folder, &error))?.path();
        if path.is_dir() {
            open_folders(&path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn versions_are_debians() {
        let check = |cargo: &str, revision, expected: &str| assert_eq!(version(cargo, revision), expected);
        check("0.1.0", None, "0.1.0");
        check("0.1.0", Some(2), "0.1.0-2");
        check("1.0.0-rc.1", Some(1), "1.0.0~rc.1-1");
    }

    #[test]
    fn the_control_file_names_what_is_needed() {
        let linked = Linked { packages: vec![("libc6", "2.34".to_owned()), ("libgcc-s1", "4.2.0".to_owned())] };
        let text = control_file("0.1.0", "amd64", &linked, 7);
        let depends = "\nDepends: adduser, ca-certificates, libc6 (>= 2.34), libgcc-s1 (>= 4.2.0)\n";
        assert!(text.contains(depends) && text.contains("\nInstalled-Size: 7\n"), "{text}");
        assert!(text.ends_with("refusal.\n") && !text.contains("\n\n"), "{text}");
        let places = ["etc/postwarden/postwarden.toml".to_owned(), "usr/bin/postwarden".to_owned()];
        assert_eq!(conffiles(&places), "/etc/postwarden/postwarden.toml\n");
    }
}
