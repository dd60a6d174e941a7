//! Where each object and field of a directory stands in its files, so that what validation finds gets a line.

use std::collections::BTreeMap;
use std::sync::Arc;

use core_directory::{Fault, FaultCode, Field, ObjectKind, ObjectPath};
use proto_placed_toml::{Document, FileError, Place};

/// The places of a directory's objects, over all files that were read.
#[derive(Clone, Debug, Default)]
pub struct Places {
    documents: Vec<Arc<Document>>,
    objects: BTreeMap<ObjectPath, Vec<ObjectPlaces>>,
}

/// The places of one object.
#[derive(Clone, Debug)]
pub(crate) struct ObjectPlaces {
    /// Index into the documents.
    document: usize,
    /// The way to it, for people.
    path: String,
    at: Place,
    fields: Vec<(Field, Place)>,
    /// Items of lists, by the text of their value.
    items: Vec<(Field, String, Place)>,
}

impl Places {
    /// The error of a validation fault with file, line and field. For an object that is in no file, such as one that the
    /// server has, an error without a place.
    pub fn locate(&self, fault: &Fault) -> FileError {
        let item = match &fault.code {
            FaultCode::WideRange(range) => Some(range.to_string()),
            FaultCode::UnknownDomain(domain) => Some(domain.to_string()),
            _ => None,
        };
        let last = matches!(fault.code, FaultCode::Duplicate(_));
        let hint = hint(fault);
        self.at(&fault.path, fault.field, item.as_deref(), last, fault.code.to_string(), hint)
    }

    /// The same for a fault that came as text, from a server that validated what was sent to it.
    pub fn locate_text(&self, path: &ObjectPath, field: Field, what: &str) -> FileError {
        self.at(path, field, None, true, what.to_owned(), None)
    }

    fn at(
        &self,
        path: &ObjectPath,
        field: Field,
        item: Option<&str>,
        last: bool,
        what: String,
        hint: Option<String>,
    ) -> FileError {
        let objects = self.objects.get(path).map(Vec::as_slice).unwrap_or_default();
        let found = if last { objects.last() } else { objects.first() };
        match found.and_then(|object| Some((object, self.documents.get(object.document)?))) {
            Some((object, document)) => {
                document.error(object.place_of(field, item), format!("{} › {field}", object.path), what, hint)
            }
            None => FileError { path: format!("{path}, {field}"), ..FileError::whole("", what, hint) },
        }
    }

    /// Every field of an inbound connector that is written in a text file, with its line from 1, and the connector itself as
    /// its field `name`: tenant, connector, field, line.
    pub fn inbound_connector_lines(&self) -> impl Iterator<Item = (&str, &str, Field, usize)> {
        let connectors = self.objects.iter().filter(|(path, _)| path.kind == ObjectKind::InboundConnector);
        connectors.flat_map(move |(path, objects)| {
            let first = objects.first().and_then(|object| Some((object, self.documents.get(object.document)?)));
            first.into_iter().flat_map(move |(object, document)| {
                let named = object.fields.iter().any(|(field, _)| *field == Field::Name);
                let own = (!named).then_some((Field::Name, object.at));
                let fields = object.fields.iter().copied().chain(own);
                let line = move |(field, place): (Field, Place)| Some((field, document.line(place)?));
                fields.filter_map(line).map(move |(field, line)| (&*path.tenant, &*path.name, field, line))
            })
        })
    }

    /// Where an object itself stands, as `FILE:LINE:COLUMN`.
    pub(crate) fn position(&self, path: &ObjectPath) -> Option<FileError> {
        let object = self.objects.get(path)?.first()?;
        let document = self.documents.get(object.document)?;
        Some(document.error(object.at, object.path.clone(), String::new(), None))
    }

    /// Starts a file.
    pub(crate) fn add_document(&mut self, document: Arc<Document>) {
        self.documents.push(document);
    }

    /// Takes in an object of the file that was started last.
    pub(crate) fn add(&mut self, tenant: &str, kind: ObjectKind, name: &str, mut places: ObjectPlaces) {
        places.document = self.documents.len().saturating_sub(1);
        let path = ObjectPath { tenant: tenant.to_owned(), kind, name: name.to_owned() };
        self.objects.entry(path).or_default().push(places);
    }

    /// Takes in the places of other files.
    pub(crate) fn extend(&mut self, other: Self) {
        let base = self.documents.len();
        self.documents.extend(other.documents);
        for (path, objects) in other.objects {
            let moved = objects.into_iter().map(|object| ObjectPlaces { document: object.document + base, ..object });
            self.objects.entry(path).or_default().extend(moved);
        }
    }
}

impl ObjectPlaces {
    /// An object of which no field is known yet.
    pub(crate) fn new(path: &str, at: Place) -> Self {
        Self { document: 0, path: path.to_owned(), at, fields: Vec::new(), items: Vec::new() }
    }

    pub(crate) fn field(&mut self, field: Field, place: Place) {
        self.fields.push((field, place));
    }

    pub(crate) fn item(&mut self, field: Field, text: String, place: Place) {
        self.items.push((field, text, place));
    }

    /// The item of the list, else the field, else the object.
    fn place_of(&self, field: Field, item: Option<&str>) -> Place {
        let item = item.and_then(|text| self.items.iter().find(|(of, own, _)| *of == field && own == text));
        let named = || self.fields.iter().find(|(own, _)| *own == field).map(|(_, place)| *place);
        item.map(|(_, _, place)| *place).or_else(named).unwrap_or(self.at)
    }
}

/// What to do, where the fault's own text does not say it.
fn hint(fault: &Fault) -> Option<String> {
    let hint = match (&fault.code, fault.field) {
        (FaultCode::ContradictsTls(_), Field::TlsDomain) => {
            "set tls = \"domain-validation\", which alone compares the name, or leave tls_domain out"
        }
        (FaultCode::ContradictsTls(_), Field::Certificate) => {
            "a certificate is presented over TLS only; set another tls, or leave certificate out"
        }
        (FaultCode::UnknownCertificate(_), _) => "add a [[tenant.certificate]] with this name",
        (FaultCode::UnknownDomain(_), _) => "add a [[tenant.domain]] with this name",
        _ => return None,
    };
    Some(hint.to_owned())
}
