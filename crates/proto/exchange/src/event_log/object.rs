//! Entries as Get-WinEvent and Get-EventLog print them.

use super::Event;
use crate::exact_time::exact_time;

impl Event {
    /// An entry from its properties, the items of a list joined by semicolons. `None`: it is none.
    #[must_use]
    pub fn of_object(line: u64, property: &dyn Fn(&str) -> Option<String>) -> Option<Self> {
        let first = |names: &[&str]| names.iter().find_map(|name| property(name)).filter(|value| !value.is_empty());
        let provider = first(&["ProviderName", "Source"])?;
        // An instance's number has the severity in its upper half, as Windows keeps it.
        let id = match first(&["Id", "EventID"]) {
            Some(id) => id.trim().parse().ok()?,
            None => u32::try_from(first(&["InstanceId"])?.trim().parse::<i64>().ok()? & 0xffff).ok()?,
        };
        let mut event = Self { line, provider, id, ..Self::default() };
        event.at = first(&["TimeCreated", "TimeGenerated"]).as_deref().and_then(exact_time);
        event.computer = first(&["MachineName"]);
        event.add_message(&first(&["Message"])?);
        Some(event)
    }
}
