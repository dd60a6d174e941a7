//! What only this engine promises: files, locks, group commit, damage. The rest is the conformance suite.
