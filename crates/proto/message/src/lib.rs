//! Messages: headers, trace fields, delivery status notifications.
