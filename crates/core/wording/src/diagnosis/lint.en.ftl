### Findings of lint: an id for each code, `lint-` in front. Then what mends them, and what could not be judged.

severity-broken = broken
severity-will-break = will break
severity-doubtful = doubtful

## The frame

lint-clean = Nothing wrong was found
lint-clean-as-far-as-judged = Nothing wrong was found, as far as it could be judged
lint-nothing-read = Nothing was read that lint looks at
lint-summary = Broken: { $broken }; will break: { $willbreak }; doubtful: { $doubtful }
lint-more = { $count ->
    [one] one more of this kind
   *[other] { $count } more of this kind
}
section-unjudged = Not judged, since it is not shown

## Certificate names of inbound connectors

lint-unowned-name = Inbound connector "{ $connector }" ({ $tenant }) wants { $value }, but { $domain } is not one of the tenant's accepted domains: the connector admits only senders of accepted domains, and no bounces (MC1226222, first anti-pattern: a certificate domain that is not accepted)
lint-unverified-name = Inbound connector "{ $connector }" ({ $tenant }) wants { $value }, and { $domain } is registered but not verified
lint-name-of-another-tenant = Inbound connector "{ $connector }" ({ $tenant }) wants { $value }, but { $held } belongs to tenant { $other }: no certificate below { $domain } counts for it
lint-name-owned-below = Inbound connector "{ $connector }" ({ $tenant }) wants { $value }; accepted is only { $below } below { $domain }, and Microsoft does not say whether that is enough
lint-name-out-of-bounds = Inbound connector "{ $connector }" ({ $tenant }) wants { $value }, and anybody can register below { $domain }: the name is ignored
lint-name-unreadable = Inbound connector "{ $connector }" wants "{ $value }", which is no domain name: no certificate matches it

## What an inbound connector says of who may come

lint-identifies-nobody = Inbound connector "{ $connector }" ({ $tenant }) has neither a certificate name nor addresses: it identifies nobody
lint-disabled = Inbound connector "{ $connector }" ({ $tenant }) is disabled: it admits nobody
lint-tls-not-required = Inbound connector "{ $connector }" ({ $tenant }) wants the certificate { $value } and does not require TLS, without which no certificate comes
lint-restriction-without-addresses = Partner connector "{ $connector }" ({ $tenant }) takes mail only from its addresses, and has none
lint-restriction-without-name = Partner connector "{ $connector }" ({ $tenant }) takes mail only with its certificate, and names none
lint-addresses-not-enforced = Partner connector "{ $connector }" ({ $tenant }) has addresses, and takes mail from any other too
lint-name-not-enforced = Partner connector "{ $connector }" ({ $tenant }) has a certificate name, and takes mail with any other too
lint-partner-for-own-servers = Connector "{ $connector }" ({ $tenant }) is of type Partner, and { $value } is the tenant's own: if it is meant for your own servers, their mail is not relayed by it
lint-scope-met-by-nobody = Inbound connector "{ $connector }" ({ $tenant }) is for senders of { $scope }, and by address admits only senders of the tenant's accepted domains, none of which is among them
lint-connector-blocked = Exchange Online has blocked connector "{ $connector }" as compromised: its mail gets 550 5.7.711

## Connectors that are never chosen, and overlaps

lint-shadowed = Inbound connector "{ $connector }" ({ $tenant }) is never chosen: "{ $winner }" comes before it by name and takes all that it would take (rules A5, A7)
lint-name-shadowed = Inbound connector "{ $connector }" ({ $tenant }) is never chosen by { $value }: "{ $winner }" has the same name and comes first (rule A5)
lint-range-shadowed = Inbound connector "{ $connector }" ({ $tenant }) is never chosen by { $value }: "{ $winner }" has the same addresses and comes first (rule A7)
lint-names-overlap = { $value } of inbound connector "{ $connector }" ({ $tenant }) lies within { $othervalue } of "{ $other }": for certificates of both, "{ $connector }" wins, being more specific (rule A5)
lint-names-overlap-between-tenants = { $value } of inbound connector "{ $connector }" ({ $tenant }) lies within { $othervalue } of "{ $other }" of tenant { $othertenant }: for certificates of both, { $tenant } wins, being more specific (rule A5)
lint-ranges-overlap = { $range } of inbound connector "{ $connector }" ({ $tenant }) lies within { $otherrange } of "{ $other }": from there "{ $connector }" wins, having the longer prefix (rule A7)
lint-ranges-overlap-between-tenants = { $range } of inbound connector "{ $connector }" ({ $tenant }) meets { $otherrange } of "{ $other }" of tenant { $othertenant }: from there the sender's domain decides, and bounces belong to neither (rule A7)
lint-addresses-of-several-tenants = { $range } of inbound connector "{ $connector }" ({ $tenant }) meets { $otherrange } of "{ $other }" of tenant { $othertenant } (MC1226222, second anti-pattern: addresses that other tenants use too; it may stop working without notice)

## Addresses

lint-ipv6-not-taken = Inbound connector "{ $connector }" ({ $tenant }) has { $range }: Exchange Online takes no IPv6 addresses
lint-range-too-wide = Inbound connector "{ $connector }" ({ $tenant }) has { $range }: Exchange Online takes nothing wider than /24
lint-address-never-seen = Inbound connector "{ $connector }" ({ $tenant }) has { $range }, a private address: Exchange Online sees the public one behind which your servers are
lint-address-of-exchange-online = Inbound connector "{ $connector }" ({ $tenant }) has { $range }, from which Exchange Online sends for all its tenants (MC1226222, second anti-pattern: addresses that other tenants use too)
lint-range-perhaps-shared = Inbound connector "{ $connector }" ({ $tenant }) has { $range }: if a hoster or a service also sends for others from there, this is MC1226222's second anti-pattern, addresses that other tenants use too
lint-any-sender-shared = any_sender of inbound connector "{ $connector }" ({ $tenant }) has no effect: { $range } and { $otherrange } of two tenants meet, { $tenant } and { $othertenant } ("{ $other }") (rule A7)
lint-any-sender-public = Inbound connector "{ $connector }" ({ $tenant }) takes mail of any sender from { $range }: whoever has an address there can send anything

## Domains and ways out

lint-domain-unverified = Domain { $domain } of tenant { $tenant } is not verified: no mail is attributed by it, and another tenant may verify it
lint-match-subdomains-unused = Accepted domain { $domain } has MatchSubDomains and is Authoritative: its subdomains are accepted only if it is InternalRelay
lint-no-route = Tenant { $tenant } may send, and has no enabled send connector: its mail gets 451 4.4.4 (rule A13)
lint-route-never-chosen = Send connector "{ $connector }" ({ $tenant }) is never chosen: "{ $winner }" has the same address spaces and comes first (rule A13)
lint-certificate-over-optional-tls = Send connector "{ $connector }" ({ $tenant }) presents a certificate, and sends without TLS where none is offered: the mail then comes unidentified
lint-refused-by-apply = apply refuses this directory: { $place }: { $why }

## Certificates

lint-certificate-expired = Certificate { $certificate } ({ $place }) expired on { $date }
lint-certificate-expires = Certificate { $certificate } ({ $place }) expires on { $date }: { $days } days are left, fewer than { $within }
lint-certificate-not-yet-valid = Certificate { $certificate } ({ $place }) is valid only from { $date }
lint-intermediate-missing = Certificate { $certificate } ({ $place }) is there without its issuer { $issuer }: unless that is a root which the far side trusts, the chain is incomplete
lint-certificate-twice = { $count } certificates on { $place } have the issuer and subject of { $certificate }: Exchange takes the one that expires last, { $thumbprint }
lint-certificate-status = Exchange calls certificate { $certificate } ({ $place }) { $status }: where its chain is incomplete on the server, it is sent without its intermediates
lint-certificate-without-key = Certificate { $certificate } ({ $place }) is to be presented and has no private key there
lint-certificate-self-signed = Certificate { $certificate } ({ $place }) is to be presented and signed itself: Exchange Online takes it for no proof

## Send connectors of Exchange

lint-certificate-name-dangling = Send connector "{ $connector }" wants { $name }, and no server has such a certificate: mail waits with 454 4.7.5
lint-server-lacks-certificate = Send connector "{ $connector }" wants { $name }, and source server { $server } has no such certificate
lint-certificate-name-too-long = TlsCertificateName of Send connector "{ $connector }" has { $length } characters; beyond 256 it does not reach Edge servers, which then send another certificate
lint-certificate-not-chosen = Send connector "{ $connector }" has neither a TlsCertificateName nor a public Fqdn ("{ $fqdn }"): Exchange chooses a certificate by the server's inner name, often one that signed itself
lint-starttls-ignored = Send connector "{ $connector }" has { $property } { $value }: no TLS, no certificate
lint-send-tls-not-required = Send connector "{ $connector }" has { $property } { $value }: where TLS fails, mail goes without it and without a certificate
lint-send-tls-not-validated = Send connector "{ $connector }" has { $property } "{ $value }": it does not look whose server it talks to
lint-send-logging-off = Send connector "{ $connector }" has { $property } { $value }: no log will show which certificate was sent
lint-certificate-not-admitted = Send connector "{ $connector }" presents { $certificate }, which no inbound connector admits; the nearest, "{ $inbound }", wants { $wanted }
lint-outbound-tls-domain-unmatched = Outbound connector "{ $connector }" wants { $wanted } of your servers, and none of their certificates has that name
lint-hybrid-certificate-differs = Send connector "{ $connector }" has { $own }, Get-HybridConfiguration { $wizards }: the wizard's next run sets its own again

## What mends it

mend-set-name = Set the certificate name of connector "{ $connector }" to { $value }
mend-accept-domain = Add { $domain } to the tenant's accepted domains and verify it
mend-set-flag = Set { $field } of connector "{ $connector }" to { $value }
mend-set-on-premises = If it is for your own servers: make "{ $connector }" a connector of type OnPremises
mend-fill = Set { $field } to what is meant
mend-drop-range = Take { $range } out of connector "{ $connector }"
mend-narrow-range = Write the addresses of your own servers in place of { $range } into connector "{ $connector }"
mend-remove-connector = Remove connector "{ $connector }"
mend-add-send-connector = Give tenant { $tenant } a send connector
mend-unblock = Have the connector released; it takes up to an hour
mend-internal-relay = Make { $domain } an internal relay domain
mend-renew-certificate = Renew { $certificate } with the same names
mend-public-certificate = Present a certificate of a public authority instead
mend-repair-key = Join the certificate with its key, or import it again together with it
mend-import-intermediates = Import the intermediates into the server's store of intermediate authorities
mend-append-issuer = Append { $issuer } to the file
mend-remove-old-certificate = Remove the others, once nothing uses them
mend-choose-certificate = Have "{ $connector }" present a certificate that the servers have
mend-import-certificate = Import the certificate with its key on { $server }
mend-shorter-certificate = Have a certificate issued whose issuer and subject are shorter together, such as one with a CN alone
mend-set-fqdn = Set the Fqdn of "{ $connector }" to a name in the certificate
mend-set-property = Set { $property } of "{ $connector }" to { $value }
mend-set-tls-domain = Set the TlsDomain of "{ $connector }" to a name that your servers' certificate has
mend-hybrid-to-connector = If the connector is right: tell the wizard's object

## What could not be judged

unjudged-domains = whether the certificate names of inbound connectors are owned: not all accepted domains are shown
unjudged-field = { $field } of connector "{ $connector }": it is not shown, or not the whole of it
unjudged-certificates = which certificate Send connector "{ $connector }" presents: the certificates of the servers are not shown
