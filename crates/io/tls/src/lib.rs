//! TLS both ways on rustls: certificates asked for and judged later, hot reload.
