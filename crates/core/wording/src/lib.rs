//! Codes and arguments to text for people, in English and Czech.
