//! The command in a prompt line, for an administrator who copied it with its output: which cmdlet printed what follows, and
//! whether it was asked for everything.

/// `[PS] C:\>Get-SendConnector | fl`, understood as far as it matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Command {
    /// The noun of the first `Get-` cmdlet, in lower case: `sendconnector`.
    pub(super) noun: Box<str>,
    /// Whether nothing in the command leaves objects out.
    pub(super) is_whole: bool,
}

/// Cmdlets behind a pipe that hand every object on, in lower case.
const HANDING_ON: [&str; 13] = [
    "fl",
    "format-list",
    "ft",
    "format-table",
    "sort",
    "sort-object",
    "convertto-json",
    "convertto-csv",
    "export-csv",
    "export-clixml",
    "out-string",
    "out-file",
    "tee-object",
];

/// Parameters of a Get-cmdlet that leave nothing out, in lower case.
const HARMLESS: [&str; 4] = ["-resultsize", "-domaincontroller", "-includetestmodeconnectors", "-verbose"];

impl Command {
    /// What stands behind the prompt in a line; `None` where the line is no prompt. An empty text: a prompt without a command.
    pub(super) fn behind_prompt(line: &str) -> Option<&str> {
        let line = line.trim_start();
        let is_prompt = line.starts_with("[PS]") || line.starts_with("PS ") || line.contains("]: PS ");
        let (_, command) = line.split_once('>').filter(|_| is_prompt)?;
        Some(command.trim())
    }

    /// Reads a line that is a prompt, or a command that stands by itself. `None` for other text, and for other commands.
    pub(super) fn in_line(line: &str) -> Option<Self> {
        let text = Self::behind_prompt(line).unwrap_or(line.trim());
        let text = match text.split_once('=') {
            // $connectors = Get-SendConnector
            Some((variable, rest)) if variable.trim_start().starts_with('$') => rest.trim(),
            _ => text,
        };
        let mut segments = text.split('|').map(str::trim);
        let mut words = segments.next()?.split_whitespace();
        let cmdlet = words.next()?.trim_start_matches(['(', '@']).to_ascii_lowercase();
        let noun =
            cmdlet.strip_prefix("get-").filter(|noun| noun.bytes().all(|octet| octet.is_ascii_alphanumeric()))?;
        let is_whole = names_nothing(words) && segments.all(hands_on);
        Some(Self { noun: noun.into(), is_whole })
    }
}

/// Whether the arguments of a Get-cmdlet leave nothing out: a name, a filter or a server may.
fn names_nothing<'a>(words: impl Iterator<Item = &'a str>) -> bool {
    let mut after_harmless = false;
    for word in words {
        let is_harmless = HARMLESS.iter().any(|harmless| word.to_ascii_lowercase().starts_with(harmless));
        if !is_harmless && !after_harmless {
            return false;
        }
        after_harmless = is_harmless;
    }
    true
}

fn hands_on(segment: &str) -> bool {
    let lower = segment.to_ascii_lowercase();
    let cmdlet = lower.split_whitespace().next().unwrap_or_default();
    let selects = matches!(cmdlet, "select" | "select-object");
    let skips = ["-first", "-last", "-skip", "-unique", "-index"].iter().any(|word| lower.contains(word));
    HANDING_ON.contains(&cmdlet) || (selects && !skips)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_cmdlet_and_whether_it_asked_for_all() {
        let check = |line: &str, expected: Option<(&str, bool)>| {
            let command = Command::in_line(line);
            assert_eq!(command.as_ref().map(|command| (&*command.noun, command.is_whole)), expected, "{line}");
        };
        check(r"[PS] C:\>Get-SendConnector | fl", Some(("sendconnector", true)));
        check(
            r"PS C:\Users\admin> get-inboundconnector|select Name,Enabled|ft -AutoSize",
            Some(("inboundconnector", true)),
        );
        check("[ex01]: PS C:\\>Get-AcceptedDomain -ResultSize Unlimited | fl", Some(("accepteddomain", true)));
        check("Get-InboundConnector \"Inbound from HQ\" | fl", Some(("inboundconnector", false)));
        check("Get-InboundConnector -Identity hq | fl", Some(("inboundconnector", false)));
        check("Get-InboundConnector | ? {$_.Enabled} | fl", Some(("inboundconnector", false)));
        check("Get-InboundConnector | where Enabled | fl", Some(("inboundconnector", false)));
        check("Get-InboundConnector | select -First 1 | fl", Some(("inboundconnector", false)));
        check("$c = Get-SendConnector", Some(("sendconnector", true)));
        check("Name : Get-SendConnector", None);
        check("PS C:\\>", None);
        check("", None);
    }
}
