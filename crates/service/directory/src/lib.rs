//! Owner of the directory: validate, commit with audit, publish the snapshot.
