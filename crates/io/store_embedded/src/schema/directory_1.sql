-- The version of the whole directory and the next identity. One row.
CREATE TABLE directory (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    version INTEGER NOT NULL,
    next_id INTEGER NOT NULL
) STRICT;
INSERT INTO directory (one, version, next_id) VALUES (1, 0, 1);

-- A tenant's row names itself as its tenant; with it go all its objects.
CREATE TABLE object (
    id         INTEGER PRIMARY KEY,
    kind       TEXT NOT NULL,
    tenant     INTEGER NOT NULL REFERENCES object (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    name       TEXT NOT NULL,
    version    INTEGER NOT NULL,
    created    INTEGER NOT NULL,
    modified   INTEGER NOT NULL,
    unique_key TEXT,
    body       TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX object_name ON object (tenant, kind, name);
CREATE UNIQUE INDEX tenant_name ON object (name) WHERE kind = 'tenant';
CREATE UNIQUE INDEX object_key ON object (kind, unique_key) WHERE unique_key IS NOT NULL;

CREATE TABLE audit (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    version INTEGER NOT NULL,
    tenant  INTEGER,
    actor   TEXT NOT NULL,
    origin  TEXT NOT NULL,
    at      INTEGER NOT NULL,
    body    TEXT NOT NULL
) STRICT;
CREATE INDEX audit_tenant ON audit (tenant, id);
