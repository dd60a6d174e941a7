//! Answers from a list, for tests of those who ask: they need no server and no port.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use core_directory::Domain;

use crate::{DnsFailure, TxtLookup};

type Answer = Result<Vec<Vec<u8>>, DnsFailure>;

/// What is answered for which name. A name that is not in it does not exist.
#[derive(Debug, Default)]
pub struct Table {
    answers: Mutex<HashMap<Domain, Answer>>,
}

impl Table {
    /// The name holds these records from now on.
    pub fn set(&self, name: &Domain, records: &[&str]) {
        let records = records.iter().map(|record| record.as_bytes().to_vec()).collect();
        self.put(name, Ok(records));
    }

    /// The question for this name fails from now on.
    pub fn fail(&self, name: &Domain, failure: DnsFailure) {
        self.put(name, Err(failure));
    }

    fn put(&self, name: &Domain, answer: Answer) {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone(), answer);
    }
}

#[async_trait]
impl TxtLookup for Table {
    async fn txt(&self, name: &Domain, _deadline: Duration) -> Result<Vec<Vec<u8>>, DnsFailure> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.get(name).cloned().unwrap_or(Err(DnsFailure::NoSuchName))
    }
}
