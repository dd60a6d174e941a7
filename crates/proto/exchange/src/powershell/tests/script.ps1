# Connectors and accepted domains for Exchange Online, written from a directory of Postwarden.
# As it is, this script only reads, and says what it would run. With -Apply it makes the changes:
#   Connect-ExchangeOnline
#   .\connectors.ps1          # look
#   .\connectors.ps1 -Apply   # do it
param([switch]$Apply)
$ErrorActionPreference = 'Stop'

function Invoke-Change([scriptblock]$Change) {
    if ($Apply) { & $Change } else { Write-Output ('Would run: ' + $Change.ToString().Trim()) }
}

# ===== Tenant HQ's relay =====

# Accepted domain contoso.com
if (Get-AcceptedDomain | Where-Object { $_.DomainName -eq 'contoso.com' }) {
    Invoke-Change { Set-AcceptedDomain -Identity 'contoso.com' -DomainType InternalRelay -MatchSubDomains $true }
} else {
    Write-Warning ('Add and prove this domain in the Microsoft 365 admin center, Settings, Domains: ' + 'contoso.com')
    # On premises: New-AcceptedDomain -Name 'contoso.com' -DomainName 'contoso.com' -DomainType InternalRelay
}

# InboundConnector HQ's relay
#   no like there: sender_ip_addresses 192.0.0.0/16: Exchange Online takes /24 to /32; name parts of it
#   no like there: sender_ip_addresses 2001:db8::1: Exchange Online takes IPv4 only
#   no like there: pinned_certificates abababababababababababababababababababababababababababababababab: Exchange Online goes by the name alone
#   no like there: any_sender: Exchange Online asks for a sender in an accepted domain, or for the certificate
if (Get-InboundConnector | Where-Object { $_.Name -eq 'HQ''s relay' }) {
    Invoke-Change { Set-InboundConnector -Identity 'HQ''s relay' -Enabled $true -Comment 'for ‘‘us’’' -ConnectorType 'OnPremises' -SenderDomains 'smtp:*;1' -TlsSenderCertificateName '*.contoso.com' -SenderIPAddresses '192.0.2.1' -AssociatedAcceptedDomains $null -RequireTls $true -RestrictDomainsToIPAddresses $false -RestrictDomainsToCertificate $false }
} else {
    Invoke-Change { New-InboundConnector -Name 'HQ''s relay' -Enabled $true -Comment 'for ‘‘us’’' -ConnectorType 'OnPremises' -SenderDomains 'smtp:*;1' -TlsSenderCertificateName '*.contoso.com' -SenderIPAddresses '192.0.2.1' -AssociatedAcceptedDomains $null -RequireTls $true -RestrictDomainsToIPAddresses $false -RestrictDomainsToCertificate $false }
}

# OutboundConnector HQ's relay
#   no like there: address_spaces contoso.net;5: Exchange Online knows no costs
#   no like there: smart_hosts hub.example.net:2525: Exchange Online connects to port 25 alone
#   no like there: certificate = HQ's relay: Exchange Online chooses its own
#   no like there: fqdn = mail.contoso.com: Exchange Online chooses its own
if (Get-OutboundConnector | Where-Object { $_.Name -eq 'HQ''s relay' }) {
    Invoke-Change { Set-OutboundConnector -Identity 'HQ''s relay' -Enabled $true -Comment 'for ‘‘us’’' -ConnectorType 'OnPremises' -RecipientDomains 'contoso.net','*.contoso.org' -UseMXRecord $false -SmartHosts 'hub.example.net' -TlsSettings 'CertificateValidation' -TlsDomain $null }
} else {
    Invoke-Change { New-OutboundConnector -Name 'HQ''s relay' -Enabled $true -Comment 'for ‘‘us’’' -ConnectorType 'OnPremises' -RecipientDomains 'contoso.net','*.contoso.org' -UseMXRecord $false -SmartHosts 'hub.example.net' -TlsSettings 'CertificateValidation' -TlsDomain $null }
}
