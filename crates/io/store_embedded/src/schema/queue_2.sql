-- Who handed the message over inside the relay, and whether its sender was told that it is late.
ALTER TABLE message ADD COLUMN handed_over_by INTEGER;
ALTER TABLE message ADD COLUMN delay_told INTEGER NOT NULL DEFAULT 0;

-- The labels of the recipient's domain from the last to the first, each with a dot: com.example.mail. of mail.example.com,
-- so that what lies below a domain is a range.
ALTER TABLE recipient ADD COLUMN domain_key TEXT NOT NULL DEFAULT '';
WITH RECURSIVE label (message, ordinal, rest, key) AS (
    SELECT message, ordinal,
        lower(substr(forward_path, length(rtrim(forward_path, replace(forward_path, '@', ''))) + 1)) || '.', ''
    FROM recipient WHERE instr(forward_path, '@') > 0
    UNION ALL
    SELECT message, ordinal, substr(rest, instr(rest, '.') + 1), substr(rest, 1, instr(rest, '.')) || key
    FROM label WHERE rest <> ''
)
UPDATE recipient SET domain_key = label.key FROM label
WHERE label.rest = '' AND label.message = recipient.message AND label.ordinal = recipient.ordinal;
CREATE INDEX recipient_domain ON recipient (domain_key, message) WHERE state = 0;
