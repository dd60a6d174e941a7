//! Commands are pasted into a shell with an administrator's rights, and names in them come from dumps that somebody sent.

use std::sync::Arc;

use proto_exchange::RemoteReply;
use proto_exchange::dump::{Shown, TransportService};

use super::world::{CONNECTOR, PLAIN, World};
use crate::evidence::{Attempt, EvidenceKind, Observed, Outcome, Proof, SourceId};

#[test]
fn a_name_with_a_line_end_is_no_command_of_its_own() {
    let mut world = World::new();
    world.evidence.sources[0].kinds = vec![EvidenceKind::TrackingLog];
    let service = TransportService {
        name: "EX1\r\nRemove-Item C:\\ -Recurse".into(),
        send_protocol_log_path: Shown::Whole(Some("C:\\Logs\n\u{2028}Stop-Computer".into())),
        ..TransportService::default()
    };
    world.evidence.configuration.transport_services.push(Observed { object: service, source: SourceId(3) });
    let outcome = Outcome::Answered(Arc::new(RemoteReply::find(PLAIN).unwrap()), None);
    let attempt = Attempt::new(EvidenceKind::TrackingLog, outcome, Proof::new(SourceId(0), 1, PLAIN));
    let diagnosis = world.attempt(Attempt { connector: Some(CONNECTOR.into()), ..attempt }).diagnose();
    let commands: Vec<&String> = diagnosis.missing.iter().flat_map(|missing| &missing.commands).collect();
    assert!(commands.iter().any(|command| command.contains("Remove-Item")), "the server is not named: {commands:?}");
    for command in commands {
        assert!(!command.contains(|c: char| c.is_control() || c == '\u{2028}'), "{command:?} is several lines");
    }
}
