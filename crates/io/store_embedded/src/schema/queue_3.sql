-- Messages that came with BODY=BINARYMIME. None did before.
ALTER TABLE message ADD COLUMN binary INTEGER NOT NULL DEFAULT 0;
