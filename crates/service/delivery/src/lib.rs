//! The queue: leases, attempts, retries, bounces.
