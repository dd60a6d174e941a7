-- A body in chunks. Unsealed ones are being written, or were when the program ended.
CREATE TABLE body (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant  INTEGER NOT NULL,
    created INTEGER NOT NULL,
    sealed  INTEGER NOT NULL,
    length  INTEGER NOT NULL
) STRICT;

CREATE TABLE body_chunk (
    body    INTEGER NOT NULL REFERENCES body (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    octets  BLOB NOT NULL,
    PRIMARY KEY (body, ordinal)
) STRICT;

-- ready_at is when a claim may find the message: next_attempt, or the end of the claim while there is one.
CREATE TABLE message (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant         INTEGER NOT NULL,
    direction      INTEGER NOT NULL,
    reverse_path   TEXT,
    send_connector INTEGER NOT NULL,
    body           INTEGER NOT NULL REFERENCES body (id),
    size           INTEGER NOT NULL,
    eight_bit      INTEGER NOT NULL,
    smtp_utf8      INTEGER NOT NULL,
    ret            TEXT,
    envid          TEXT,
    accepted_at    INTEGER NOT NULL,
    reference      TEXT NOT NULL,
    attributed     TEXT NOT NULL,
    hold           TEXT,
    next_attempt   INTEGER NOT NULL,
    attempts       INTEGER NOT NULL,
    last_reply     TEXT,
    claim          INTEGER UNIQUE,
    claim_node     TEXT,
    claim_until    INTEGER,
    ready_at       INTEGER NOT NULL
) STRICT;
CREATE INDEX message_body ON message (body);
CREATE INDEX message_node ON message (claim_node) WHERE claim_node IS NOT NULL;
CREATE INDEX message_ready ON message (tenant, send_connector, ready_at, id) WHERE hold IS NULL;

CREATE TABLE recipient (
    message      INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    ordinal      INTEGER NOT NULL,
    forward_path TEXT NOT NULL,
    notify       TEXT,
    orcpt        TEXT,
    state        INTEGER NOT NULL,
    last_reply   TEXT,
    PRIMARY KEY (message, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE attempt (
    message  INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    ordinal  INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    next_hop TEXT NOT NULL,
    tls      TEXT NOT NULL,
    result   TEXT NOT NULL,
    PRIMARY KEY (message, ordinal)
) STRICT, WITHOUT ROWID;

-- The last claim number given out. One row.
CREATE TABLE claims (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    last INTEGER NOT NULL
) STRICT;
INSERT INTO claims (one, last) VALUES (1, 0);
