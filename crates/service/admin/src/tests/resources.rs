//! Single objects: shown, listed, made, changed and removed, with their conditions, their problems, and keys of changes that
//! are made once.

mod conditions;
mod keys;
mod life;
mod lists;
mod wrong;

use serde_json::{Value, json};

use super::client::Reply;
use super::*;
use crate::wire::{Problem, Resource, ResourceChanged};

const CONTOSO: &str = "/v1/tenants/contoso";
const DOMAIN: &str = "/v1/tenants/contoso/domains/contoso.com";
const INBOUND: &str = "/v1/tenants/contoso/inbound-connectors";
const HQ: &str = "/v1/tenants/contoso/inbound-connectors/Inbound%20from%20HQ";

impl Server {
    /// Sends JSON, with a header if it has a name.
    async fn ask(&self, method: &str, path: &str, (name, value): (&str, &str), body: &Value) -> Reply {
        let headers = [("content-type", "application/json"), (name, value)];
        let headers = if name.is_empty() { &headers[..1] } else { &headers[..] };
        self.client
            .send_with(method, path, headers, if body.is_null() { String::new() } else { body.to_string() })
            .await
    }

    async fn resource(&self, path: &str) -> Resource {
        self.client.get(path).await
    }

    /// A change that is made, answered with this status.
    async fn done(&self, method: &str, path: &str, body: &Value, status: u16) -> ResourceChanged {
        read(&self.ask(method, path, ("", ""), body).await, status)
    }
}

#[track_caller]
fn read<T: serde::de::DeserializeOwned>(reply: &Reply, status: u16) -> T {
    assert_eq!(reply.status, status, "{}", reply.body);
    serde_json::from_str(&reply.body).unwrap_or_else(|error| panic!("{error}: {}", reply.body))
}

/// The differences as people read them.
fn lines(changed: &ResourceChanged) -> Vec<String> {
    changed.diff.iter().map(ToString::to_string).collect()
}
