//! Evidence from where administrators have it: files, folders, `.gz`, `.zip`, standard input. Gives octets in blocks, with a
//! name for each file; knows nothing of what they mean. Every length, depth and number is bounded: an archive may be a bomb.

#![forbid(unsafe_code)]
