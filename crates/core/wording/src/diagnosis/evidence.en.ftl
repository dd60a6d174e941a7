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
