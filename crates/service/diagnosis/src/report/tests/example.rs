//! A case as an administrator would have it, answered: what the reports are looked at with.

use jiff::Timestamp;

use crate::answer::{
    Cause, Certainty, Comparison, Diagnosis, Lane, Message, Missing, ProofLine, ReadFile, RefusalSeen, Repair,
    RepairSide, RuledOut, Span, Unread,
};

/// A message whose text is there already.
pub(super) fn message(code: &'static str, text: &str) -> Message {
    Message { code, arguments: Default::default(), text: text.to_owned() }
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn line(file: &str, line: u64, text: &str, mark: &str, note: &str) -> ProofLine {
    ProofLine {
        file: file.to_owned(),
        line,
        text: text.to_owned(),
        note: Some(message("proof", note)),
        mark: Some(mark.to_owned()),
    }
}

/// A certificate that was renewed under another name; a second server that still sends the old one.
pub(super) fn renewed() -> Diagnosis {
    Diagnosis {
        causes: vec![first(), second()],
        ruled_out: vec![RuledOut {
            code: "C07",
            reason: message("ruled-out", "the sessions ran over TLS"),
            proof: vec![line(
                "ex01/SEND2026010509-1.LOG",
                412,
                "…TLS protocol SP_PROT_TLS1_2_CLIENT negotiation succeeded…",
                "succeeded",
                "TLS",
            )],
        }],
        missing: vec![Missing {
            what: message("missing", "Get-AcceptedDomain of the tenant: whether contoso.net is one of its domains"),
            commands: vec!["Get-AcceptedDomain | Export-Clixml accepted-domains.xml".to_owned()],
        }],
        unread: vec![Unread {
            file: "case.zip/photo.jpg".to_owned(),
            line: None,
            reason: message("problem-not-recognised", "not recognised as any kind of evidence"),
        }],
        next: vec![Missing {
            what: message("next", "Show the accepted domains (Exchange Online PowerShell)"),
            commands: vec!["Get-AcceptedDomain | Export-Clixml accepted-domains.xml".to_owned()],
        }],
        remarks: vec![message("remark", "A refused message is in no message trace: attribution comes before it.")],
        refusals: vec![RefusalSeen {
            reply: "550 5.7.64 TenantAttribution; Relay Access Denied".to_owned(),
            witness: "send-log",
            count: 57,
            first: Some(at("2026-01-05T09:30:12Z")),
            last: Some(at("2026-01-06T10:02:40Z")),
            servers: vec!["ex01.contoso.local".to_owned()],
            connectors: vec!["Outbound to Office 365".to_owned()],
            senders: vec!["contoso.com".to_owned(), "<>".to_owned()],
        }],
        timeline: vec![lane("ex01.contoso.local", true), lane("ex02.contoso.local", false)],
        read: vec![ReadFile {
            file: "ex01/SEND2026010509-1.LOG".to_owned(),
            kinds: vec!["send-log"],
            records: 18_412,
            from: Some(at("2026-01-02T08:00:00Z")),
            to: Some(at("2026-01-06T10:02:40Z")),
        }],
    }
}

fn first() -> Cause {
    let record = "2026-01-05T09:30:11.402Z,Outbound to Office 365,08DE3C0D9730A8D2,9,192.0.2.7:16547,203.0.113.25:25,*,\" \
                  CN=mail.contoso.net CN=Example Issuing CA 3, O=Example Trust, C=US 0A1B2C3D4E5F60718293 \
                  9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B 2026-01-05T00:00:00.000Z 2026-07-23T23:59:59.000Z \
                  mail.contoso.net;autodiscover.contoso.net\",Sending certificate Subject Issuer name Serial number Thumbprint \
                  Not before Not after Subject alternate names";
    let reply = "2026-01-05T09:30:12.118Z,Outbound to Office 365,08DE3C0D9730A8D2,17,192.0.2.7:16547,203.0.113.25:25,<,550 \
                 5.7.64 TenantAttribution; Relay Access Denied [DB5EUR01FT004.eop-EUR01.prod.protection.outlook.com],";
    Cause {
        code: "C01",
        certainty: Certainty::Certain,
        statement: message(
            "c01",
            "Exchange sends CN=mail.contoso.net; connector \"Inbound from HQ\" wants *.contoso.com",
        ),
        comparison: Some(Comparison {
            field: "TlsSenderCertificateName".to_owned(),
            wanted: "*.contoso.com".to_owned(),
            presented: "mail.contoso.net".to_owned(),
        }),
        proof: vec![
            line("ex01/SEND2026010509-1.LOG", 415, record, "CN=mail.contoso.net", "the certificate that was sent"),
            line(
                "inbound.json",
                16,
                "  \"TlsSenderCertificateName\": \"*.contoso.com\",",
                "*.contoso.com",
                "the name wanted",
            ),
            line("ex01/SEND2026010509-1.LOG", 423, reply, "550 5.7.64 TenantAttribution", "the answer"),
        ],
        since: Some(at("2026-01-05T09:30:12Z")),
        last_worked: Some(at("2026-01-05T09:12:44Z")),
        explains: 57,
        repair: vec![Repair {
            side: RepairSide::ExchangeOnline,
            what: message(
                "repair",
                "let \"Inbound from HQ\" take the new name, once contoso.net is an accepted domain",
            ),
            commands: vec![
                "# contoso.net has to be an accepted domain".to_owned(),
                "Set-InboundConnector -Identity 'Inbound from HQ' -TlsSenderCertificateName '*.contoso.net'".to_owned(),
            ],
        }],
        question: None,
        precedence: 0,
    }
}

fn second() -> Cause {
    Cause {
        code: "C22",
        certainty: Certainty::Possible,
        statement: message("c22", "the connector was changed less than an hour before the last refusal"),
        comparison: None,
        proof: Vec::new(),
        since: None,
        last_worked: None,
        explains: 3,
        repair: Vec::new(),
        question: Some(message("question", "does a message sent now still get refused?")),
        precedence: 0,
    }
}

fn lane(server: &str, is_renewed: bool) -> Lane {
    let old = Span {
        certificate: "mail.contoso.com".to_owned(),
        thumbprint: "AB12CD34EF56AB12CD34EF56AB12CD34EF56AB12".to_owned(),
        from: at("2026-01-02T08:00:00Z"),
        to: at(if is_renewed { "2026-01-05T09:12:44Z" } else { "2026-01-06T09:59:01Z" }),
        accepted: 412,
        refused: 0,
        refused_since: None,
    };
    let new = Span {
        certificate: "mail.contoso.net".to_owned(),
        thumbprint: "9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B".to_owned(),
        from: at("2026-01-05T09:30:11Z"),
        to: at("2026-01-06T10:02:40Z"),
        accepted: 0,
        refused: 57,
        refused_since: Some(at("2026-01-05T09:30:12Z")),
    };
    let spans = if is_renewed { vec![old, new] } else { vec![old] };
    Lane { server: server.to_owned(), connector: "Outbound to Office 365".to_owned(), spans }
}
