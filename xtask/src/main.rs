//! Tasks of the project: tests, tidiness, benches.
fn main() {}
