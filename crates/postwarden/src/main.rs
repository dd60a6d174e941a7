//! Postwarden: a multi-tenant SMTP relay that knows whose mail it is.
mod config;

fn main() {}
