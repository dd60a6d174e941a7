//! The store: traits of domain operations and their conformance suite.
