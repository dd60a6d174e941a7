CREATE TABLE refusal (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    reference TEXT NOT NULL UNIQUE,
    at        INTEGER NOT NULL,
    remote_ip TEXT NOT NULL,
    mail_from TEXT COLLATE NOCASE,
    rcpt_to   TEXT NOT NULL COLLATE NOCASE,
    reply     TEXT NOT NULL,
    body      TEXT NOT NULL,
    repeats   INTEGER NOT NULL,
    last_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX refusal_last_at ON refusal (last_at);
CREATE INDEX refusal_mail_from ON refusal (mail_from, id);
CREATE INDEX refusal_rcpt_to ON refusal (rcpt_to, id);

CREATE TABLE sight (
    tenant  INTEGER NOT NULL,
    refusal INTEGER NOT NULL REFERENCES refusal (id) ON DELETE CASCADE,
    PRIMARY KEY (tenant, refusal)
) STRICT, WITHOUT ROWID;
CREATE INDEX sight_refusal ON sight (refusal);

CREATE TABLE event (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    at        INTEGER NOT NULL,
    tenant    INTEGER NOT NULL,
    reference TEXT NOT NULL,
    kind      TEXT NOT NULL,
    mail_from TEXT COLLATE NOCASE,
    rcpt_to   TEXT COLLATE NOCASE,
    body      TEXT NOT NULL
) STRICT;
CREATE INDEX event_at ON event (at);
CREATE INDEX event_reference ON event (reference, id);
CREATE INDEX event_tenant ON event (tenant, id);
CREATE INDEX event_mail_from ON event (mail_from, id);
CREATE INDEX event_rcpt_to ON event (rcpt_to, id);
