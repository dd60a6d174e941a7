//! The admin interface: HTTP and JSON over the Unix socket.
