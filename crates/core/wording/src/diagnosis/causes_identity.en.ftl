### Causes in the certificate and the connector that should name it.

cause-c01 = { $sender ->
    [unknown] The sending server sends
   *[other] { $sender } sends
} { $presented }; connector "{ $connector }" wants { $wanted }
cause-c01-changed = { $sender ->
    [unknown] The sending server sends
   *[other] { $sender } sends
} { $presented }; mail passed with { $before }, a certificate of another name
question-c01-changed = does TlsSenderCertificateName of an inbound connector (Get-InboundConnector) match { $presented }?
note-certificate-before = the certificate with which mail passed
repair-find-certificate-name = have the inbound connector for this mail accept { $value }
ruled-out-c01-matches = connector "{ $connector }" wants { $value }, and { $presented } was sent: the names match
note-first-refusal = the first refusal
note-certificate-sent = the certificate that was sent
note-certificate-predicted = the certificate that would be sent, by the dumps; no log shows it
note-connector-wants = what the connector wants
repair-set-certificate-name = have connector "{ $connector }" accept { $value }
note-no-certificate = no certificate was sent
note-connector = the connector
repair-send-certificate = have connector "{ $connector }" present the certificate { $subject }
repair-send-certificate-unnamed = have the Send connector present the certificate { $subject }

cause-c04-self-signed = { $sender ->
    [unknown] The sending server sends
   *[other] { $sender } sends
} its own self-signed certificate { $presented } through connector "{ $connector }"
cause-c04-self-signed-unnamed = { $sender ->
    [unknown] The sending server sends
   *[other] { $sender } sends
} its own self-signed certificate { $presented }
cause-c04-internal = { $sender ->
    [unknown] The sending server sends
   *[other] { $sender } sends
} { $presented }, a certificate for inside names, through connector "{ $connector }"
cause-c04-internal-unnamed = { $sender ->
    [unknown] The sending server sends
   *[other] { $sender } sends
} { $presented }, a certificate for inside names
cause-c04-other = { $sender ->
    [unknown] The sending server sends
   *[other] { $sender } sends
} { $presented }, and connector "{ $connector }" names another certificate
cause-c04-missing = the certificate that connector "{ $connector }" names is not on the server
cause-c04-missing-unnamed = the certificate that the Send connector names is not on the server
question-c04 = is connector "{ $connector }" the Send connector through which mail goes to Microsoft 365 (Get-SendConnector)?
ruled-out-c04 = nothing shows that another certificate than { $presented } was meant
ruled-out-c04-address = mail is admitted by its address, so it does not matter that { $presented } is sent
ruled-out-c04-receive = the event is about connector "{ $connector }", which does not send this mail
note-certificate-named = the certificate that the connector names
note-no-certificate-named = the connector names none, so the choice goes by its Fqdn
note-event = the event
repair-choose-certificate = have connector "{ $connector }" present the right certificate
repair-choose-certificate-unnamed = have the Send connector present the right certificate
cause-c05 = the handshake fails with { $error }: the private key of the certificate of connector "{ $connector }" is missing or cannot be used
cause-c05-store = the certificate { $subject } has no private key on the server
ruled-out-c05-error = the handshake of connector "{ $connector }" fails with { $error }, which is not about the private key
repair-private-key = give the certificate its private key
cause-c06-event = the chain of { $presented } is not trusted: Windows says so (800B0109), most likely because { $issuer } is not sent with it
cause-c06-self-signed = { $presented } signed itself, so the far side does not trust it
cause-c06-alone = { $presented } comes without its intermediate { $issuer }, so the far side may not trust it
cause-c06 = the name is right; the chain of { $presented } may not be trusted
question-c06 = is the intermediate { $issuer } in the machine's store of intermediate authorities on every source server?
repair-send-chain = have { $issuer } sent with the certificate
cause-c12-disabled = connector "{ $connector }" would admit this mail, but it is disabled
cause-c12-partner = connector "{ $connector }" would admit this mail, but it is of type Partner, which gives no right to relay
cause-c12-none = there is no enabled connector of type OnPremises, so nobody's mail is known as the organisation's own
ruled-out-c12 = connector "{ $connector }" is enabled and of type OnPremises
note-connector-disabled = the connector, disabled
note-connector-partner = the connector, of type Partner
note-connector-removed = the connector was removed
repair-connector-on = have the connector admit the mail
cause-c15 = the identifier of the certificate has { $length } characters; more than 256 are not replicated to the Edge servers { $servers }
ruled-out-c15-no-edge = the identifier of the certificate has { $length } characters, and no Edge server is shown
ruled-out-c15-length = the identifier of the certificate has { $length } characters, at most 256 are replicated to Edge servers
repair-short-identifier = have a shorter identifier
cause-c20 = only { $server } sends { $presented } and is refused; { $others } sends another certificate, which passes
cause-c20-address = only mail from { $server } is refused; mail from { $others } passes over the same connector
ruled-out-c20 = in these files no other server's mail passes while that of { $server } is refused
note-passes-elsewhere = the same connector on another server
repair-same-certificate = have { $server } present { $presented } too
cause-p01-expired = { $presented } was past its date, { $date }
cause-p01-early = { $presented } was not valid before { $date }
question-p01 = was the certificate still in date when the mail was refused? The list has its dates in the local time of its server
ruled-out-p01 = { $presented } was in date, until { $date }
cause-p02 = Postfix presents no certificate: neither smtp_tls_chain_files nor smtp_tls_cert_file is set
question-p02 = does the connector that is meant go by a certificate, and not by the address?
ruled-out-p02 = Postfix is set to present a certificate: { $value }
repair-p02 = have Postfix present a certificate
cause-p06 = the relay finds no connector that matches; nearest is "{ $connector }" of tenant { $tenant }: { $field } wants { $wanted }, presented was { $presented }
cause-p06-none-presented = the relay finds no connector that matches; nearest is "{ $connector }" of tenant { $tenant }: { $field } wants { $wanted }, and nothing of the kind was presented
cause-p06-nothing = nothing that was presented is in the relay's directory: no connector is near
question-p06 = what did the sending server present? Its own log, or the relay's receive log, shows the certificate and the address

cause-p07 = whether this mail passes depends on a point on which Microsoft is silent; it was refused
cause-p07-bare-domain = { $presented } is the bare domain of { $value }, which Microsoft does not seem to count as a match
cause-p07-several-labels = { $presented } lies several labels below { $value }, which Microsoft does not seem to count as a match
cause-p07-presented-wildcard = the certificate holds the wildcard { $presented }, which Microsoft does not seem to count as a match for { $value }
cause-p07-owned-through-subdomain = { $value } is owned only through an accepted domain below it, which Microsoft does not seem to count
