### Causes in addresses, domains and senders.

cause-c02 = mail comes from { $address }; connector "{ $connector }" admits { $registered }
ruled-out-c02-holds = connector "{ $connector }" admits { $address }, from which mail comes
cause-c03 = connector "{ $connector }" names neither a certificate nor an address, so it recognises nobody
question-c03 = Was connector "{ $connector }" meant to admit this mail?
ruled-out-c03 = connector "{ $connector }" says whom it admits
cause-c19 = mail leaves over IPv6, from { $address }; Exchange Online's connectors know IPv4 addresses only
ruled-out-c19 = mail comes from { $address }, over IPv4
note-address-seen = the address that the far side sees
note-connector-addresses = the addresses that the connector admits
repair-add-address = add { $address } to connector "{ $connector }"
repair-accept-domain = have { $domain } accepted and verified
repair-ipv4-only = have the mail leave over IPv4, or present a certificate that a connector names
cause-c08 = connector "{ $connector }" matches by { $value }, but { $domain } is not an accepted domain
cause-c08-sender = connector "{ $connector }" matches by { $value }, but neither { $domain } nor the sender's { $sender } is an accepted domain
cause-c08-said = a connector matches, but neither the certificate's domain nor the sender's is an accepted domain
question-c08 = Which domains are accepted (Get-AcceptedDomain), and which of them is that of the certificate or of the sender?
cause-c09 = mail with the null sender (bounces, out-of-office replies) passes only by a certificate whose domain is accepted
cause-c10 = the sender's domain { $sender } is not accepted: forwarded mail, or an application that sends under a foreign name
cause-c11 = the sender's domain { $sender } is not accepted; { $accepted } is, which does not include it
cause-c18 = one message from { $sender }, which is not accepted, to several domains ({ $recipients }): the far side cannot choose
question-c18 = Does the same message pass when it is sent to each recipient alone?
ruled-out-c18 = mail from { $sender } to a single domain is refused too
ruled-out-owned = connector "{ $connector }" matches by { $value }, and that domain is accepted: then every sender passes
note-accepted-domain = the accepted domain
note-passed-alone = to one domain alone it passed
