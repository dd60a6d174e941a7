### What was read, and what was not.

problem-not-recognised = not recognised as any kind of evidence
problem-more = { $count } more places in this file were not understood

# What is no evidence, or not in a form that can be read.
problem-empty = empty
problem-binary = not text, and not recognised
problem-image = an image: paste the text, or bring the file that it shows
problem-printed = a printed or formatted document: bring its text, saved as .txt
problem-event-log-binary = an event log in its binary form: export it as XML, by wevtutil qe FILE.evtx /lf:true /f:xml
problem-compound-file = a message saved by Outlook as .msg, or an old Office document: save it as .eml or as text, or paste its text
problem-archive-other = an archive or compressed file of a kind that is not opened here: unpack it, or pack it as .zip or .gz
problem-too-long = longer than { $limit } MB, which is more than can be taken as a whole: not read

# Files, folders and archives.
problem-unreadable = cannot be read: { $error }
problem-our-fault = a fault of this program while it read the file: what is in it was not used; please report it
problem-special-file = a { $what ->
    [socket] socket
    [pipe] pipe
   *[other] device
  }, not a file: passed over
problem-folder-twice = a folder that was read already, such as by a symbolic link to one above it: passed over
problem-file-twice = a file that was read already: passed over, since its mail would count twice
problem-folder-empty = an empty folder
problem-too-deep = more than { $limit } folders deep: what is in here was not read
problem-too-many-files = more than { $limit } files: the rest was not read; name a folder nearer to the logs
problem-changed = became shorter while it was read: repeat it, or copy the file first
problem-archive-damaged = damaged or cut off: { $error }; what came before that was read
problem-archive-encrypted = encrypted: unpack it with its password first
problem-archive-method = compressed by method { $method }, which is not read here: pack it as an ordinary .zip (deflate)
problem-archive-link = a link within an archive: passed over
problem-archive-empty = an archive without files
problem-archive-nested = more than { $limit } archives within each other: not opened
problem-archive-members = more than { $limit } files in an archive: the rest was not read; unpack it and name the folder
problem-archive-bomb = unpacks to far more than any log would: not read further
problem-archive-held = a .zip of more than { $limit } MB that is not a file of its own: unpack it, or name it as a file
# Letters: bounces and headers.
problem-letter-cut = longer than { $limit } MB: only the beginning was read
problem-letter-parts = more parts than are looked at: the rest of the message was passed over
problem-letter-empty = a message without a refusal in it and without a trace of Exchange Online in its header: it shows nothing
problem-reply-unknown = the bounce quotes no reply that is understood: { $text }

# Wizard's logs, certificates, directory files.
problem-wizard-line-too-long = a line longer than any that the wizard writes; it was passed over
problem-wizard-entry-cut = this entry is longer than what is kept; its end is missing
problem-wizard-unfinished = the log does not tell how this ended, so that whether anything was changed is not known: { $command }
problem-wizard-changes = { $count } more changes of this run are not told
problem-wizard-xml = from here on this is no XML: { $detail }
problem-wizard-document-type = a document type, which such a record never has; what it declares is passed over
problem-wizard-too-much = more than a record of one run holds; the rest is passed over
problem-wizard-no-command = a call without a command that can be read
problem-certificate = { $detail }
problem-certificate-password = a PKCS#12 file that needs its password: export the certificate alone, without its private key, as .cer; postwarden certificate inspect --password-file reads this one
problem-private-key = a private key is among this evidence. It is not kept and not shown; delete this copy, and if it was sent to anybody, have the certificate issued anew with another key
problem-directory = { $detail }

# Dumps of Get-cmdlets.
problem-unknown-object = an object of a kind that is not used here, with { $properties }
problem-dump-unused = what { $cmdlet } printed is not used here
problem-dump-enumeration = { $property } was cut to its first values when it was printed; this prints all: { $command }
problem-dump-column = { $property } was cut by the width of the table; this exports it whole: { $command }
problem-dump-type-name = { $property } was exported as the name of a type, without its values; this exports them: { $command }
problem-dump-depth = { $property } lies deeper than the export went; this exports it whole: { $command }
problem-dump-letters = { $property } has letters that were lost or are uncertain by the encoding; this exports it whole: { $command }
problem-dump-number = { $property } was exported as a number without its name; this exports the name: { $command }
problem-dump-unfinished = the end of { $property } is missing; copy it whole, or export it: { $command }
problem-dump-value = { $property } has a value that is not understood: { $value }
problem-dump-json = from here on this is no JSON that can be read, or it breaks off; what came before was read
problem-dump-clixml = from here on this is no Export-Clixml that can be read, or it breaks off; what came before was read
problem-dump-entities = XML with a document type or entities of its own: refused; what came before was read
problem-dump-record = a row that has more or fewer values than there are columns; such rows were passed over
problem-dump-rest = longer than { $limit } MB: the rest was not read
problem-dump-objects = more than { $limit } objects: the rest was not read
problem-dump-mixed = several encodings in one file, as Windows PowerShell's >> makes them: letters beyond ASCII may be lost from here on
problem-dump-encoding = the encoding is not told, { $encoding } was assumed: values with letters beyond ASCII count as uncertain; better is Export-Clixml, or -Encoding UTF8
problem-log-undated = its lines have no year or no zone, and no refusal in it carries the far side's time: these lines are taken without a time
problem-setting-line = not a setting of Postfix

# Logs and tables, row by row.
problem-open-quote = a quote is not closed: the file was cut off here, or a value lost its quotes
problem-line-too-long = longer than any row of such a log: passed over
problem-fields = { $found } fields where { $columns } are expected
problem-time = no time that is understood: { $text }
problem-no-row = not a row of this log
problem-broken-event = an entry that is no valid XML, or has neither source nor number
problem-cut-off = the file ends in the middle of an entry, or the entry is longer than Windows writes them

# Rows of protocol logs.
problem-row-cut-off = the file ends in the middle of this row: the row is left out
problem-row-open-quote = a quotation mark is opened and not closed: the row is left out
problem-row-none = not a row of this log: passed over
