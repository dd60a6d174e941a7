//! Which object a command is about, and at which tenant.

use core_directory::ObjectKind;
use service_admin::wire::{Resource, ResourcePage, resource_path};

use crate::cli::kind::Kind;
use crate::cli::object::ObjectName;
use crate::client::{Client, ClientError};
use crate::exit::Failure;
use crate::shell;

/// Most tenants that are named where one has to be chosen.
const MAX_TOLD: usize = 10;

/// An object at its tenant.
#[derive(Debug)]
pub struct Target {
    /// The tenant; a tenant's own name.
    pub tenant: String,
    /// The object's name.
    pub name: String,
    /// Whether the tenant was typed, so that what is told to be typed has it too.
    typed: bool,
}

impl Target {
    /// The object that was typed. Where no tenant was, it is the only one that there is.
    ///
    /// # Errors
    /// There are several tenants, or none.
    pub fn of(client: &Client, kind: &Kind, object: ObjectName) -> Result<Self, Failure> {
        let ObjectName { tenant, name } = object;
        if !kind.is_in_tenant() {
            return Ok(Self { tenant: name.clone(), name, typed: false });
        }
        let typed = tenant.is_some();
        let tenant = match tenant {
            Some(tenant) => tenant,
            None => only_tenant(client)?,
        };
        Ok(Self { tenant, name, typed })
    }

    /// Its path.
    pub fn path(&self, kind: &Kind) -> String {
        resource_path(&self.tenant, kind.object, Some(&self.name))
    }

    /// The path of all objects of its kind.
    pub fn collection(&self, kind: &Kind) -> String {
        resource_path(&self.tenant, kind.object, None)
    }

    /// What stands behind a command about its neighbours: ` --tenant T` where that was typed.
    pub fn flag(&self) -> String {
        if self.typed { format!(" --tenant {}", shell::quoted(&self.tenant)) } else { String::new() }
    }

    /// The command that does something to it.
    pub fn command(&self, kind: &Kind, action: &str) -> String {
        format!("postwarden {} {action} {}{}", kind.command, shell::quoted(&self.name), self.flag())
    }

    /// The object in force.
    pub fn get(&self, client: &Client, kind: &Kind) -> Result<Resource, ClientError> {
        client.get(&self.path(kind))
    }
}

/// The only tenant.
fn only_tenant(client: &Client) -> Result<String, Failure> {
    let path = format!("{}?limit={}", resource_path("", ObjectKind::Tenant, None), MAX_TOLD + 1);
    let page: ResourcePage = client.get(&path)?;
    let names: Vec<&str> = page.items.iter().map(Resource::name).collect();
    match names.as_slice() {
        [only] => Ok((*only).to_owned()),
        [] => Err(Failure::usage("there are no tenants yet").hint("`postwarden tenant add NAME` registers the first")),
        several => {
            let told: Vec<String> = several.iter().take(MAX_TOLD).map(|name| shell::quoted(name)).collect();
            let more = if several.len() > MAX_TOLD || page.next.is_some() { " and more" } else { "" };
            Err(Failure::usage("which tenant? There are several")
                .hint(format!("add --tenant NAME: {}{more}", told.join(", "))))
        }
    }
}
