//! Which column stands where.

/// The columns of 2013 and later, in their order.
pub(super) const SINCE_2013: [&str; 30] = [
    "date-time",
    "client-ip",
    "client-hostname",
    "server-ip",
    "server-hostname",
    "source-context",
    "connector-id",
    "source",
    "event-id",
    "internal-message-id",
    "message-id",
    "network-message-id",
    "recipient-address",
    "recipient-status",
    "total-bytes",
    "recipient-count",
    "related-recipient-address",
    "reference",
    "message-subject",
    "sender-address",
    "return-path",
    "message-info",
    "directionality",
    "tenant-id",
    "original-client-ip",
    "original-server-ip",
    "custom-data",
    "transport-traffic-type",
    "log-id",
    "schema-version",
];

/// Those that Exchange 2010 lacks.
const NOT_IN_2010: [&str; 4] = ["network-message-id", "transport-traffic-type", "log-id", "schema-version"];

/// How many 2010 has.
pub(super) const COUNT_IN_2010: usize = SINCE_2013.len() - NOT_IN_2010.len();

/// The places of the columns that are read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Columns {
    pub(super) date_time: Option<usize>,
    pub(super) client_hostname: Option<usize>,
    pub(super) client_ip: Option<usize>,
    pub(super) server_ip: Option<usize>,
    pub(super) server_hostname: Option<usize>,
    pub(super) source_context: Option<usize>,
    pub(super) connector_id: Option<usize>,
    pub(super) source: Option<usize>,
    pub(super) event_id: Option<usize>,
    pub(super) message_id: Option<usize>,
    pub(super) recipient_address: Option<usize>,
    pub(super) recipient_status: Option<usize>,
    pub(super) reference: Option<usize>,
    pub(super) sender_address: Option<usize>,
    pub(super) return_path: Option<usize>,
    pub(super) message_info: Option<usize>,
    pub(super) directionality: Option<usize>,
    pub(super) custom_data: Option<usize>,
    /// How many columns there are.
    pub(super) count: usize,
}

impl Columns {
    /// The places by these names.
    pub(super) fn of(names: &[String]) -> Self {
        let place = |wanted: &str| names.iter().position(|name| name.eq_ignore_ascii_case(wanted));
        Self {
            date_time: place("date-time"),
            client_hostname: place("client-hostname"),
            client_ip: place("client-ip"),
            server_ip: place("server-ip"),
            server_hostname: place("server-hostname"),
            source_context: place("source-context"),
            connector_id: place("connector-id"),
            source: place("source"),
            event_id: place("event-id"),
            message_id: place("message-id"),
            recipient_address: place("recipient-address"),
            recipient_status: place("recipient-status"),
            reference: place("reference"),
            sender_address: place("sender-address"),
            return_path: place("return-path"),
            message_info: place("message-info"),
            directionality: place("directionality"),
            custom_data: place("custom-data"),
            count: names.len(),
        }
    }

    /// The usual columns of a row that stands without a header: 2010's or the later ones, told apart by their number.
    pub(super) fn usual(count: usize) -> Option<Self> {
        let is_2010 = match count {
            COUNT_IN_2010 => true,
            count if count == SINCE_2013.len() => false,
            _ => return None,
        };
        let names = SINCE_2013.iter().filter(|name| !is_2010 || !NOT_IN_2010.contains(name));
        Some(Self::of(&names.map(|name| (*name).to_owned()).collect::<Vec<_>>()))
    }
}
