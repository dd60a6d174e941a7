//! The answer, in the form that machines read. Keys of causes, repairs and proofs are part of the contract; texts are in the
//! language that was asked for, next to the codes they come from.

use std::collections::BTreeMap;

use core_wording::{Language, say};
use jiff::Timestamp;
use serde::Serialize;

/// A code with its arguments, and its text. The code is the id of the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Message {
    /// The id of the text.
    pub code: &'static str,
    /// The arguments by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub arguments: BTreeMap<&'static str, String>,
    /// The text; empty until [`Diagnosis::worded`].
    pub text: String,
}

/// How sure a cause is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// It would explain what is seen, and nothing shown speaks against it; a question decides.
    Possible,
    /// The evidence points to it, one link is inferred.
    Likely,
    /// The two values that should be equal are both shown, or the far side said it in so many words.
    Certain,
}

/// The side that a repair is made on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RepairSide {
    /// Exchange Online PowerShell.
    ExchangeOnline,
    /// Exchange 2013 and later, Exchange Management Shell.
    ExchangeServer,
    /// Exchange 2010, PowerShell 2.0.
    #[serde(rename = "exchange-2010")]
    Exchange2010,
    /// Postfix.
    Postfix,
    /// A Postwarden relay.
    Postwarden,
    /// The network between, or a device.
    Network,
}

/// A line of a file that shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProofLine {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// What stands there.
    pub text: String,
    /// What it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Message>,
    /// The part of the text that matters: it is marked for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
}

/// Two values that should be equal, or match, and are not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// The field, by Microsoft's name: `TlsSenderCertificateName`, or by the directory file's.
    pub field: String,
    /// What the far side wants.
    pub wanted: String,
    /// What was presented.
    pub presented: String,
}

/// What to do on one side. Commands can be pasted as they are; each is one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Repair {
    /// Where.
    pub side: RepairSide,
    /// What the commands do, in a sentence.
    pub what: Message,
    /// The commands, in order; lines that begin with `#` explain.
    pub commands: Vec<String>,
}

/// A cause that the evidence supports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// `C01` to `C23`, or a code of ours beyond.
    pub code: &'static str,
    /// How sure.
    pub certainty: Certainty,
    /// What is wrong, in a sentence with the values.
    pub statement: Message,
    /// The values that differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
    /// The lines, the most telling first.
    pub proof: Vec<ProofLine>,
    /// The first refusal that it explains.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// The last time before that when it worked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_worked: Option<Timestamp>,
    /// How many refusals it explains, as far as the files tell.
    pub explains: u64,
    /// The repairs, the best first: one is enough unless they say so.
    pub repair: Vec<Repair>,
    /// What to find out where it is not certain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<Message>,
    /// Of causes that are equally sure the higher comes first: it says more precisely what another says too.
    #[serde(skip)]
    pub precedence: u8,
}

/// A cause that the evidence speaks against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuledOut {
    /// Its code.
    pub code: &'static str,
    /// By what.
    pub reason: Message,
    /// The lines that show it.
    pub proof: Vec<ProofLine>,
}

/// What is not there and would tell more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// The piece of evidence, and what it would tell.
    pub what: Message,
    /// How to get it.
    pub commands: Vec<String>,
}

/// What could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unread {
    /// The file.
    pub file: String,
    /// The line; none for the whole file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Why.
    pub reason: Message,
}

/// What was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReadFile {
    /// The file.
    pub file: String,
    /// What it is.
    pub kinds: Vec<&'static str>,
    /// Rows, objects or messages understood.
    pub records: u64,
    /// Time of the first record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Time of the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
}

/// Refusals of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RefusalSeen {
    /// The reply, without its tail.
    pub reply: String,
    /// The kind of file that shows them. The same mail may be refused in several kinds.
    pub witness: &'static str,
    /// How many.
    pub count: u64,
    /// The first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<Timestamp>,
    /// The last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<Timestamp>,
    /// Sending servers.
    pub servers: Vec<String>,
    /// Send connectors.
    pub connectors: Vec<String>,
    /// Domains of senders; `<>` for the null sender.
    pub senders: Vec<String>,
}

/// Which certificate one server sent through one connector, in the course of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lane {
    /// The server.
    pub server: String,
    /// The send connector.
    pub connector: String,
    /// What it sent, in order of time.
    pub spans: Vec<Span>,
}

/// A stretch of a lane.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Span {
    /// The certificate's name; empty: none was sent.
    pub certificate: String,
    /// Its thumbprint.
    pub thumbprint: String,
    /// First seen.
    pub from: Timestamp,
    /// Last seen.
    pub to: Timestamp,
    /// Messages that passed.
    pub accepted: u64,
    /// Messages that were refused.
    pub refused: u64,
    /// The first refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused_since: Option<Timestamp>,
}

/// The whole answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
    /// The causes, the likeliest first.
    pub causes: Vec<Cause>,
    /// What is ruled out.
    pub ruled_out: Vec<RuledOut>,
    /// What is missing.
    pub missing: Vec<Missing>,
    /// What could not be read, or was lost.
    pub unread: Vec<Unread>,
    /// What to do next: three at most.
    pub next: Vec<Missing>,
    /// Remarks: how far this evidence can tell, and what it does not mean.
    pub remarks: Vec<Message>,
    /// The refusals.
    pub refusals: Vec<RefusalSeen>,
    /// The certificates in the course of time.
    pub timeline: Vec<Lane>,
    /// What was read.
    pub read: Vec<ReadFile>,
}

impl Message {
    /// A message without its text yet.
    #[must_use]
    pub fn new(code: &'static str, arguments: &[(&'static str, &str)]) -> Self {
        let arguments = arguments.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self { code, arguments, text: String::new() }
    }

    pub(crate) fn word(&mut self, language: Language) {
        let arguments: Vec<(&'static str, &str)> =
            self.arguments.iter().map(|(name, value)| (*name, &**value)).collect();
        self.text = say(self.code, &arguments, language);
    }
}

impl Diagnosis {
    /// The same with every text in a language.
    #[must_use]
    pub fn worded(mut self, language: Language) -> Self {
        self.each_message(&mut |message| message.word(language));
        self
    }

    /// Every command of the answer.
    pub(crate) fn each_command(&mut self, visit: &mut dyn FnMut(&mut String)) {
        let repairs = self.causes.iter_mut().flat_map(|cause| &mut cause.repair).map(|repair| &mut repair.commands);
        let missing = self.missing.iter_mut().chain(&mut self.next).map(|missing| &mut missing.commands);
        repairs.chain(missing).flatten().for_each(visit);
    }

    /// Every message of the answer.
    pub(crate) fn each_message(&mut self, visit: &mut dyn FnMut(&mut Message)) {
        for cause in &mut self.causes {
            visit(&mut cause.statement);
            cause.proof.iter_mut().filter_map(|line| line.note.as_mut()).for_each(&mut *visit);
            cause.repair.iter_mut().for_each(|repair| visit(&mut repair.what));
            cause.question.iter_mut().for_each(&mut *visit);
        }
        for ruled_out in &mut self.ruled_out {
            visit(&mut ruled_out.reason);
            ruled_out.proof.iter_mut().filter_map(|line| line.note.as_mut()).for_each(&mut *visit);
        }
        self.missing.iter_mut().chain(&mut self.next).for_each(|missing| visit(&mut missing.what));
        self.unread.iter_mut().for_each(|unread| visit(&mut unread.reason));
        self.remarks.iter_mut().for_each(visit);
    }
}
