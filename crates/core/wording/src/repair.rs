//! The change that turns a verdict, as instructions.

use core_attribution::{Answer, Edit, EditKind};

use crate::Language;
use crate::catalog::Catalog;
use crate::codes::{chain_fault, edit_id};
use crate::values::value;

/// One edit as an instruction.
#[must_use]
pub fn edit(edit: &Edit, language: Language) -> String {
    let from = value(&edit.from, language);
    let to = value(&edit.to, language);
    let id = match edit.kind {
        EditKind::Set if edit.from.is_empty() => "edit-set-first",
        EditKind::MendCertificate if edit.from.is_empty() => "edit-mend-certificate-unnamed",
        kind => edit_id(kind),
    };
    let arguments = [
        ("field", edit.field.as_str()),
        ("connector", edit.connector.as_str()),
        ("tenant", edit.tenant.as_str()),
        ("from", from.as_str()),
        ("to", to.as_str()),
    ];
    Catalog::get(language).text(id, &arguments)
}

/// The instructions of an answer, in the order in which they are done. Of a certificate that has to be mended they say what is
/// wrong with it.
pub(crate) fn instructions(answer: &Answer, language: Language) -> Vec<String> {
    let edits = answer.change.iter().flat_map(|change| &change.edits);
    edits.map(|one| instruction(one, answer, language)).collect()
}

fn instruction(one: &Edit, answer: &Answer, language: Language) -> String {
    let faults = &answer.presented.chain_faults;
    if one.kind != EditKind::MendCertificate || faults.is_empty() {
        return edit(one, language);
    }
    let faults: Vec<String> = faults.iter().map(|fault| chain_fault(&fault.code, &fault.arguments, language)).collect();
    Catalog::get(language).text("edit-mend-certificate-faults", &[("faults", &faults.join("; "))])
}
