# Postwarden: gathers what a diagnosis of refused mail needs from Exchange 2013, 2016, 2019 and Subscription Edition.
#
# Who may run it: a member of View-Only Organization Management for the settings; for logs and events also a local administrator of
#                 the servers, whose administrative shares are read. What you may not read is passed over and told.
# Where:          Exchange Management Shell (Windows PowerShell 5.1), on any server.
# What it does:   it reads. It changes no setting, restarts nothing and sends nothing. It writes one folder and one archive.
# What it takes:  connectors, certificates without their private keys, transport services, accepted domains, queues; of the SMTP send
#                 logs and message tracking logs only those around refusals (senders, recipients, subjects); events of
#                 certificates; the last logs of the Hybrid Configuration Wizard, if it ran as you on this machine.
#
#   .\collect.ps1                     refusals of the last 7 days, logs from 3 hours before to 3 hours after
#   .\collect.ps1 -Days 14 -Hours 6
#   .\collect.ps1 -Folder D:\case     where the archive goes
#
# The servers write their logs with some minutes' delay: what happened just now may not be in them yet.
param(
    [string]$Folder = '.',
    [int]$Days = 7,
    [int]$Hours = 3,
    [switch]$Yes
)

# Refusals of the family, and what is often mistaken for them.
$refusals = '5\.7\.64|TenantAttribution|ATTR3[56]|5\.7\.51|5\.7\.68|5\.7\.711|5\.7\.750|454 4\.7\.|4\.4\.62|NoCredentials|UnknownCredentials'
# Certificates that are missing, expired, not to be loaded; and chains that do not hold.
$transportEvents = 12014, 12015, 12016, 12017, 12018, 12019, 12023, 12024, 2015, 11022
$chainEvents = 11, 30
$stamp = (Get-Date).ToUniversalTime().ToString('yyyyMMdd-HHmmss')
$out = Join-Path $Folder "postwarden-exchange-server-$stamp"
$since = (Get-Date).AddDays(-$Days)

if (-not (Get-Command Get-SendConnector -ErrorAction SilentlyContinue)) {
    Write-Host 'Get-SendConnector is not here. Run this in the Exchange Management Shell.'
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

# Keeps events as the XML that they are, which is the same in every language.
function SaveEvents($name, $server, $filter) {
    try {
        $events = @(Get-WinEvent -ComputerName $server -FilterHashtable $filter -MaxEvents 500 -ErrorAction Stop)
        $lines = @('<Events>') + @($events | ForEach-Object { $_.ToXml() }) + @('</Events>')
        $lines | Out-File -FilePath (Join-Path $out "$name.xml") -Encoding UTF8
        Write-Host ('  {0}: {1}' -f $name, $events.Count)
    } catch {
        Write-Host ('  {0}: none, or not read: {1}' -f $name, $_.Exception.Message)
    }
}

# A folder of a server as its administrative share.
function SharePath($server, $path) {
    "\\$server\" + ("$path" -replace '^([A-Za-z]):', '$1$$')
}

Write-Host 'Settings:'
Save 'SendConnector' { Get-SendConnector -ErrorAction Stop }
Save 'ReceiveConnector' { Get-ReceiveConnector -ErrorAction Stop }
Save 'TransportService' { Get-TransportService -ErrorAction Stop }
Save 'FrontendTransportService' { Get-FrontendTransportService -ErrorAction Stop }
Save 'ExchangeServer' { Get-ExchangeServer -ErrorAction Stop }
Save 'AcceptedDomain' { Get-AcceptedDomain -ErrorAction Stop }
Save 'HybridConfiguration' { Get-HybridConfiguration -ErrorAction Stop }

$services = @(Get-TransportService)
$frontends = @(Get-FrontendTransportService)
$logs = @()
foreach ($service in $services) {
    $server = "$($service.Name)"
    Write-Host "Server ${server}:"
    # Named properties alone: with them goes the certificate, RawData, and no private key.
    Save "ExchangeCertificate-$server" {
        Get-ExchangeCertificate -Server $server -ErrorAction Stop | Select-Object Thumbprint, Subject, Issuer, SerialNumber, NotBefore,
            NotAfter, CertificateDomains, Services, Status, RootCAType, HasPrivateKey, IsSelfSigned, Identity, RawData,
            @{ Name = 'PSComputerName'; Expression = { $server } }
    }
    Save "Queue-$server" { Get-Queue -Server $server -ErrorAction Stop }
    SaveEvents "Events-Application-$server" $server @{
        LogName = 'Application'; ProviderName = 'MSExchangeTransport', 'MSExchangeFrontEndTransport'; Id = $transportEvents
        StartTime = $since
    }
    SaveEvents "Events-CAPI2-$server" $server @{
        LogName = 'Microsoft-Windows-CAPI2/Operational'; Id = $chainEvents; Level = 2; StartTime = $since
    }

    $folders = @(
        @{ Kind = 'Hub-SmtpSend'; Path = $service.SendProtocolLogPath },
        @{ Kind = 'MessageTracking'; Path = $service.MessageTrackingLogPath },
        @{ Kind = 'Hub-Connectivity'; Path = $service.ConnectivityLogPath }
    )
    foreach ($frontend in $frontends) {
        if ("$($frontend.Name)" -eq $server) {
            $folders += @{ Kind = 'FrontEnd-SmtpSend'; Path = $frontend.SendProtocolLogPath }
        }
    }
    foreach ($place in $folders) {
        if (-not "$($place.Path)") {
            continue
        }
        $share = SharePath $server $place.Path
        try {
            $found = @(Get-ChildItem -Path $share -Filter *.log -ErrorAction Stop | Where-Object { $_.LastWriteTime -ge $since })
        } catch {
            Write-Host ('  {0}: not read: {1}' -f $share, $_.Exception.Message)
            continue
        }
        foreach ($file in $found) {
            $logs += New-Object PSObject -Property @{ Server = $server; Kind = $place.Kind; File = $file }
        }
    }
}

# First the refusals: the first and the last of each server, and what was written around them.
Write-Host ('Looking for refusals in {0} logs of the last {1} days ...' -f $logs.Count, $Days)
$taken = @()
foreach ($server in @($logs | ForEach-Object { $_.Server } | Sort-Object -Unique)) {
    $own = @($logs | Where-Object { $_.Server -eq $server })
    $hits = @($own | Where-Object { $_.Kind -ne 'Hub-Connectivity' } | Where-Object {
        Select-String -Path $_.File.FullName -Pattern $refusals -List -ErrorAction SilentlyContinue
    } | Sort-Object { $_.File.LastWriteTime })
    Write-Host ('  {0}: refusals in {1} logs' -f $server, $hits.Count)
    if ($hits.Count -eq 0) {
        continue
    }
    $moments = @($hits[0].File.LastWriteTime, $hits[-1].File.LastWriteTime)
    $taken += @($own | Where-Object {
        $written = $_.File.LastWriteTime
        @($moments | Where-Object { [Math]::Abs(($written - $_).TotalHours) -le $Hours }).Count -gt 0
    })
}
if ($taken.Count -eq 0) {
    Write-Host 'No log shows a refusal. Is ProtocolLoggingLevel of the send connector Verbose? The settings are taken all the same.'
}

# The wizard's last runs on this machine, if there are any.
$wizard = @()
if ($env:APPDATA) {
    $wizardFolder = Join-Path $env:APPDATA 'Microsoft\Exchange Hybrid Configuration'
    if (Test-Path $wizardFolder) {
        $wizard = @(Get-ChildItem -Path $wizardFolder | Where-Object { $_.Extension -eq '.log' -or $_.Extension -eq '.xhcw' } |
            Sort-Object LastWriteTime -Descending | Select-Object -First 4)
    }
}

Write-Host 'To be packed, besides the settings:'
$taken | ForEach-Object { Write-Host ('  {0,12:N0} octets  {1} {2} {3}' -f $_.File.Length, $_.Server, $_.Kind, $_.File.Name) }
$wizard | ForEach-Object { Write-Host ('  {0,12:N0} octets  {1}' -f $_.Length, $_.Name) }
$sizes = @($taken | ForEach-Object { $_.File.Length }) + @($wizard | ForEach-Object { $_.Length })
Write-Host ('  {0,12:N0} octets before packing' -f ($sizes | Measure-Object -Sum).Sum)
if (-not $Yes -and (Read-Host 'Copy and pack it? [y/N]') -notmatch '^(y|yes)$') {
    Write-Host "No log was copied. The settings lie in $out"
    return
}
foreach ($log in $taken) {
    $to = Join-Path (Join-Path $out $log.Server) $log.Kind
    if (-not (Test-Path $to)) {
        New-Item -ItemType Directory -Path $to | Out-Null
    }
    try {
        Copy-Item -Path $log.File.FullName -Destination $to -ErrorAction Stop
    } catch {
        Write-Host ('  {0}: not copied: {1}' -f $log.File.FullName, $_.Exception.Message)
    }
}
$wizard | ForEach-Object { Copy-Item -Path $_.FullName -Destination $out }
Compress-Archive -Path (Join-Path $out '*') -DestinationPath "$out.zip"
Write-Host "Done. Look into it if you wish, then:  postwarden diagnose $out.zip"
