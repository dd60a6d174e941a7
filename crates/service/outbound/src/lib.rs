//! One attempt at one next hop, over warm connections, with its transcript.
