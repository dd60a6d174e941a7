//! What logs become: attempts with what is known and what is not.
