//! What the caller of `cargo xtask test` asks for.

/// The command line after `test`.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Run long tests too.
    pub long: bool,
    /// Only these crates; none means all.
    pub crates: Vec<String>,
    /// Only tests whose name contains this.
    pub filter: Option<String>,
}

impl Options {
    /// # Errors
    /// An unknown flag, `-p` without a crate, or a second filter.
    pub fn parse(arguments: &[String]) -> Result<Options, String> {
        let mut options = Options::default();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--long" => options.long = true,
                "-p" | "--package" => {
                    let name = arguments.next().ok_or("-p needs the name of a crate")?;
                    options.crates.push(name.clone());
                }
                flag if flag.starts_with('-') => return Err(format!("no such flag: {flag}")),
                filter if options.filter.is_none() => options.filter = Some(filter.to_owned()),
                second => return Err(format!("one filter only; {second} is a second one")),
            }
        }
        Ok(options)
    }

    /// Whether the run is the whole of what CI asks, not a part picked out.
    pub fn everything(&self) -> bool {
        self.crates.is_empty() && self.filter.is_none()
    }

    /// Whether a test of this name (its crate first) is asked for.
    pub fn selects(&self, name: &str) -> bool {
        let plain = |text: &str| text.replace('-', "_");
        self.filter.as_ref().is_none_or(|filter| plain(name).contains(&plain(filter)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn parse(line: &str) -> Result<Options, String> {
        Options::parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn the_command_line_is_read() {
        let check = |line: &str, long: bool, crates: &[&str], filter: Option<&str>| {
            let crates = crates.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(parse(line), Ok(Options { long, crates, filter: filter.map(str::to_owned) }), "{line}");
        };
        check("", false, &[], None);
        check("--long", true, &[], None);
        check("-p core-a --package core-b x::y", false, &["core-a", "core-b"], Some("x::y"));
        for wrong in ["-p", "--short", "one two"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_a_run_without_choice_is_everything() {
        assert!(parse("--long").unwrap().everything());
        assert!(!parse("-p core-a").unwrap().everything());
        assert!(!parse("name").unwrap().everything());
    }

    #[test]
    fn the_filter_takes_dashes_and_underscores_alike() {
        let check = |filter: &str, name: &str, expected: bool| {
            assert_eq!(parse(filter).unwrap().selects(name), expected, "{filter}: {name}");
        };
        check("", "core-a x::y", true);
        check("core_a", "core-a x::y", true);
        check("x::y", "core-a x::y", true);
        check("core-b", "core-a x::y", false);
    }
}
