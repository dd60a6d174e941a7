//! Links of Markdown files to files of the tree lead somewhere. Links to the web and anchors are not looked up.

use super::{Complaint, File};

/// Looks at every inline link of every Markdown file; `exists` answers for a path from the root.
pub fn check(files: &[File], exists: impl Fn(&str) -> bool) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for file in files.iter().filter(|file| file.path.ends_with(".md")) {
        let mut fenced = false;
        for (index, line) in file.text.lines().enumerate() {
            if line.trim_start().starts_with("```") {
                fenced = !fenced;
            }
            if fenced {
                continue;
            }
            for target in targets(line) {
                if !local_path(&file.path, target).is_none_or(|path| exists(&path)) {
                    let text = format!("links to {target}, which does not exist: mend the link or add the file");
                    complaints.push(Complaint::new(format!("{}:{}", file.path, index + 1), text));
                }
            }
        }
    }
    complaints
}

/// What stands in the round brackets of `[text](target)`, without a title.
fn targets(line: &str) -> Vec<&str> {
    let mut targets = Vec::new();
    for part in line.split("](").skip(1) {
        if let Some(end) = part.find([')', ' ']) {
            targets.push(&part[..end]);
        }
    }
    targets
}

/// The path from the root that a target means, if it means a file of the tree.
fn local_path(from: &str, target: &str) -> Option<String> {
    let path = target.split('#').next().unwrap_or_default();
    if path.is_empty() || path.contains("://") || path.starts_with("mailto:") {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            // Above the root there is nothing to find: the empty name stays and cannot exist.
            ".." if parts.pop().is_none() => return Some("..".to_owned() + "/" + path),
            ".." => {}
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn links_lead_somewhere() {
        let check = |path: &str, text: &str, expected: usize| {
            let files = [File { path: path.to_owned(), text: text.to_owned() }];
            let tree = ["README.md", "docs", "docs/guide.md", "deny.toml"];
            let complaints = check(&files, |path| tree.contains(&path));
            assert_eq!(complaints.len(), expected, "{path}: {text}: {complaints:?}");
        };
        check("README.md", "[guide](docs/guide.md), [web](https://example.com/x), [here](#top)", 0);
        check("README.md", "[guide](docs/guide.md#part) and [folder](docs/)", 0);
        check("README.md", "[titled](docs/guide.md \"The guide\")", 0);
        check("README.md", "[gone](docs/gone.md) [gone](gone.md)", 2);
        check("docs/guide.md", "[up](../README.md) [side](./guide.md) [deny](../deny.toml)", 0);
        check("docs/guide.md", "[no](README.md)", 1);
        check("docs/guide.md", "[out](../../README.md)", 1);
        check("docs/guide.md", "```\n[code](nothing)\n```\n", 0);
        check("notes.txt", "[gone](gone.md)", 0);
    }
}
