//! The directory: what tenants registered, validated and indexed.
