//! The kinds of evidence, and what each is called in answers.

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal,)*) => {
        /// What a file is, recognised by its content.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum EvidenceKind { $($(#[$doc])* $kind,)* }

        impl EvidenceKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// Its name in answers; its text has the id `kind-` and this.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)* }
            }
        }
    };
}

kinds! {
    /// Exchange's, or our own, log of sessions that the server opened.
    SendLog = "send-log",
    /// The log of sessions that others opened.
    ReceiveLog = "receive-log",
    /// Message tracking log, raw or as the cmdlet prints it.
    TrackingLog = "tracking-log",
    /// Connectivity log.
    ConnectivityLog = "connectivity-log",
    /// Get-Queue, Get-Message.
    Queue = "queue",
    /// Windows event log, exported.
    EventLog = "event-log",
    /// A bounce.
    Bounce = "bounce",
    /// Headers of mail that arrived.
    Headers = "headers",
    /// Exchange Online's message trace.
    MessageTrace = "message-trace",
    /// Postfix's log.
    PostfixLog = "postfix-log",
    /// Exim's main log.
    EximLog = "exim-log",
    /// sendmail's log.
    SendmailLog = "sendmail-log",
    /// `postconf -n`, or main.cf.
    PostfixSettings = "postfix-settings",
    /// What a Get-cmdlet printed.
    Dump = "dump",
    /// The Hybrid Configuration Wizard's log.
    WizardLog = "wizard-log",
    /// Its record of cmdlets, `.xhcw`.
    WizardRecord = "wizard-record",
    /// Certificates.
    Certificate = "certificate",
    /// A directory file, or export, of Postwarden.
    Directory = "directory",
    /// A reply, or a few lines around one, pasted.
    Reply = "reply",
}
