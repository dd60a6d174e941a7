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
