-- The secret that challenges of domain proof are made with. At most one row; it is made when first needed and stays.
CREATE TABLE challenge_secret (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    octets BLOB NOT NULL CHECK (length(octets) = 32)
) STRICT;
