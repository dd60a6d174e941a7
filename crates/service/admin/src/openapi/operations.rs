//! What each endpoint is for, what it takes and what it gives. An endpoint without a description fails a test.

use axum::http::Method;
use core_directory::ObjectKind;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{ObjectBuilder, Required, Type};

use crate::wire::{
    AuditParameters, ChangeParameters, MAX_IDEMPOTENCY_KEY, PageParameters, QueueParameters, RefusalParameters,
    StatisticsParameters, TraceParameters,
};
use crate::{backup, candidates, directory, lint};

/// What JSON is called.
const JSON: &str = "application/json";

/// An endpoint described.
pub(super) struct Described {
    pub method: Method,
    pub path: String,
    pub id: String,
    pub tag: &'static str,
    pub summary: String,
    pub text: &'static str,
    pub parameters: Vec<Parameter>,
    /// The schema of the body.
    pub body: Option<String>,
    pub gives: Vec<Gives>,
    /// Statuses of problems that do not follow from the rest.
    pub fails: &'static [u16],
}

/// An answer that is no problem.
pub(super) struct Gives {
    pub status: u16,
    pub text: &'static str,
    /// Its formats, and their schemas where they are JSON.
    pub content: Vec<(&'static str, Option<&'static str>)>,
    pub headers: Vec<(&'static str, &'static str)>,
}

/// Every endpoint.
pub(super) fn all() -> Vec<Described> {
    let mut all = observing();
    all.extend(directory_as_a_whole());
    all.extend(tenants());
    for objects in [DOMAINS, INBOUND_CONNECTORS, SEND_CONNECTORS, CERTIFICATES] {
        all.extend(of_kind(&objects));
    }
    all.extend(proof());
    all.extend(mail());
    all.extend(tokens());
    all
}

fn observing() -> Vec<Described> {
    let text = |summary, path, id| get(path, id, "node", summary).gives(200, "It is so.", "text/plain", None);
    vec![
        text("Whether the program runs", "/healthz", "healthz"),
        text("Whether mail is taken", "/readyz", "readyz").fails(&[503]),
        get("/metrics", "metrics", "node", "Metrics")
            .gives(200, "The metrics, in the format that is asked for.", "text/plain", None)
            .or_as("application/openmetrics-text"),
        get("/v1/status", "status", "node", "The state of the node").json("Status"),
        get("/v1/openapi.json", "openapi", "node", "This document").gives(200, "It.", JSON, Some("Document")),
        get("/v1/backup", "backup", "node", "A backup of the store")
            .text("An archive in the format of tar, made while mail flows. It holds private keys.")
            .query::<backup::Parameters>()
            .gives(200, "The backup. One that ends early is not whole.", "application/x-tar", None)
            .fails(&[409]),
        get("/v1/audit", "audit", "audit", "Who changed what, when and from where")
            .query::<AuditParameters>()
            .json("AuditPage")
            .fails(&[404]),
    ]
}

fn directory_as_a_whole() -> Vec<Described> {
    vec![
        get("/v1/directory", "export_directory", "directory", "The directory, or one tenant of it")
            .text("As a directory file has it, without private keys.")
            .query::<directory::Parameters>()
            .json("Directory")
            .fails(&[404]),
        post("/v1/directory/apply", "apply_directory", "directory", "Make the directory equal to what is sent")
            .text("Only tenants that are named are touched; all is changed or nothing.")
            .takes("ApplyRequest")
            .json("ApplyResponse")
            .fails(&[404, 409, 422]),
        post("/v1/directory/replace", "replace_directory", "directory", "Put the directory of a backup in force")
            .takes("ReplaceRequest")
            .json("ApplyResponse")
            .fails(&[409, 422]),
    ]
}

/// A kind of object.
struct Objects {
    kind: ObjectKind,
    collection: &'static str,
    /// Names in operations and summaries.
    one: &'static str,
    many: &'static str,
    schema: &'static str,
}

const DOMAINS: Objects = Objects {
    kind: ObjectKind::Domain,
    collection: "domains",
    one: "accepted domain",
    many: "accepted domains",
    schema: "Domain",
};
const INBOUND_CONNECTORS: Objects = Objects {
    kind: ObjectKind::InboundConnector,
    collection: "inbound-connectors",
    one: "inbound connector",
    many: "inbound connectors",
    schema: "InboundConnector",
};
const SEND_CONNECTORS: Objects = Objects {
    kind: ObjectKind::SendConnector,
    collection: "send-connectors",
    one: "send connector",
    many: "send connectors",
    schema: "SendConnector",
};
const CERTIFICATES: Objects = Objects {
    kind: ObjectKind::Certificate,
    collection: "certificates",
    one: "certificate",
    many: "certificates",
    schema: "Certificate",
};
const TENANTS: Objects =
    Objects { kind: ObjectKind::Tenant, collection: "tenants", one: "tenant", many: "tenants", schema: "Tenant" };

fn tenants() -> Vec<Described> {
    let done = |what: &str, summary| {
        post(&format!("/v1/tenants/{{tenant}}/{what}"), &format!("{what}_tenant"), "tenants", summary).changes()
    };
    let mut all = of_kind(&TENANTS);
    all.push(done("suspend", "Have a tenant's mail wait").text("The same as `suspended` set to true."));
    all.push(done("resume", "Let a tenant's mail go on").text("The same as `suspended` set to false."));
    all
}

/// List, make, show, change and remove.
fn of_kind(objects: &Objects) -> Vec<Described> {
    let Objects { kind, collection, one, many, schema } = *objects;
    let (all, single) = match kind {
        ObjectKind::Tenant => ("/v1/tenants".to_owned(), "/v1/tenants/{tenant}".to_owned()),
        _ => {
            let all = format!("/v1/tenants/{{tenant}}/{collection}");
            (all.clone(), format!("{all}/{{name}}"))
        }
    };
    let id = |what: &str, words: &str| format!("{what}_{}", words.replace([' ', '-'], "_"));
    vec![
        get(&all, &id("list", many), collection, &format!("List {many}"))
            .text("By name, a page at a time.")
            .query::<PageParameters>()
            .json("ResourcePage"),
        post(&all, &id("add", one), collection, &format!("Make {}", with_article(one)))
            .takes(&format!("New{schema}"))
            .changes()
            .made(),
        get(&single, &id("show", one), collection, &format!("Show {}", with_article(one)))
            .header("If-None-Match", "The entity tag that is known already: the answer is 304 while it is so still.")
            .json("Resource")
            .with_headers(&[ETAG])
            .not_modified(),
        described(Method::PATCH, &single, &id("set", one), collection, &format!("Change {}", with_article(one)))
            .text("A merge patch (RFC 7396): what is left out stays, `null` gives the default. `name` renames.")
            .takes(schema)
            .changes(),
        described(Method::DELETE, &single, &id("remove", one), collection, &format!("Remove {}", with_article(one)))
            .changes(),
    ]
}

fn with_article(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {noun}")
}

fn proof() -> Vec<Described> {
    let path = "/v1/tenants/{tenant}/domains/{name}/verify";
    vec![
        get(path, "show_domain_proof", "domains", "The record that proves a domain")
            .json("DomainChallenge")
            .fails(&[422]),
        post(path, "verify_domain", "domains", "Look for the record that proves a domain")
            .json("DomainVerification")
            .fails(&[409, 422, 429]),
    ]
}

fn mail() -> Vec<Described> {
    let change = |what: &str, summary| {
        let described = post(&format!("/v1/queue/{what}"), &format!("{what}_messages"), "queue", summary);
        described.takes("QueueChange").json("QueueChanged").fails(&[404, 422])
    };
    vec![
        post("/v1/explain", "explain", "judgement", "What the relay would say to a piece of mail")
            .takes("ExplainRequest")
            .json("Answer"),
        get("/v1/refusals", "list_refusals", "judgement", "Refusals")
            .query::<RefusalParameters>()
            .json("RefusalPage")
            .fails(&[404]),
        get("/v1/refusals/statistics", "count_refusals", "judgement", "How much was refused, by tenant and time")
            .query::<StatisticsParameters>()
            .json("RefusalStatistics")
            .fails(&[404]),
        get("/v1/candidates", "candidates", "judgement", "Who keeps knocking and is named by no connector")
            .query::<candidates::Parameters>()
            .json("Candidates")
            .fails(&[404]),
        get("/v1/lint", "lint", "judgement", "What is broken, will break or overlaps in the directory")
            .query::<lint::Parameters>()
            .json("LintReport")
            .fails(&[404]),
        get("/v1/refusals/{reference}", "show_refusal", "judgement", "A refusal with its reasoning").json("Refusal"),
        get("/v1/queue", "list_messages", "queue", "Messages that wait")
            .query::<QueueParameters>()
            .json("QueuePage")
            .fails(&[404]),
        get("/v1/queue/count", "count_messages", "queue", "How many messages wait")
            .query::<QueueParameters>()
            .json("QueueCount")
            .fails(&[404]),
        get("/v1/queue/{id}", "show_message", "queue", "All that is known of a message").json("MessageDetails"),
        change("hold", "Hold messages"),
        change("release", "Let held messages go on"),
        change("retry", "Try messages at once"),
        change("remove", "Remove messages"),
        get("/v1/trace", "trace", "trace", "What became of messages")
            .query::<TraceParameters>()
            .json("TracePage")
            .fails(&[404]),
    ]
}

fn tokens() -> Vec<Described> {
    vec![
        get("/v1/tokens", "list_tokens", "tokens", "List tokens").query::<PageParameters>().json("TokenPage"),
        post("/v1/tokens", "add_token", "tokens", "Make a token")
            .text("Its text is told in this answer and nowhere else.")
            .takes("NewToken")
            .gives(201, "It was made.", JSON, Some("MadeToken"))
            .with_headers(&[LOCATION])
            .fails(&[404, 409]),
        get("/v1/tokens/{name}", "show_token", "tokens", "Show a token").json("Token"),
        described(Method::PATCH, "/v1/tokens/{name}", "set_token", "tokens", "Change when a token ends")
            .takes("TokenChange")
            .json("Token"),
        described(Method::DELETE, "/v1/tokens/{name}", "remove_token", "tokens", "Remove a token").json("Token"),
    ]
}

const ETAG: (&str, &str) = ("ETag", "Changes with each change of the object; `If-Match` takes it.");
const LOCATION: (&str, &str) = ("Location", "Where it is.");
const REPLAYED: (&str, &str) = ("Idempotency-Replayed", "`true` if the change was made by an earlier request.");

fn get(path: &str, id: &str, tag: &'static str, summary: &str) -> Described {
    described(Method::GET, path, id, tag, summary)
}

fn post(path: &str, id: &str, tag: &'static str, summary: &str) -> Described {
    described(Method::POST, path, id, tag, summary)
}

fn described(method: Method, path: &str, id: &str, tag: &'static str, summary: &str) -> Described {
    Described {
        method,
        path: path.to_owned(),
        id: id.to_owned(),
        tag,
        summary: summary.to_owned(),
        text: "",
        parameters: Vec::new(),
        body: None,
        gives: Vec::new(),
        fails: &[],
    }
}

impl Described {
    fn text(mut self, text: &'static str) -> Self {
        self.text = text;
        self
    }

    fn query<P: IntoParams>(mut self) -> Self {
        self.parameters.extend(P::into_params(|| Some(ParameterIn::Query)));
        self
    }

    fn header(mut self, name: &str, text: &str) -> Self {
        self.parameters.push(header(name, text, None));
        self
    }

    fn takes(mut self, schema: &str) -> Self {
        self.body = Some(schema.to_owned());
        self
    }

    fn json(self, schema: &'static str) -> Self {
        self.gives(200, "Done.", JSON, Some(schema))
    }

    fn gives(mut self, status: u16, text: &'static str, kind: &'static str, schema: Option<&'static str>) -> Self {
        self.gives.push(Gives { status, text, content: vec![(kind, schema)], headers: Vec::new() });
        self
    }

    /// The answer that was told last may be in another format.
    fn or_as(mut self, kind: &'static str) -> Self {
        if let Some(last) = self.gives.last_mut() {
            last.content.push((kind, None));
        }
        self
    }

    /// With headers of the answer that was told last.
    fn with_headers(mut self, headers: &[(&'static str, &'static str)]) -> Self {
        if let Some(last) = self.gives.last_mut() {
            last.headers.extend(headers);
        }
        self
    }

    fn not_modified(mut self) -> Self {
        let text = "It is as the client knows it.";
        self.gives.push(Gives { status: 304, text, content: Vec::new(), headers: vec![ETAG] });
        self
    }

    /// A change of one object.
    fn changes(mut self) -> Self {
        let key = "Names the change, so that it is made once within a day, however often it is sent.";
        self.parameters.extend(ChangeParameters::into_params(|| Some(ParameterIn::Query)));
        self.parameters.push(header("Idempotency-Key", key, Some(MAX_IDEMPOTENCY_KEY)));
        if !self.path.ends_with('s') || self.method != Method::POST {
            let text = "The entity tag of the version that the change was made for; another one is answered with 412.";
            self.parameters.push(header("If-Match", text, None));
            self.fails = &[409, 412, 422];
        } else {
            self.fails = &[409, 422];
        }
        let text = "It was changed, or in a dry run would be.";
        self.gives(200, text, JSON, Some("ResourceChanged")).with_headers(&[ETAG, REPLAYED])
    }

    /// Beside a dry run.
    fn made(self) -> Self {
        self.gives(201, "It was made.", JSON, Some("ResourceChanged")).with_headers(&[ETAG, LOCATION, REPLAYED])
    }

    pub(super) fn fails(mut self, statuses: &'static [u16]) -> Self {
        self.fails = statuses;
        self
    }
}

fn header(name: &str, text: &str, longest: Option<usize>) -> Parameter {
    let schema = ObjectBuilder::new().schema_type(Type::String);
    let schema = match longest {
        Some(longest) => schema.max_length(Some(longest)).min_length(Some(1)).pattern(Some("^[!-~]+$")),
        None => schema,
    };
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(text))
        .schema(Some(schema))
        .build()
}
