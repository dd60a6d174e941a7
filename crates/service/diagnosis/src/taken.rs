//! Mail that was taken, by the way on which other mail was refused. Every cause asks for it, of every refusal, and of either there
//! may be thousands of groups: what is the same for all refusals of one way is found once. Judges nothing.

use std::borrow::Cow;
use std::net::IpAddr;

use crate::evidence::{AttemptGroup, EvidenceKind, GroupKey, Outcome};

/// Ways that are found beforehand. Real cases have a few; what an attacker's log makes of them is found when it is asked for.
const MAX_WAYS: usize = 64;

/// All groups of mail that was taken.
#[derive(Debug)]
pub(crate) struct Taken<'a> {
    all: Vec<Accepted<'a>>,
    by_way: Vec<(Way<'a>, Vec<Accepted<'a>>)>,
    is_relay: bool,
}

/// A group of mail that was taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Accepted<'a> {
    pub(crate) group: &'a AttemptGroup,
    /// Whether it shows that the sender was admitted.
    pub(crate) was_relayed: bool,
}

/// The parts of a key that [`is_same_way`] and [`is_same_end`] look at.
#[derive(Debug, PartialEq, Eq)]
struct Way<'a> {
    witness: EvidenceKind,
    server: Option<&'a str>,
    connector: Option<&'a str>,
    next_hop: Option<&'a str>,
}

impl<'a> Taken<'a> {
    /// Finds them for the ways of these refusals. `is_relay`: the far side is a Postwarden relay.
    pub(crate) fn new(
        groups: &'a [AttemptGroup],
        refused: impl Iterator<Item = &'a GroupKey>,
        is_relay: bool,
        was_relayed: impl Fn(&AttemptGroup) -> bool,
    ) -> Self {
        let accepted = groups.iter().filter(|group| matches!(group.last.outcome, Outcome::Accepted));
        let all = accepted.map(|group| Accepted { group, was_relayed: was_relayed(group) }).collect();
        let mut taken = Self { all, by_way: Vec::new(), is_relay };
        for key in refused {
            if taken.by_way.len() < MAX_WAYS && taken.known(key).is_none() {
                let found = taken.find(key);
                taken.by_way.push((Way::of(key), found));
            }
        }
        taken
    }

    /// Those that went the same way as refused mail, to the same far side, in the order of their groups.
    pub(crate) fn on_the_way_of(&self, refused: &GroupKey) -> Cow<'_, [Accepted<'a>]> {
        self.known(refused).map_or_else(|| Cow::Owned(self.find(refused)), Cow::Borrowed)
    }

    fn known(&self, refused: &GroupKey) -> Option<&[Accepted<'a>]> {
        let known = self.by_way.iter().find(|(way, _)| *way == Way::of(refused));
        known.map(|(_, found)| found.as_slice())
    }

    fn find(&self, refused: &GroupKey) -> Vec<Accepted<'a>> {
        let alike = |key: &GroupKey| is_same_way(key, refused) && is_same_end(key, refused, self.is_relay);
        self.all.iter().filter(|accepted| alike(&accepted.group.key)).copied().collect()
    }
}

impl<'a> Way<'a> {
    fn of(key: &'a GroupKey) -> Self {
        Self {
            witness: key.witness,
            server: key.server.as_deref(),
            connector: key.connector.as_deref(),
            next_hop: key.next_hop.as_deref(),
        }
    }
}

/// Whether two groups may have used the same connector. Names of connectors are compared without regard to case.
pub(crate) fn is_same_connector(left: &Option<Box<str>>, right: &Option<Box<str>>) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => left.eq_ignore_ascii_case(right),
        _ => true,
    }
}

/// Whether passed mail was handed to the side that refused the other, not to a server of one's own, which tracking logs show
/// under the same event.
pub(crate) fn is_same_end(passed: &GroupKey, refused: &GroupKey, is_relay: bool) -> bool {
    let is_online = |name: &str| name.ends_with("outlook.com") || name.ends_with(".mx.microsoft");
    // Most names show by one letter that they are no address, long before it is read as one.
    let may_be_address = |octet: u8| octet.is_ascii_hexdigit() || matches!(octet, b'.' | b':');
    let is_address = |name: &str| name.bytes().all(may_be_address) && name.parse::<IpAddr>().is_ok();
    match (passed.next_hop.as_deref(), refused.next_hop.as_deref()) {
        (None, _) => true,
        (Some(passed), Some(refused)) if passed == refused => true,
        (Some(passed), Some(refused)) if is_address(passed) == is_address(refused) => {
            is_address(passed) || is_online(passed) && is_online(refused)
        }
        // One is known by its address alone; both are Exchange Online's, unless a relay decides.
        (Some(passed), _) => is_relay || is_address(passed) || is_online(passed),
    }
}

/// Whether two groups went the same way. Servers compare within one kind of file only: a protocol log knows them by address, a
/// tracking log by name.
pub(crate) fn is_same_way(left: &GroupKey, right: &GroupKey) -> bool {
    is_same_connector(&left.connector, &right.connector)
        && (left.witness != right.witness
            || left.server.is_none()
            || right.server.is_none()
            || left.server == right.server)
}
