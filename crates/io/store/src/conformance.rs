//! The suite that every engine must pass, so that callers need not know which engine they hold.
//!
//! An engine's test gives [`run`] a way to make an empty store and asserts that no failure comes back. Each case gets
//! a store of its own. Cases say what is promised in the traits; what only one engine does is tested beside it.

mod bodies;
mod claims;
mod directories;
mod fixtures;
mod isolation;
mod once;
mod queue;
mod selections;
mod settlements;
mod tokens;
mod trace;

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use async_trait::async_trait;

use crate::{StoreError, Stores};

/// One store under test.
#[async_trait]
pub trait Subject: Send {
    /// Opens the store: empty the first time; later, when all former handles are dropped, the same store again.
    ///
    /// # Errors
    /// Whatever keeps it from opening.
    async fn open(&mut self) -> Result<Stores, StoreError>;
}

/// Why a case failed: what was expected and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self(format!("an operation that should succeed failed: {error}"))
    }
}

type Check = Result<(), Failure>;
type Running<'a> = Pin<Box<dyn Future<Output = Check> + Send + 'a>>;

/// One promise, by name.
struct Case {
    name: &'static str,
    check: for<'a> fn(&'a mut dyn Subject) -> Running<'a>,
}

macro_rules! cases {
    ($($module:ident :: $case:ident),* $(,)?) => {
        &[$(Case {
            name: concat!(stringify!($module), "::", stringify!($case)),
            check: |subject| Box::pin($module::$case(subject)),
        }),*]
    };
}

const CASES: &[Case] = cases![
    directories::objects_are_kept,
    directories::a_wrong_version_conflicts,
    directories::one_of_two_writers_conflicts,
    directories::names_and_keys_are_unique,
    directories::names_can_be_swapped,
    directories::all_or_nothing,
    directories::objects_keep_kind_and_tenant,
    directories::identities_are_never_reused,
    directories::a_tenant_goes_with_its_objects,
    directories::audit_is_paged,
    directories::a_secret_is_kept_for_good,
    tokens::are_kept_and_found_by_digest,
    tokens::names_are_unique_and_tenants_must_be_there,
    tokens::go_when_removed_or_with_their_tenant,
    tokens::uses_are_noted_once_a_minute,
    tokens::are_apart_by_tenant,
    tokens::the_trail_is_filtered,
    once::a_key_is_kept_with_its_change,
    once::a_key_is_one_requests,
    once::answers_are_kept,
    once::old_keys_go,
    bodies::any_length_comes_back,
    bodies::sealed_survives_reopening,
    bodies::unsealed_is_nowhere,
    bodies::orphans_go,
    bodies::a_needed_body_stays,
    queue::a_message_comes_back_as_it_was,
    queue::all_or_none_are_accepted,
    queue::accepted_survives_reopening,
    queue::a_shared_body_goes_with_the_last,
    queue::hold_release_retry_remove,
    queue::listing_is_filtered_and_paged,
    queue::numbers_add_up,
    selections::messages_are_found_by_what_they_are_like,
    selections::what_was_found_is_changed_page_by_page,
    selections::reasons_of_a_hold_add_up,
    selections::times_in_the_future_are_mended,
    selections::nothing_ages_by_a_leap_of_the_clock,
    claims::only_due_ones_and_oldest_first,
    claims::a_long_queue_starves_nobody,
    claims::lanes_are_passed_over,
    claims::only_aged_ones,
    claims::nobody_claims_twice,
    claims::a_claim_expires,
    claims::a_claim_can_be_renewed,
    claims::a_crashed_node_is_freed,
    claims::a_message_can_enter_claimed,
    settlements::done_messages_go,
    settlements::pending_recipients_come_back,
    settlements::a_stale_claim_changes_nothing,
    settlements::bounces_come_with_it_or_not_at_all,
    settlements::a_delay_is_told_once,
    settlements::history_is_bounded,
    settlements::an_uncounted_attempt_is_none,
    isolation::directories_keep_tenants_apart,
    isolation::bodies_keep_tenants_apart,
    isolation::the_queue_keeps_tenants_apart,
    isolation::claims_keep_tenants_apart,
    isolation::the_trace_keeps_tenants_apart,
    trace::refusals_are_found_and_counted,
    trace::events_are_filtered,
    trace::events_are_found_by_what_they_concern,
    trace::refusals_are_counted_by_the_hour,
    trace::candidates_are_counted,
    trace::who_knocks_steadily_stays,
    trace::what_tenants_used_is_kept,
    trace::old_records_go,
    trace::the_oldest_go_beyond_the_size,
    trace::too_long_is_dropped_and_counted,
];

/// Runs every case against a store of its own, and returns the failures as `case: what is wrong`.
pub async fn run<S: Subject>(mut fresh: impl FnMut() -> S) -> Vec<String> {
    let mut failures = Vec::new();
    for case in CASES {
        let mut subject = fresh();
        if let Err(failure) = (case.check)(&mut subject).await {
            failures.push(format!("{}: {failure}", case.name));
        }
    }
    failures
}

/// Fails unless both are equal.
fn equal<T: PartialEq + fmt::Debug>(what: &str, found: T, wanted: T) -> Check {
    if found == wanted {
        return Ok(());
    }
    Err(Failure(format!("{what}: found {found:?}, wanted {wanted:?}")))
}

/// Fails unless `holds`.
fn ensure(what: &str, holds: bool) -> Check {
    if holds { Ok(()) } else { Err(Failure(format!("{what}: it is not so"))) }
}

/// Fails unless the result is the wanted kind of error.
macro_rules! fails {
    ($what:expr, $result:expr, $kind:ident) => {
        match $result {
            Err(crate::StoreError::$kind { .. }) => {}
            Err(other) => {
                let text = format!("{}: wanted {}, the error is {other:?}", $what, stringify!($kind));
                return Err(crate::conformance::Failure(text));
            }
            Ok(_) => {
                let text = format!("{}: wanted {}, it succeeded", $what, stringify!($kind));
                return Err(crate::conformance::Failure(text));
            }
        }
    };
}
use fails;
