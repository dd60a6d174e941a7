//! What the program needs of the system that it runs on, told by the program itself (`readelf`). It shall need nothing but the C
//! library and the unwinder that comes with it: everything else is linked in.

use std::path::Path;
use std::process::Command;

use super::answer;

/// The libraries that may be asked for: Debian's package of each, and the family of its symbol versions.
const LIBRARIES: [(&str, &str, &str); 5] = [
    ("libc.so.6", "libc6", "GLIBC"),
    ("libm.so.6", "libc6", "GLIBC"),
    ("ld-linux-x86-64.so.2", "libc6", "GLIBC"),
    ("ld-linux-aarch64.so.1", "libc6", "GLIBC"),
    ("libgcc_s.so.1", "libgcc-s1", "GCC"),
];

/// What the program is linked to.
#[derive(Debug, PartialEq, Eq)]
pub struct Linked {
    /// Debian packages, each with the least version that has what is asked for.
    pub packages: Vec<(&'static str, String)>,
}

/// Asks the program.
///
/// # Errors
/// It needs a library that is not on the list.
pub fn inspect(binary: &Path) -> Result<Linked, String> {
    let said = answer(Command::new("readelf").args(["--wide", "--dynamic", "--version-info"]).arg(binary))?;
    linked(&String::from_utf8_lossy(&said)).map_err(|problem| format!("{}: {problem}", binary.display()))
}

fn linked(said: &str) -> Result<Linked, String> {
    let needed: Vec<&str> = said.lines().filter(|line| line.contains("(NEEDED)")).filter_map(bracketed).collect();
    if needed.is_empty() {
        return Err("readelf names no library at all".to_owned());
    }
    let mut packages: Vec<(&'static str, String)> = Vec::new();
    for library in needed {
        let known = LIBRARIES.iter().find(|(name, _, _)| *name == library);
        let Some((_, package, family)) = known else {
            return Err(format!("needs {library}, which is no part of the C library: link it in"));
        };
        if packages.iter().all(|(name, _)| name != package) {
            packages.push((package, newest(said, family).ok_or_else(|| format!("no version of {library}"))?));
        }
    }
    packages.sort();
    Ok(Linked { packages })
}

/// What stands in square brackets: `Shared library: [libc.so.6]`.
fn bracketed(line: &str) -> Option<&str> {
    line.split_once('[')?.1.split_once(']').map(|(name, _)| name)
}

/// The newest version of a family of symbols: `Name: GLIBC_2.34  Flags: none`.
fn newest(said: &str, family: &str) -> Option<String> {
    let named = said.lines().filter_map(|line| line.split_once("Name: ")?.1.split_whitespace().next());
    let versions = named.filter_map(|name| name.strip_prefix(family)?.strip_prefix('_'));
    let numbers = versions.filter_map(|version| version.split('.').map(|part| part.parse().ok()).collect());
    let newest: Vec<u32> = numbers.max()?;
    Some(newest.iter().map(u32::to_string).collect::<Vec<_>>().join("."))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    const SAID: &str = "\
 0x0000000000000001 (NEEDED)             Shared library: [libgcc_s.so.1]
 0x0000000000000001 (NEEDED)             Shared library: [libm.so.6]
 0x0000000000000001 (NEEDED)             Shared library: [libc.so.6]
  0x0010:   Name: GLIBC_2.9  Flags: none  Version: 12
  0x0020:   Name: GLIBC_2.34  Flags: none  Version: 2
  0x0030:   Name: GLIBC_2.2.5  Flags: none  Version: 3
  0x0040:   Name: GCC_4.2.0  Flags: none  Version: 4
  0x0050:   Name: GLIBC_PRIVATE  Flags: none  Version: 5
";

    #[test]
    fn packages_follow_from_libraries() {
        let packages = vec![("libc6", "2.34".to_owned()), ("libgcc-s1", "4.2.0".to_owned())];
        assert_eq!(linked(SAID), Ok(Linked { packages }));
        let with_another = SAID.replace("libm.so.6", "libssl.so.3");
        assert!(linked(&with_another).unwrap_err().contains("needs libssl.so.3"));
        assert!(linked("").is_err());
    }

    #[test]
    fn a_test_of_ours_needs_no_more_either() {
        // It is linked as the program is, but for what the program links in.
        if Command::new("readelf").arg("--version").output().is_err() {
            println!("skipped: readelf: not installed");
            return;
        }
        inspect(&std::env::current_exe().unwrap()).unwrap();
    }
}
