//! Mail that was taken, by the way on which other mail was refused. Every cause asks for it, of every refusal, and of either there
//! may be thousands of groups: what is the same for all refusals of one way is found once. Judges nothing.

use std::borrow::Cow;
use std::collections::HashMap;
use std::net::IpAddr;

use foldhash::fast::RandomState;

use crate::evidence::{AttemptGroup, EvidenceKind, GroupKey, Outcome};

/// Ways of refusals that are found beforehand. Real cases have a few, and some for each file that begins in the middle of
/// sessions; what an attacker's log makes of them is found when it is asked for.
const MAX_WAYS: usize = 512;

/// All groups of mail that was taken.
#[derive(Debug)]
pub(crate) struct Taken<'a> {
    /// By their own ways, each group with its place: what holds of one group of a way holds of all.
    ways: Vec<(&'a GroupKey, Vec<(usize, Accepted<'a>)>)>,
    /// By the ways of refusals.
    found: Vec<Vec<Accepted<'a>>>,
    /// Where in `found` those of a way are.
    places: HashMap<Way<'a>, usize, RandomState>,
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
#[derive(Debug, PartialEq, Eq, Hash)]
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
        let mut taken = Self { ways: Vec::new(), found: Vec::new(), places: HashMap::default(), is_relay };
        let mut places: HashMap<Way<'_>, usize, RandomState> = HashMap::default();
        for (at, group) in groups.iter().enumerate() {
            if !matches!(group.last.outcome, Outcome::Accepted) {
                continue;
            }
            let place = *places.entry(Way::of(&group.key)).or_insert_with(|| {
                taken.ways.push((&group.key, Vec::new()));
                taken.ways.len() - 1
            });
            if let Some((_, accepted)) = taken.ways.get_mut(place) {
                accepted.push((at, Accepted { group, was_relayed: was_relayed(group) }));
            }
        }
        for key in refused {
            if taken.found.len() < MAX_WAYS && !taken.places.contains_key(&Way::of(key)) {
                taken.places.insert(Way::of(key), taken.found.len());
                taken.found.push(taken.find(key));
            }
        }
        taken
    }

    /// Those that went the same way as refused mail, to the same far side, in the order of their groups.
    pub(crate) fn on_the_way_of(&self, refused: &GroupKey) -> Cow<'_, [Accepted<'a>]> {
        let known = self.places.get(&Way::of(refused)).and_then(|place| self.found.get(*place));
        known.map_or_else(|| Cow::Owned(self.find(refused)), |found| Cow::Borrowed(found.as_slice()))
    }

    fn find(&self, refused: &GroupKey) -> Vec<Accepted<'a>> {
        let alike = |key: &GroupKey| is_same_way(key, refused) && is_same_end(key, refused, self.is_relay);
        let ways = self.ways.iter().filter(|(key, _)| alike(key));
        let mut found: Vec<&(usize, Accepted<'a>)> = ways.flat_map(|(_, accepted)| accepted).collect();
        found.sort_unstable_by_key(|(at, _)| *at);
        found.into_iter().map(|(_, accepted)| *accepted).collect()
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
