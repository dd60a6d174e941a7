### The frame of a diagnosis.

certainty-certain = certain
certainty-likely = likely
certainty-possible = possible

## The first two lines

headline-cause = Cause { $code } ({ $certainty }): { $statement }
headline-question = To be sure: { $question }
headline-refused = No cause is shown yet for { $reply } ({ $extent })
headline-no-refusal = No refusal and no cause was found in what was read
headline-nothing-read = Nothing was read that could tell a cause
headline-bring = Next: { $what }
headline-bring-anything = Next: hand over a bounce, a protocol log or the tracking log of the time of the refusal
headline-no-repair = There is nothing to repair as far as these files tell

refusals-counted = { $count ->
    [one] one refusal
   *[other] { $count } refusals
}
extent-at = { $times }, { $at }
extent-span = { $times }, { $from } to { $to }

## Sections

section-proof = Proof
section-repair = Repair
section-others = Other causes
section-refusals = Refusals
section-ruled-out = Ruled out
section-timeline = Certificates sent, in the course of time (UTC)
section-missing = What is missing
section-unread = What was not understood
section-next = What to do next
section-remarks = Remarks
section-read = What was read
section-picture = The way of the mail

## Proof

comparison-title = { $field } does not match what was presented:
since = Refused since { $at }
last-worked = Last time it worked: { $at }
explains = { $count ->
    [one] Explains one refusal
   *[other] Explains { $count } refusals
}
more-proof = { $count ->
    [one] One more line shows it; --json and --html have it.
   *[other] { $count } more lines show it; --json and --html have them.
}
more-timeline = The timeline is longer; --json and --html have it all.
more-unread = { $count ->
    [one] One more place; --json and --html have it.
   *[other] { $count } more places; --json and --html have them.
}

## Repair

repair-at = { $side }: { $what }
side-exchange-online = Exchange Online PowerShell
side-exchange-server = Exchange Management Shell (2013 and later)
side-exchange-2010 = Exchange Management Shell (2010)
side-postfix = Postfix
side-postwarden = Postwarden
side-network = Network

## Refusals

refusal-servers = Sending servers: { $list }
refusal-connectors = Send connectors: { $list }
refusal-senders = Senders' domains: { $list }

## Timeline

timeline-lane = { $server }, connector "{ $connector }"
timeline-accepted = { $count ->
    [one] one message accepted
   *[other] { $count } messages accepted
}
timeline-refused = { $count ->
    [one] one message refused
   *[other] { $count } messages refused
}
timeline-refused-since = { $refused }, since { $since }
timeline-no-answer = no answer is shown

## What was read

read = Read: { $files }, { $records }
read-span = { $read }, { $from } to { $to }
read-files = { $count ->
    [one] one file
   *[other] { $count } files
}
read-records = { $count ->
    [one] one record
   *[other] { $count } records
}

## The page

page-title = Diagnosis of refused mail
page-evidence = Made from the files named below; nothing was changed and nothing was sent anywhere.
page-private = This page holds names and addresses from your logs. postwarden diagnose --redact masks them.
column-file = File
column-kind = Kind
column-records = Records
column-from = From
column-to = To
column-certificate = Certificate
column-mail = Mail
picture-server = Sending server
picture-connector = Send connector
picture-presented = Presented
picture-wanted = The far side wants
picture-reply = Reply
picture-unknown = not shown
picture-more = and { $count } more
picture-description = Mail goes from { $server } through { $connector }. Presented: { $presented }. Wanted: { $wanted }. Reply: { $reply }
picture-broken = The way is broken here
timeline-description = For each sending server and connector the certificates that it sent, from { $from } to { $to }. Red: refused; green: accepted; yellow: both.

## Kinds of evidence

refusal-witness = { $extent }, shown by: { $kind }
kind-send-log = SMTP send log
kind-receive-log = SMTP receive log
kind-tracking-log = message tracking log
kind-connectivity-log = connectivity log
kind-queue = queue
kind-event-log = event log
kind-bounce = bounce
kind-headers = headers of a message
kind-message-trace = message trace
kind-postfix-log = Postfix log
kind-exim-log = Exim log
kind-sendmail-log = sendmail log
kind-postfix-settings = settings of Postfix
kind-dump = objects of Exchange
kind-wizard-log = log of the Hybrid Configuration Wizard
kind-wizard-record = record of the Hybrid Configuration Wizard
kind-certificate = certificate
kind-directory = directory of Postwarden
kind-reply = pasted reply
