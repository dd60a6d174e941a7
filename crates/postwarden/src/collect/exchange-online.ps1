# Postwarden: gathers what a diagnosis of refused mail needs from Exchange Online.
#
# Who may run it: a member of View-Only Organization Management, or a Global Reader; for the message trace also View-Only
#                 Recipients or Organization Management. What you may not read is passed over and told.
# Where:          Exchange Online PowerShell, in Windows PowerShell 5.1 or PowerShell 7, after Connect-ExchangeOnline.
# What it does:   it reads, by Get-cmdlets alone. It changes no setting and sends nothing. It writes one folder and one archive.
# What it takes:  connectors, accepted domains, the organisation's settings, blocked connectors, and the message trace of the last
#                 hours (senders, recipients, subjects). A message refused with 5.7.64 is in no trace: its absence tells, too.
#
#   .\collect.ps1                     the trace of the last 24 hours
#   .\collect.ps1 -TraceHours 0       no trace
#   .\collect.ps1 -Folder D:\case     where the archive goes
param(
    [string]$Folder = '.',
    [int]$TraceHours = 24,
    [switch]$Yes
)

# The most rows that one query of the trace gives.
$most = 5000
$stamp = (Get-Date).ToUniversalTime().ToString('yyyyMMdd-HHmmss')
$out = Join-Path $Folder "postwarden-exchange-online-$stamp"

if (-not (Get-Command Get-InboundConnector -ErrorAction SilentlyContinue)) {
    Write-Host 'Get-InboundConnector is not here. Type Connect-ExchangeOnline first.'
    return
}
New-Item -ItemType Directory -Path $out | Out-Null

# Keeps what a block of cmdlets gives, whole: Clixml shortens no list.
function Save($name, $block) {
    try {
        $objects = @(& $block)
        $objects | Export-Clixml -Path (Join-Path $out "$name.xml") -Depth 4
        Write-Host ('  {0}: {1}' -f $name, $objects.Count)
    } catch {
        Write-Host ('  {0}: not read: {1}' -f $name, $_.Exception.Message)
    }
}

Write-Host 'Reading:'
Save 'InboundConnector' { Get-InboundConnector -ErrorAction Stop }
Save 'OutboundConnector' { Get-OutboundConnector -IncludeTestModeConnectors $true -ErrorAction Stop }
Save 'AcceptedDomain' { Get-AcceptedDomain -ErrorAction Stop }
Save 'OrganizationConfig' { Get-OrganizationConfig -ErrorAction Stop }
Save 'BlockedConnector' { Get-BlockedConnector -ErrorAction Stop }

if ($TraceHours -gt 0) {
    $end = (Get-Date).ToUniversalTime()
    $begin = $end.AddHours(-$TraceHours)
    if (Get-Command Get-MessageTraceV2 -ErrorAction SilentlyContinue) {
        Save 'MessageTrace' { Get-MessageTraceV2 -StartDate $begin -EndDate $end -ResultSize $most -ErrorAction Stop }
    } else {
        Save 'MessageTrace' { Get-MessageTrace -StartDate $begin -EndDate $end -PageSize $most -ErrorAction Stop }
    }
}

$files = @(Get-ChildItem -Path $out)
Write-Host 'To be packed:'
$files | ForEach-Object { Write-Host ('  {0,12:N0} octets  {1}' -f $_.Length, $_.Name) }
Write-Host ('  {0,12:N0} octets' -f ($files | Measure-Object -Property Length -Sum).Sum)
if (-not $Yes -and (Read-Host 'Pack it? [y/N]') -notmatch '^(y|yes)$') {
    Write-Host "Nothing was packed. What was read lies in $out"
    return
}
Compress-Archive -Path (Join-Path $out '*') -DestinationPath "$out.zip"
Write-Host "Done. Look into it if you wish, then:  postwarden diagnose $out.zip"
