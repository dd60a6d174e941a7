//! Tests of reception over loopback.
