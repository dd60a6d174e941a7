ALTER TABLE event ADD COLUMN message_id TEXT;
ALTER TABLE event ADD COLUMN mail_domain TEXT;
ALTER TABLE event ADD COLUMN rcpt_domain TEXT;
UPDATE event SET
    mail_domain = lower(substr(mail_from, instr(mail_from, '@') + 1)),
    rcpt_domain = lower(substr(rcpt_to, instr(rcpt_to, '@') + 1));

DROP INDEX event_at;
DROP INDEX event_tenant;
DROP INDEX event_mail_from;
DROP INDEX event_rcpt_to;
CREATE INDEX event_at ON event (at, id);
CREATE INDEX event_tenant ON event (tenant, at, id);
CREATE INDEX event_mail_from ON event (mail_from, at, id, tenant);
CREATE INDEX event_mail_domain ON event (mail_domain, at, id, tenant);
CREATE INDEX event_rcpt_to ON event (rcpt_to, at, id, tenant);
CREATE INDEX event_rcpt_domain ON event (rcpt_domain, at, id, tenant);
CREATE INDEX event_message_id ON event (message_id, at) WHERE message_id IS NOT NULL;

ALTER TABLE refusal ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE refusal ADD COLUMN nearest_tenant INTEGER;
ALTER TABLE refusal ADD COLUMN nearest_connector TEXT;
ALTER TABLE refusal ADD COLUMN mail_domain TEXT;
ALTER TABLE refusal ADD COLUMN rcpt_domain TEXT;
UPDATE refusal SET
    mail_domain = lower(substr(mail_from, instr(mail_from, '@') + 1)),
    rcpt_domain = lower(substr(rcpt_to, instr(rcpt_to, '@') + 1));
CREATE INDEX refusal_mail_domain ON refusal (mail_domain, id);
CREATE INDEX refusal_rcpt_domain ON refusal (rcpt_domain, id);
ALTER TABLE sight ADD COLUMN connector TEXT;

-- tenant 0: nobody but the operator sees them. nearest_tenant 0: no connector came near.
CREATE TABLE refusal_count (
    hour              INTEGER NOT NULL,
    tenant            INTEGER NOT NULL,
    nearest_tenant    INTEGER NOT NULL,
    nearest_connector TEXT NOT NULL,
    kind              TEXT NOT NULL,
    first             INTEGER NOT NULL,
    refused           INTEGER NOT NULL,
    PRIMARY KEY (hour, tenant, nearest_tenant, nearest_connector, kind, first)
) STRICT, WITHOUT ROWID;

CREATE TABLE candidate (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    kind     INTEGER NOT NULL,
    key      TEXT NOT NULL,
    facts    TEXT NOT NULL,
    first_at INTEGER NOT NULL,
    last_at  INTEGER NOT NULL,
    times    INTEGER NOT NULL,
    hours    INTEGER NOT NULL,
    senders  TEXT NOT NULL,
    UNIQUE (kind, key)
) STRICT;
CREATE INDEX candidate_standing ON candidate (kind, hours, last_at);

CREATE TABLE candidate_sight (
    tenant    INTEGER NOT NULL,
    candidate INTEGER NOT NULL REFERENCES candidate (id) ON DELETE CASCADE,
    first_at  INTEGER NOT NULL,
    last_at   INTEGER NOT NULL,
    times     INTEGER NOT NULL,
    senders   TEXT NOT NULL,
    PRIMARY KEY (tenant, candidate)
) STRICT, WITHOUT ROWID;
CREATE INDEX candidate_sight_candidate ON candidate_sight (candidate);

CREATE TABLE knock (
    refusal   INTEGER NOT NULL REFERENCES refusal (id) ON DELETE CASCADE,
    candidate INTEGER NOT NULL REFERENCES candidate (id) ON DELETE CASCADE,
    PRIMARY KEY (refusal, candidate)
) STRICT, WITHOUT ROWID;
CREATE INDEX knock_candidate ON knock (candidate);
