### Causes on the way, and what evidence is missing.

cause-c07 = STARTTLS is not offered, so no certificate is presented: something on the way takes it out
cause-c07-masked = a firewall masks the conversation and takes STARTTLS out, so no certificate is presented
cause-c07-broken = the handshake breaks with { $error }; something on the way may interfere
cause-c07-not-used = the sender never asks for TLS (connector "{ $connector }"), so it presents no certificate
cause-c07-not-used-unnamed = the sender never asks for TLS, so it presents no certificate
question-c07 = is there a firewall or a gateway that inspects SMTP or TLS between the server and Exchange Online?
ruled-out-c07 = the session ran over TLS
note-no-starttls = the far side's words as they arrive, without STARTTLS
repair-let-starttls-through = let STARTTLS through
repair-use-tls = have the sender use TLS
cause-c14 = { $server }, a server of somebody else's, handed the mail over: its certificate and address count, not yours
question-c14 = is { $server } a service (signatures, security gateway) that returns your mail to Microsoft 365?
ruled-out-c14 = { $server }, which handed the mail over, is of the organisation's own domain
repair-c14 = have { $server } present a certificate for your organisation alone, and a connector name it
note-path = the way that the mail took
cause-c16 = a device or an application seems to send straight to the far side, for outside recipients, and no connector knows it
cause-c16-address = a device or an application at { $address } seems to send straight to the far side, for outside recipients, and no connector knows it
question-c16 = is the sender a device or an application rather than a mail server?
ruled-out-c16 = { $server } wrote the bounce: a mail server sent it, not a device
repair-c16 = make a connector for its public address, or have it send through a mail server
cause-c17 = the smart host { $host } is not the organisation's own endpoint
cause-c17-said = the mail goes to the wrong region: the smart host is not the organisation's own, or no connector matches there
question-c17 = which smart host does the connector name, and is it the one under Domains in the Microsoft 365 admin center?
ruled-out-c17 = the smart host { $host } is an endpoint of Exchange Online
note-smart-host = the smart host
repair-smart-host = send to { $host }
cause-c21 = if this mail was a test by a tool, it proves nothing: the tool presents no certificate, and the connector goes by one
question-c21 = was the refused mail a test by a script or a tool (Send-MailMessage, telnet, swaks), not by the mail server?
ruled-out-c21 = a certificate was presented
repair-c21 = test through the mail server, or with a tool that presents the certificate
cause-c23-blocked = the connector is blocked as abused (5.7.711); this is no matter of attribution
cause-c23-unregistered = the organisation is blocked for mail from unregistered domains (5.7.750); this is no matter of attribution
cause-c23-unregistered-sender = the organisation is blocked for mail from unregistered domains (5.7.750), such as { $sender }; this is no matter of attribution
note-connector-blocked = the blocked connector
repair-unblock = find the abuse, then unblock the connector
repair-register = register the domains that send, and have the block lifted
cause-p03 = a Partner connector of the recipient's side restricts who may send (5.7.51), and certificate or address do not meet it
repair-p03 = look which connector restricts; in a hybrid organisation have the right certificate sent
cause-p04 = the recipient's organisation refuses direct send (5.7.68): the sender is in its own domain and no connector knows the server
repair-p04 = make a connector for the sender's address, or for its certificate
cause-p05 = the connector demands TLS (454 4.7.0), and the mail came without, or with a certificate that does not match
repair-p05 = have the sender use TLS with the right certificate

missing-send-log = the Send connector's protocol log: it shows which certificate was really sent. Switch it on for the connector to Microsoft 365, wait for a refusal, and bring the file; local administrators of the server may read it
missing-postfix-settings = Postfix's settings: they show which certificate it presents
missing-client-certificate = the file with the certificate that Postfix presents, without the key: the log does not name it
missing-inbound-connectors = the inbound connectors (Exchange Online PowerShell): they show what certificate or address is wanted
missing-all-connectors = all inbound connectors, not one of them: another may be the one that decides
missing-accepted-domains = the accepted domains (Exchange Online PowerShell): they show who owns the certificate's and the sender's domain
missing-send-connectors = the Send connectors (Exchange Management Shell): they show which certificate is meant to be sent
missing-exchange-certificates = the certificates of each source server (Exchange Management Shell), without keys
next-repair-and-test = make the repair, then send a message to an outside recipient; an hour may pass until Exchange Online knows of a change
next-repair-and-test-relay = make the repair, then send a message to an outside recipient; Postwarden takes it into force at once
next-bring-a-refusal = bring what shows the refusal: the Send connector's protocol log, a message tracking log, or the bounce
remark-beyond = There are headers of more mail that passed than are kept; the rest is left out. Fewer files, or --since, show more.
next-answer-the-question = answer the question: it decides whether this is the cause
remark-no-refusal = No refusal of the 5.7.64 family is in these files.
remark-ceiling-bounce = A bounce shows the class of the refusal and whose mail it was, not which certificate was sent.
remark-ceiling-tracking = A tracking log or queue shows since when, which connector, server and senders, not which certificate was sent.
remark-ceiling-mta = This log does not name the certificate that was sent; the server's settings do.
remark-status-only = The log shows the status 5.7.64 without the words of the reply. Whether a connector matched (ATTR36) or none did, only the bounce tells.
remark-predicted = The certificate is predicted from the dumps of connectors and certificates; only a Send log shows what was sent.
remark-passed-on = { $server } passed the refusal on: what { $server } presents to Microsoft 365 counts, and its own log shows that (of Exchange's front end: FrontEnd\ProtocolLog\SmtpSend).
remark-passes-again = Mail to the same recipients passed again the same way at { $time }, after the last refusal.
remark-several-organizations = Dumps of several organisations are here, { $first } and { $second }. Only those of the organisation whose mail is refused tell anything: nothing is certain until the others are left out.
remark-other-tenants = That another tenant claims the same certificate or address cannot be seen from here.
remark-trace = Refused mail is in no message trace: it belongs to no tenant. That it is missing there proves nothing else.
remark-wrong-region = 4.4.62 ATTR35 has the same causes as 5.7.64: no connector matches where the mail arrives.
remark-attempts-beyond = { $count } further attempts were of too many different kinds to be kept, and are in no count here; --since narrows it down.
remark-wizard-set = { $confirmed ->
    [no] The Hybrid Configuration Wizard was to set
   *[yes] The Hybrid Configuration Wizard set
} { $property } of { $object } to { $after }{ $clock ->
    [local] {" "}at { $time } (local time of its machine)
    [utc] {" "}at { $time } UTC
   *[none] {""}
}; { $known ->
    [before] before, it was { $before }
    [last] an earlier run had set it to { $before }
   *[none] what it was before is not told
}{ $confirmed ->
    [no] . Whether it succeeded the file does not tell
   *[yes] {""}
} ({ $place }).
remark-wizard-left = The Hybrid Configuration Wizard found { $property } of { $object } to be { $after }{ $clock ->
    [local] {" "}at { $time } (local time of its machine)
    [utc] {" "}at { $time } UTC
   *[none] {""}
}, and left it so ({ $place }).
