//! Certificates that Send connectors present: they stand in the file as remarks, with the commands that bring them.

use proto_directory_file::AnnotatedObject;

use super::reading::Reading;
use crate::account::Reason;
use crate::drafts::{Draft, Drafts};

/// Adds a certificate by its subject, and tells by which name.
pub(super) fn stub(subject: &str, tenant: &str, reading: &Reading<'_>, drafts: &mut Drafts) -> String {
    let name = common_name(subject);
    let file: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' || c == '-' { c } else { '_' }).collect();
    let file = file.trim_start_matches('.');
    let object = AnnotatedObject::Certificate {
        name: name.clone(),
        certificate: format!("{file}.pem"),
        key: format!("{file}.key"),
    };
    let mut draft = Draft::new(tenant, object, format!("{}: {subject}", reading.from()));
    draft.remarks.push("On that server: Export-PfxCertificate -Cert Cert:\\LocalMachine\\My\\THUMBPRINT".to_owned());
    draft.remarks.push(format!("Then: openssl pkcs12 -in FILE.pfx -nokeys -out {file}.pem"));
    draft.remarks.push(format!("And: openssl pkcs12 -in FILE.pfx -nocerts -nodes -out {file}.key"));
    draft.out = Some(Reason::new("a dump holds no private key", "bring both files, and take the remark signs away"));
    drafts.add(draft);
    name
}

/// `mail.contoso.com` of `CN=mail.contoso.com, O=Contoso`; the whole subject where it has no such name.
fn common_name(subject: &str) -> String {
    let parts = subject.split(',').map(str::trim);
    let name = parts.filter_map(|part| part.strip_prefix("CN=").or_else(|| part.strip_prefix("cn="))).next();
    let name = name.unwrap_or(subject).trim();
    if name.is_empty() {
        "certificate".to_owned()
    } else {
        name.chars().take(core_directory::MAX_NAME_LENGTH).collect()
    }
}
