-- Of a token's text only the SHA-256 is kept. A tenant's tokens go with it.
CREATE TABLE token (
    id        INTEGER PRIMARY KEY,
    name      TEXT NOT NULL UNIQUE,
    digest    BLOB NOT NULL UNIQUE,
    role      TEXT NOT NULL,
    tenant    INTEGER REFERENCES object (id) ON DELETE CASCADE,
    created   INTEGER NOT NULL,
    expires   INTEGER,
    used_at   INTEGER,
    used_from TEXT
) STRICT;
CREATE INDEX token_tenant ON token (tenant);

CREATE INDEX audit_at ON audit (at);
