//! Benches and load generation; not shipped.
