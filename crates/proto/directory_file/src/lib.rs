//! The directory as TOML and JSON, with places.
