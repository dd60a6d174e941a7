//! Where mail goes: values of `transport_maps` and of `relayhost` (transport(5)).

/// A value of a transport table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The delivery agent: `smtp`, `relay`, `error`; empty where it is the usual one.
    pub transport: String,
    /// The next hop; none where it is the recipient's domain.
    pub next_hop: Option<NextHop>,
    /// What stands behind the agent, as it is written.
    pub written: String,
}

/// A next hop.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NextHop {
    /// Name or address, without brackets.
    pub host: String,
    /// The port, a number or a service's name, where one is written.
    pub port: Option<String>,
    /// In brackets: the host itself, not what DNS names for it (MX).
    pub is_exact: bool,
}

impl Route {
    /// Reads `smtp:[mail.contoso.com]:25`, `relay:`, `:[host]`, `error:text`.
    #[must_use]
    pub fn parse(value: &str) -> Self {
        let (transport, written) = value.split_once(':').unwrap_or((value, ""));
        let written = written.trim();
        Self { transport: transport.trim().to_owned(), next_hop: NextHop::parse(written), written: written.to_owned() }
    }
}

impl NextHop {
    /// Reads `[host]:port`, `[host]`, `host:port`, `host`, `[ipv6:2001:db8::1]:25`. `None` for an empty text, for several hosts, and
    /// for what is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() || text.contains([',', ' ', '\t', '/']) {
            return None;
        }
        let (host, port, is_exact) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, "")) => (host, None, true),
            Some((host, rest)) => (host, Some(rest.strip_prefix(':')?), true),
            None => match text.split_once(':') {
                Some((host, port)) => (host, Some(port), false),
                None => (text, None, false),
            },
        };
        let bare = |host: &str| {
            let marked = host.get(..5).filter(|mark| mark.eq_ignore_ascii_case("ipv6:")).and_then(|_| host.get(5..));
            marked.unwrap_or(host).to_owned()
        };
        let is_hop = !host.is_empty() && port.is_none_or(|port| !port.is_empty());
        is_hop.then(|| Self { host: bare(host), port: port.map(str::to_owned), is_exact })
    }

    /// The port's number: that of the services that Postfix's settings name.
    #[must_use]
    pub fn port_number(&self) -> Option<u16> {
        match self.port.as_deref() {
            None | Some("smtp") => Some(25),
            Some("submission") => Some(587),
            Some("smtps" | "submissions") => Some(465),
            Some(port) => port.parse().ok().filter(|port| *port > 0),
        }
    }
}
