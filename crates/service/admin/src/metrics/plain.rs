//! From OpenMetrics, in which the families are written, to the older text format of Prometheus: there a counter's family
//! has its sample's name, as has what informs, and there are no units and no end mark.

/// Rewrites what is said of families; samples are the same in both.
pub(super) fn from_openmetrics(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut help = None;
    for line in text.lines() {
        if let Some(said) = line.strip_prefix("# HELP ") {
            // Its name depends on the type, which follows.
            help = said.split_once(' ');
        } else if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|said| said.split_once(' ')) {
            let (suffix, kind) = match kind {
                "counter" => ("_total", "counter"),
                "info" => ("_info", "gauge"),
                "unknown" => ("", "untyped"),
                kind => ("", kind),
            };
            if let Some((_, text)) = help.take() {
                plain.push_str(&format!("# HELP {name}{suffix} {text}\n"));
            }
            plain.push_str(&format!("# TYPE {name}{suffix} {kind}\n"));
        } else if !line.starts_with('#') {
            plain.push_str(line);
            plain.push('\n');
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::from_openmetrics;

    #[test]
    fn families_are_renamed_and_samples_stay() {
        let check = |given: &str, expected: &str| assert_eq!(from_openmetrics(given), expected, "{given}");
        check("", "");
        check(
            "# HELP a_b What it is.\n# TYPE a_b counter\na_b_total{x=\"1 # y\"} 1\n# EOF\n",
            "# HELP a_b_total What it is.\n# TYPE a_b_total counter\na_b_total{x=\"1 # y\"} 1\n",
        );
        check(
            "# HELP t_seconds T.\n# TYPE t_seconds gauge\n# UNIT t_seconds seconds\nt_seconds 1.5\n",
            "# HELP t_seconds T.\n# TYPE t_seconds gauge\nt_seconds 1.5\n",
        );
        check(
            "# HELP build B.\n# TYPE build info\nbuild_info{version=\"1\"} 1\n",
            "# HELP build_info B.\n# TYPE build_info gauge\nbuild_info{version=\"1\"} 1\n",
        );
    }
}
