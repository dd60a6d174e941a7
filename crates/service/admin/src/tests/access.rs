//! Every endpoint for every role, and with another tenant's identifiers. An endpoint that has no row here fails the test.

use std::collections::BTreeSet;

use io_store::{RefusalRecord, Scope};
use serde_json::json;

use super::over_tcp::{Address, Connection};
use super::showing::queue_of;
use super::*;
use crate::{Audience, ENDPOINTS};

/// One endpoint. In its target and body `@T` stands for a tenant's name, `@D` for its domain, `@M` for a message of it, `@R` for
/// the reference of a refusal that it sees, `@N` for the name of a token.
struct Row {
    method: &'static str,
    path: String,
    audience: Audience,
    /// What is sent.
    target: String,
    body: &'static str,
    /// What a tenant's token is answered to identifiers that are another's, or nobody's; none: it names nothing.
    with_foreign: Option<u16>,
}

fn row(
    method: &'static str,
    path: &str,
    audience: Audience,
    (target, body): (&str, &'static str),
    with_foreign: Option<u16>,
) -> Row {
    Row { method, path: path.to_owned(), audience, target: target.to_owned(), body, with_foreign }
}

use Audience::{Administrators, AllTenants, Anyone, Collectors, Operator, Readers};

/// All of them. Those that change something come last.
fn rows() -> Vec<Row> {
    let mut rows = readings();
    rows.extend(of_kind("domains", "@D", r#"{"name":"new.@D"}"#));
    rows.extend(of_kind("certificates", "hq", "{}"));
    rows.extend(of_kind("inbound-connectors", "In", r#"{"name":"new","sender_ip_addresses":["192.0.2.9"]}"#));
    rows.extend(of_kind("send-connectors", "Out", r#"{"name":"new","smart_hosts":["hub.example.net"]}"#));
    rows.extend(changes());
    rows
}

fn readings() -> Vec<Row> {
    let verify = ("/v1/tenants/{tenant}/domains/{name}/verify", "/v1/tenants/@T/domains/@D/verify");
    vec![
        row("GET", "/healthz", Anyone, ("/healthz", ""), None),
        row("GET", "/readyz", Anyone, ("/readyz", ""), None),
        row("GET", "/metrics", Collectors, ("/metrics", ""), None),
        row("GET", "/v1/audit", Readers, ("/v1/audit?tenant=@T", ""), Some(404)),
        row("GET", "/v1/directory", Readers, ("/v1/directory?tenant=@T", ""), Some(404)),
        row("POST", "/v1/explain", Readers, ("/v1/explain", r#"{"mail_from":"a@@D","rcpt_to":"a@@D"}"#), Some(200)),
        row("GET", "/v1/openapi.json", Readers, ("/v1/openapi.json", ""), None),
        row("GET", "/v1/queue", Readers, ("/v1/queue?tenant=@T", ""), Some(404)),
        row("GET", "/v1/queue/count", Readers, ("/v1/queue/count?tenant=@T", ""), Some(404)),
        row("GET", "/v1/queue/{id}", Readers, ("/v1/queue/@M", ""), Some(404)),
        row("GET", "/v1/candidates", Readers, ("/v1/candidates", ""), None),
        row("GET", "/v1/lint", Readers, ("/v1/lint?tenant=@T", ""), Some(404)),
        row("GET", "/v1/refusals", Readers, ("/v1/refusals?tenant=@T", ""), Some(404)),
        row("GET", "/v1/refusals/statistics", Readers, ("/v1/refusals/statistics?by=day&tenant=@T", ""), Some(404)),
        row("GET", "/v1/refusals/{reference}", Readers, ("/v1/refusals/@R", ""), Some(404)),
        row("GET", "/v1/status", Readers, ("/v1/status", ""), None),
        row("GET", "/v1/tenants", Readers, ("/v1/tenants", ""), None),
        row("GET", "/v1/tenants/{tenant}", Readers, ("/v1/tenants/@T", ""), Some(404)),
        row("GET", "/v1/tokens", AllTenants, ("/v1/tokens", ""), None),
        row("GET", "/v1/tokens/{name}", AllTenants, ("/v1/tokens/@N", ""), Some(403)),
        row("GET", "/v1/trace", Readers, ("/v1/trace?tenant=@T", ""), Some(404)),
        row("GET", verify.0, Readers, (verify.1, ""), Some(404)),
        row("POST", verify.0, Administrators, (verify.1, ""), Some(404)),
        row("GET", "/v1/backup", Operator, ("/v1/backup", ""), None),
    ]
}

/// Those of one kind of object: a tenant has one with this name.
fn of_kind(kind: &str, name: &str, new: &'static str) -> [Row; 5] {
    let list = (format!("/v1/tenants/{{tenant}}/{kind}"), format!("/v1/tenants/@T/{kind}"));
    let one = (format!("{}/{{name}}", list.0), format!("{}/{name}", list.1));
    [
        row("GET", &list.0, Readers, (&list.1, ""), Some(404)),
        row("GET", &one.0, Readers, (&one.1, ""), Some(404)),
        row("POST", &list.0, Administrators, (&list.1, new), Some(404)),
        row("PATCH", &one.0, Administrators, (&one.1, "{}"), Some(404)),
        row("DELETE", &one.0, Administrators, (&format!("{}?dry_run=true", one.1), ""), Some(404)),
    ]
}

fn changes() -> Vec<Row> {
    let apply = r#"{"directory":{"tenant":[{"name":"@T"}]}}"#;
    let token = r#"{"name":"new","role":"reader","tenant":"@T"}"#;
    vec![
        row("POST", "/v1/directory/apply", Administrators, ("/v1/directory/apply", apply), Some(404)),
        row(
            "POST",
            "/v1/directory/replace",
            Operator,
            ("/v1/directory/replace", r#"{"objects":[],"dry_run":true}"#),
            None,
        ),
        row("POST", "/v1/queue/hold", Administrators, ("/v1/queue/hold", r#"{"ids":["@M"]}"#), Some(404)),
        row(
            "POST",
            "/v1/queue/release",
            Administrators,
            ("/v1/queue/release", r#"{"select":{"tenant":"@T"}}"#),
            Some(404),
        ),
        row("POST", "/v1/queue/retry", Administrators, ("/v1/queue/retry", r#"{"ids":["@M"]}"#), Some(404)),
        row("POST", "/v1/queue/remove", Administrators, ("/v1/queue/remove", r#"{"ids":["@M"]}"#), Some(404)),
        row("POST", "/v1/tokens", Operator, ("/v1/tokens", token), Some(403)),
        row("PATCH", "/v1/tokens/{name}", Operator, ("/v1/tokens/@N", r#"{"expires":null}"#), Some(403)),
        row("DELETE", "/v1/tokens/{name}", Operator, ("/v1/tokens/@N", ""), Some(403)),
        row("POST", "/v1/tenants", Operator, ("/v1/tenants", r#"{"name":"@T"}"#), Some(403)),
        row("PATCH", "/v1/tenants/{tenant}", Administrators, ("/v1/tenants/@T", "{}"), Some(404)),
        row("POST", "/v1/tenants/{tenant}/suspend", Operator, ("/v1/tenants/@T/suspend", ""), Some(404)),
        row("POST", "/v1/tenants/{tenant}/resume", Operator, ("/v1/tenants/@T/resume", ""), Some(404)),
        row("DELETE", "/v1/tenants/{tenant}", Operator, ("/v1/tenants/@T", ""), Some(404)),
    ]
}

/// What stands for `@T` and the others.
struct Names([(&'static str, String); 5]);

impl Names {
    fn of(tenant: &str, domain: &str, message: String, reference: &str, token: &str) -> Self {
        let [tenant, domain, reference, token] = [tenant, domain, reference, token].map(str::to_owned);
        Self([("@T", tenant), ("@D", domain), ("@M", message), ("@R", reference), ("@N", token)])
    }

    fn in_place(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (sign, name)| text.replace(sign, name))
    }

    /// Turns these names in an answer back into their signs.
    fn out_of(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (sign, name)| text.replace(name, sign))
    }
}

struct World {
    server: Server,
    address: Address,
    own: Names,
    foreign: Names,
    nobody: Names,
}

impl World {
    /// A tenant, another that has the same, and names that nobody has.
    async fn new() -> Self {
        let server = Server::start().await;
        let made = rcgen::generate_simple_self_signed(vec!["hq.contoso.com".to_owned()]).unwrap();
        let certificate = json!({
            "name": "hq", "certificate": made.cert.pem(), "key": made.signing_key.serialize_pem(),
        });
        for tenant in ["contoso", "fabrikam"] {
            let connector = json!({"name": "In", "sender_ip_addresses": ["192.0.2.1"]});
            let out = json!({"name": "Out", "smart_hosts": ["hub.example.net"]});
            let more = json!({
                "name": tenant, "certificate": [certificate], "inbound_connector": [connector], "send_connector": [out],
            });
            let body = json!({"directory": {"tenant": [more]}}).to_string();
            let reply = server.client.send("POST", "/v1/directory/apply", body).await;
            assert_eq!(reply.status, 200, "{}", reply.body);
        }
        let mut messages = Vec::new();
        for tenant in ["contoso", "fabrikam"] {
            queue_of(&server, tenant, 1).await;
            let id = server.state.directory.export(Some(tenant)).remove(0).id;
            let filter = io_store::QueueFilter { limit: 10, ..io_store::QueueFilter::default() };
            messages.push(server.stores.queue.list(Scope::Tenant(id), filter).await.unwrap()[0].id.to_string());
            let seen = RefusalRecord { tenant_sight: vec![id], ..showing::refusal_record(tenant) };
            server.stores.trace.record_refusal(Scope::Operator, seen);
            server.token(json!({"name": format!("{tenant}-old"), "role": "reader", "tenant": tenant})).await;
        }
        let address = Address::bound(&server, "0.0.0.0:0").await;
        let [own, foreign] = [messages.remove(0), messages.remove(0)];
        Self {
            own: Names::of("contoso", "contoso.com", own, "ref-contoso", "contoso-old"),
            foreign: Names::of("fabrikam", "fabrikam.com", foreign, "ref-fabrikam", "fabrikam-old"),
            nobody: Names::of("nobody", "nobody.com", "00000000deadbeef".into(), "ref-nobody", "nobody-old"),
            server,
            address,
        }
    }

    async fn send(&self, row: &Row, names: &Names, token: &str) -> (u16, String) {
        // A connection of its own: one that got an answer before its body was read is closed.
        let mut connection: Connection = self.address.connect().await;
        connection.send(row.method, &names.in_place(&row.target), token, names.in_place(row.body)).await
    }
}

#[test]
fn every_endpoint_has_its_row() {
    let name = |method: &str, path: &str, audience: Audience| format!("{method} {path} for {audience:?}");
    let all = rows();
    let rows: BTreeSet<String> = all.iter().map(|row| name(row.method, &row.path, row.audience)).collect();
    let endpoints: BTreeSet<String> =
        ENDPOINTS.iter().map(|own| name(own.method.as_str(), own.path, own.audience)).collect();
    let missing: Vec<_> = endpoints.difference(&rows).collect();
    let surplus: Vec<_> = rows.difference(&endpoints).collect();
    assert!(
        missing.is_empty() && surplus.is_empty(),
        "rows() in tests/access.rs: missing {missing:#?}, surplus {surplus:#?}"
    );
    assert_eq!((rows.len(), endpoints.len()), (all.len(), ENDPOINTS.len()), "twice in a table");
}

/// The roles, with whom they may be among.
const ROLES: [(&str, Option<&str>, &[Audience]); 4] = [
    ("operator", None, &[Anyone, Collectors, AllTenants, Readers, Administrators, Operator]),
    ("reader", None, &[Anyone, Collectors, AllTenants, Readers]),
    ("tenant-administrator", Some("contoso"), &[Anyone, Readers, Administrators]),
    ("reader", Some("contoso"), &[Anyone, Readers]),
];

#[tokio::test]
async fn each_role_gets_what_is_for_it() {
    for (role, tenant, audiences) in ROLES {
        let world = World::new().await;
        let token = world.server.token(json!({"name": "asks", "role": role, "tenant": tenant})).await;
        for row in &rows() {
            let (status, body) = world.send(row, &world.own, &token).await;
            let what = format!("{role} of {tenant:?}: {} {}: {status} {body}", row.method, row.target);
            match audiences.contains(&row.audience) {
                true if row.method == "GET" && row.path != "/v1/backup" => assert_eq!(status, 200, "{what}"),
                true => assert!(status < 500 && ![401, 403, 404].contains(&status), "{what}"),
                false => assert_eq!(status, 403, "{what}"),
            }
        }
    }
}

#[tokio::test]
async fn without_a_token_in_force_there_is_health_alone() {
    let world = World::new().await;
    let removed = world.server.token(json!({"name": "gone", "role": "operator"})).await;
    world.server.client.send("DELETE", "/v1/tokens/gone", "").await;
    for row in &rows() {
        let wanted = if row.audience == Anyone { 200 } else { 401 };
        let (status, body) = world.send(row, &world.own, "").await;
        assert_eq!(status, wanted, "{} {}: {body}", row.method, row.target);
    }
    // One is enough: each more of them waits longer.
    let (status, body) = world.send(&rows()[3], &world.own, &removed).await;
    assert_eq!(status, 401, "{body}");
}

#[tokio::test]
async fn another_tenant_is_as_if_it_were_not_there() {
    for role in ["tenant-administrator", "reader"] {
        let world = World::new().await;
        let token = world.server.token(json!({"name": "asks", "role": role, "tenant": "contoso"})).await;
        let own = if role == "reader" { &[Readers][..] } else { &[Readers, Administrators][..] };
        for row in &rows() {
            let Some(wanted) = row.with_foreign else { continue };
            let is_named = row.path.contains("{tenant}");
            let wanted = if is_named || own.contains(&row.audience) { wanted } else { 403 };
            let (status, body) = world.send(row, &world.foreign, &token).await;
            let nobodys = world.send(row, &world.nobody, &token).await;
            let what = format!("{role}: {} {}: {body}", row.method, row.target);
            assert_eq!((status, nobodys.0), (wanted, wanted), "{what}");
            assert_eq!(world.foreign.out_of(&body), world.nobody.out_of(&nobodys.1), "{what}");
        }
    }
}

#[tokio::test]
async fn what_another_has_is_not_in_ones_own() {
    let world = World::new().await;
    let token = world.server.token(json!({"name": "asks", "role": "tenant-administrator", "tenant": "contoso"})).await;
    let in_own = |domain: &str| Names::of("contoso", domain, String::new(), "", "");
    let (foreign, nobodys) = (in_own("fabrikam.com"), in_own("nobody.com"));
    for row in rows().iter().filter(|row| row.path.contains("{tenant}/domains/{name}")) {
        let answers = (world.send(row, &foreign, &token).await, world.send(row, &nobodys, &token).await);
        let what = format!("{} {}: {answers:?}", row.method, row.target);
        assert_eq!((answers.0.0, answers.1.0), (404, 404), "{what}");
        assert_eq!(answers.0.1.replace("fabrikam.com", "@"), answers.1.1.replace("nobody.com", "@"), "{what}");
    }
}

#[tokio::test]
async fn lists_and_numbers_are_the_tenants_own() {
    let world = World::new().await;
    let token = world.server.token(json!({"name": "asks", "role": "reader", "tenant": "contoso"})).await;
    for path in ["/v1/directory", "/v1/audit", "/v1/queue", "/v1/status", "/v1/tenants", "/v1/trace"] {
        let (status, body) = world.address.connect().await.send("GET", path, &token, String::new()).await;
        assert_eq!(status, 200, "{path}: {body}");
        for foreign in world.foreign.0.iter().map(|(_, name)| name).chain([&"127.0.0.1:2525".to_owned()]) {
            assert!(!body.contains(foreign.as_str()), "{path} tells of {foreign}: {body}");
        }
        if path == "/v1/status" {
            let status: wire::Status = serde_json::from_str(&body).unwrap();
            assert_eq!((status.directory.counts.tenants, status.queue.unwrap().total), (1, 1), "{body}");
        }
    }
    let (_, body) = world.address.connect().await.send("GET", "/v1/queue/count", &token, String::new()).await;
    assert_eq!(body, r#"{"messages":1}"#);
}

#[tokio::test]
async fn a_path_that_is_no_text_is_a_problem_and_nothing_is_told_to_strangers() {
    let world = World::new().await;
    let token = world.server.token(json!({"name": "asks", "role": "reader", "tenant": "contoso"})).await;
    for path in ["/v1/tenants/%ff", "/v1/tenants/contoso/domains/%ff", "/v1/queue/%ff"] {
        world.server.client.refuses("GET", path, "", wire::ProblemKind::BadRequest, "UTF-8").await;
        for (token, expected) in [("", 401), (&*token, 400)] {
            let (status, body) = world.address.connect().await.send("GET", path, token, String::new()).await;
            assert_eq!(status, expected, "{path}: {body}");
        }
    }
}
