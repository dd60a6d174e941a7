//! Event logs as text and as tables.

#![no_main]

use libfuzzer_sys::fuzz_target;
use proto_exchange::event_log::{Event, EventTable, EventText, begins_as_text, is_table_row};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let _ = begins_as_text(&text);
    let mut each = |event: Event| drop(event.facts());
    let mut log = EventText::default();
    let mut lines = text.lines();
    let mut table = EventTable::new(lines.next().unwrap_or_default());
    for (number, line) in (1..).zip(lines) {
        log.take(number, line, &mut each);
        let _ = is_table_row(line);
        table.take(number, line, &mut |_, event| drop(event.map(|event| event.facts())));
    }
    log.finish(&mut each);
    table.finish(&mut |_, event| drop(event.map(|event| event.facts())));
});
