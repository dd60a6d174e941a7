-- Changes that are made once, by the keys that their actors gave them, in the order in which they were made.
CREATE TABLE once (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    actor   TEXT NOT NULL,
    key     TEXT NOT NULL,
    request BLOB NOT NULL CHECK (length(request) = 32),
    version INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    answer  TEXT
) STRICT;
CREATE UNIQUE INDEX once_key ON once (actor, key);
CREATE INDEX once_actor ON once (actor, id);
CREATE INDEX once_at ON once (at);
