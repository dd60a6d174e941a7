CREATE TABLE tenant_use (
    tenant     INTEGER NOT NULL,
    span       TEXT NOT NULL,
    start      INTEGER NOT NULL,
    messages   INTEGER NOT NULL,
    recipients INTEGER NOT NULL,
    PRIMARY KEY (tenant, span)
) STRICT, WITHOUT ROWID;
