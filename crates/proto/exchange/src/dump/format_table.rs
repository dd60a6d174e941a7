//! Format-Table: a line of names, a line of hyphens below them, a line an object. Columns that did not fit are not there, and
//! values that did not fit end in an ellipsis (Microsoft: Format-Table).

use super::Shown;
use super::bag::{Loss, Property, PropertyBag};
use super::enumeration;

/// A table while its rows come in.
#[derive(Debug)]
pub(super) struct OpenTable {
    columns: Vec<Column>,
    row: Option<PropertyBag>,
}

#[derive(Debug)]
struct Column {
    name: Box<str>,
    /// Where its hyphens begin and end, counted in characters.
    start: usize,
    end: usize,
}

impl OpenTable {
    /// Whether a line is the one below the names.
    pub(super) fn is_rule(line: &str) -> bool {
        line.trim_end().len() >= 2 && line.contains("--") && line.bytes().all(|octet| octet == b'-' || octet == b' ')
    }

    /// Begins a table from the line of names and the rule below it.
    pub(super) fn new(names: &str, rule: &str) -> Option<Self> {
        let mut columns: Vec<Column> = Vec::new();
        let mut start = None;
        for (at, sign) in rule.chars().chain([' ']).enumerate() {
            match (sign, start) {
                ('-', None) => start = Some(at),
                ('-', Some(_)) | (_, None) => {}
                (_, Some(begun)) => {
                    columns.push(Column { name: "".into(), start: begun, end: at });
                    start = None;
                }
            }
        }
        let cells = cells(names, &columns);
        for (column, name) in columns.iter_mut().zip(cells) {
            if name.is_empty() || name.contains(' ') {
                return None;
            }
            column.name = name.into();
        }
        (!columns.is_empty() && columns.len() <= PropertyBag::MAX_PROPERTIES).then_some(Self { columns, row: None })
    }

    /// Takes a row; the one before it is complete then. A row whose first cell is empty goes on with the one before
    /// (`-Wrap`): what it adds to cannot be told apart from a value of its own, so those cells are not whole.
    pub(super) fn push(&mut self, line_number: u64, line: &str) -> Option<PropertyBag> {
        let cells = cells(line, &self.columns);
        if cells.first().is_some_and(|first| first.is_empty()) {
            for (cell, column) in cells.iter().zip(&self.columns) {
                let row = self.row.as_mut().map(|row| &mut row.properties);
                let property = row.and_then(|row| row.iter_mut().find(|property| property.name == column.name));
                if let Some(property) = property.filter(|_| !cell.is_empty()) {
                    *property = std::mem::replace(property, Property::lost("", 0, Loss::Column)).cut(Loss::Column);
                }
            }
            return None;
        }
        let mut bag = PropertyBag::new(line_number, None);
        for (cell, column) in cells.iter().zip(&self.columns) {
            bag.add(cell_property(&column.name, line_number, cell));
        }
        self.row.replace(bag)
    }

    /// The table has ended: its last row.
    pub(super) fn close(self) -> Option<PropertyBag> {
        self.row
    }
}

fn cell_property(name: &str, line: u64, cell: &str) -> Property {
    let is_flags = name.eq_ignore_ascii_case("Services") && services_in_letters(cell).is_some();
    match enumeration::without_ellipsis(cell) {
        Some(shown) if !cell.starts_with('{') && !is_flags => {
            let property = Property::of_text(name, line, shown);
            if matches!(property.value, Shown::Whole(_)) { property.cut(Loss::Column) } else { property }
        }
        _ => enumeration::property(name, line, cell, Loss::Column),
    }
}

/// What Get-ExchangeCertificate's letters stand for, `IP.WS..`: a letter in its place, or a dot. `None` for other texts.
pub(super) fn services_in_letters(text: &str) -> Option<Vec<&'static str>> {
    const PLACES: [(u8, &str); 5] = [(b'I', "IMAP"), (b'P', "POP"), (b'U', "UM"), (b'W', "IIS"), (b'S', "SMTP")];
    // 2007 has five places, 2010 six, later ones seven: the last are of no interest here.
    let octets = text.as_bytes();
    let is_in_place = |(octet, (letter, _)): (&u8, &(u8, &str))| *octet == b'.' || octet == letter;
    let fits = (5..=7).contains(&octets.len()) && octets.iter().zip(&PLACES).all(is_in_place);
    let rest_fits = octets.iter().skip(PLACES.len()).all(|octet| *octet == b'.' || octet.is_ascii_uppercase());
    let set = octets.iter().zip(&PLACES).filter(|(octet, _)| **octet != b'.');
    (fits && rest_fits).then(|| set.map(|(_, (_, name))| *name).collect())
}

/// The cells of a line. A column reaches to the next one's hyphens; a number, which is aligned to the right, may begin before
/// its own.
fn cells<'a>(line: &'a str, columns: &[Column]) -> Vec<&'a str> {
    let places: Vec<usize> = line.char_indices().map(|(at, _)| at).chain([line.len()]).collect();
    let octets = line.as_bytes();
    let place = |column: usize| places.get(column).copied().unwrap_or(line.len());
    let mut cells = Vec::new();
    let mut from = 0;
    for (index, column) in columns.iter().enumerate() {
        let to = match columns.get(index + 1) {
            None => line.len(),
            Some(next) => {
                let (mut at, least) = (place(next.start), place(column.end));
                while at > least && at < line.len() && octets.get(at - 1).is_some_and(|octet| *octet != b' ') {
                    at -= 1;
                }
                at
            }
        };
        cells.push(line.get(from..to.max(from)).unwrap_or_default().trim());
        from = to.max(from);
    }
    cells
}
