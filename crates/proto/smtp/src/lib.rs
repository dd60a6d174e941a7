//! SMTP without sockets: commands, replies, sessions of both sides, data framing.
