//! X.509 certificates as facts, and the judgement of a chain.
