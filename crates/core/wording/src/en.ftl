### Texts in English. The ids are those of cs.ftl; keys of the directory file, replies and values are shown as they are.

## Verdicts

passes = Passes (rule { $rule })
passes-originating = Passes as originating mail of { $tenant } through connector "{ $connector }" (rule { $rule })
passes-incoming = Passes as incoming mail to { $tenant } through connector "{ $connector }" (rule { $rule })
passes-without-connector = Passes as incoming mail to { $tenant } (rule { $rule })
refused = Refused: { $reply } (rule { $rule })
undetermined = Undetermined: the verdict depends on { $facts }

branch = { $assuming }: { $verdict }
branch-refused = refused, { $reply } (rule { $rule })
branch-passes = passes for tenant { $tenant } through connector "{ $connector }" (rule { $rule })
branch-passes-without-connector = passes for tenant { $tenant } (rule { $rule })
assumption = { $fact } = { $value }
incomplete = There are more values than can be followed here; give what is missing.

## Headings

repair = Repair: { $instruction }
repair-unknown = Repair: no single change is known that would let it pass
repair-also = Also: { $instruction }
heading-branches = The verdict under each value:
heading-presented = The client presented:
heading-considered = Connectors compared:
heading-others = Other connectors:
nearest = Nearest: { $whose }
whose-connector = connector "{ $connector }" of tenant { $tenant }
whose-tenant = tenant { $tenant }
comparison = { $field }: { $reason } (rule { $rule })
nearest-reason = { $reason } (rule { $rule })
label-field = field
label-wanted = wanted
label-presented = presented
more-fields = { $count ->
    [one] one more field
   *[other] { $count } more fields
}
not-shown = { $count ->
    [one] One more connector was near and is not shown.
   *[other] { $count } more connectors were near and are not shown.
}

## What the client presented

presented-address = address { $value }
presented-names = certificate for { $value }
presented-subject = subject of the certificate: { $value }
presented-thumbprint = SHA-256 of the certificate: { $value }
presented-tls = TLS without a certificate
presented-fault = fault of the certificate: { $value }
presented-mail-from = sender's domain: { $value }
presented-rcpt-to = recipient's domain: { $value }

## Reasons

reason-decided = this connector decided
reason-came-later = it would have admitted the mail too, but another connector came first
reason-ambiguous = another tenant's connector matches just as well, and neither tenant holds the sender's domain
reason-out-of-bounds = nobody may register this (bounds of rule A0), so it is ignored
reason-disabled = the connector is disabled
reason-wrong-type = a Partner connector does not make mail the tenant's own
reason-no-certificate = the client presented no certificate
reason-name-differs = no presented name matches
reason-certificate-denied = the operator denied this certificate
reason-key-not-proved = the client did not prove that it has the certificate's key
reason-not-pinned = the certificate is none of the pinned ones
reason-untrusted = the certificate does not lead to a trusted root
reason-expired = the certificate, or one of its chain, has expired
reason-not-yet-valid = the certificate, or one of its chain, is not valid yet
reason-wrong-use = the certificate is for neither client nor server authentication
reason-not-for-clients = the certificate is not for client authentication, which the connector demands
reason-name-constraint = an authority of the chain may not issue for this name
reason-domain-unverified = the tenant has not verified the domain of its certificate name
reason-domain-not-accepted = the domain of its certificate name is no accepted domain of the tenant
reason-name-of-another = the presented name lies in a domain that another tenant verified
reason-address-differs = the client's address is in none of the ranges
reason-address-unknown = the client's address is not known
reason-sender-not-held = by address only senders from the tenant's verified domains pass
reason-null-sender = by address the null sender does not pass
reason-out-of-scope = the sender's domain is out of the connector's scope
reason-not-associated = the sender's domain is none of the associated accepted domains
reason-tls-required = the connector demands TLS
reason-foreign-sender = another tenant holds the sender's domain
reason-direct-send = the tenant refuses unattributed mail from its own domains
reason-no-route = no send connector of the tenant takes mail for the recipient's domain
reason-suspended = the operator has suspended the tenant, and its mail waits until it is resumed

## Edits

edit-set = Set { $field } of connector "{ $connector }" (tenant { $tenant }) from { $from } to { $to }
edit-set-first = Set { $field } of connector "{ $connector }" (tenant { $tenant }) to { $to }
edit-add = Add { $to } to { $field } of connector "{ $connector }" (tenant { $tenant })
edit-verify-domain = Register the accepted domain { $to } at tenant { $tenant } and verify it
edit-present-certificate = On the sending server: present a trusted certificate whose name matches { $to }
edit-mend-certificate = On the sending server: present { $from } with a chain that can be trusted: in date, with its intermediates, for server or client authentication
edit-mend-certificate-unnamed = On the sending server: present a certificate with a chain that can be trusted: in date, with its intermediates, for server or client authentication
edit-mend-certificate-faults = On the sending server: mend the certificate, for { $faults }
edit-use-tls = On the sending server: use STARTTLS
edit-use-own-sender = On the sending server: send from a domain of the tenant's own, such as { $to }, and not from { $from }
edit-add-connector = Add an inbound connector with { $field } = { $to } to tenant { $tenant }
edit-add-tenant = Register a tenant that has the verified domain { $to }; nobody holds it
edit-resume = The operator ends the suspension: postwarden tenant resume "{ $tenant }"

## Faults of a certificate chain

fault-self-signed-leaf = it is self-signed
fault-untrusted-root = its chain ends in { $root }, which is not trusted
fault-missing-issuer = its chain ends at { $subject }, whose issuer { $issuer } was neither sent nor is trusted
fault-expired = { $subject } expired on { $date }
fault-not-yet-valid = { $subject } is valid only from { $date }
fault-wrong-use = it is for neither client nor server authentication
fault-denied = the operator denied it
fault-name-constraint = an authority of its chain may not issue for this name
fault-uncheckable-key = its key is of a kind that cannot be checked
fault-bad-signature = the signature of { $subject } is wrong
fault-unreadable = its chain cannot be followed: { $detail }

## Values

value-no-certificate = no certificate
value-no-tls = no TLS
value-no-name = no DNS name
value-no-domain = no domain
value-unknown = unknown
value-not-verified = not verified
value-not-accepted = not an accepted domain
value-server-only = server authentication only
value-null-sender = <> (the null sender)
value-any-other = any other
value-no-named-certificate = none that a connector names
value-matches-nothing = one that matches nothing presented
value-matches-owned = one that matches, in an accepted domain
value-matches-unowned = one that matches, in no accepted domain
value-yes = yes
value-no = no

## Facts

fact-remote-ip = the client's address
fact-tls = TLS
fact-certificate = the client's certificate
fact-mail-from = the sender (MAIL FROM)
fact-rcpt-to = the recipient (RCPT TO)
fact-unseen-by-certificate = whether a connector that is not shown matches the certificate
fact-unseen-by-address = whether a connector that is not shown matches the address
fact-accepted-domain = whether { $domain } is an accepted domain of the tenant
fact-field = { $field } of connector "{ $connector }"
fact-reading-bare-domain = whether *.d matches d itself
fact-reading-several-labels = whether *.d matches several labels below d
fact-reading-presented-wildcard = whether a presented wildcard matches a name below it
fact-reading-owned-through-subdomain = whether an accepted domain covers the domains below it
fact-reading-tie-to-sender = whether the sender's domain decides between connectors that match alike
fact-reading-server-use = whether a certificate for servers only proves names
fact-reading-recipient-fallback = whether by address the recipient's domain stands in for the sender's

## Rules

rule-a0 = bounds of what may be registered
rule-a1 = names that a certificate proves
rule-a2 = trust in a certificate
rule-a3 = match of value and name
rule-a4 = ownership of the value's domain
rule-a5 = certificate pass
rule-a6 = certificate without ownership
rule-a7 = address pass
rule-a8 = originating mail
rule-a9 = incoming mail
rule-a10 = refusal
rule-a11 = our own fault is temporary
rule-a12 = one snapshot, one verdict a recipient
rule-a13 = routes
rule-a14 = suspension
