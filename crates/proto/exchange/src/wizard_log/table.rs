//! The tables that the wizard prints for each connector: a property a row, with the value that it expects, the actual one, and
//! whether the two are equal. Where they are not, the wizard changes the property.
//!
//! Known of them are the columns `Actual` and `Equals` (Exchange Team Blog, *TLS Certificates in Exchange Hybrid*); how they are
//! drawn is not, so that bars, tabs and aligned blanks are all read.

/// Kinds of connectors as headings name them, blanks and case aside.
const CONNECTORS: [&str; 4] = ["SendConnector", "ReceiveConnector", "InboundConnector", "OutboundConnector"];

/// Names of the column with the property, and of the one with the value that the wizard wants.
const PROPERTY: [&str; 4] = ["property", "parameter", "setting", "name"];
const EXPECTED: [&str; 4] = ["expected", "desired", "value", "new"];

/// Most rows of one table; connectors have fifty properties.
const MAX_ROWS: usize = 500;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Lines behind the beginning of the text.
    pub(super) offset: u64,
    /// `SendConnector`, …; none where no heading says.
    pub(super) object_type: Option<&'static str>,
    pub(super) property: Box<str>,
    /// None: there is no such column.
    pub(super) expected: Option<Box<str>>,
    pub(super) actual: Box<str>,
    pub(super) equals: bool,
}

/// The rows of all tables in a text.
pub(super) fn rows(text: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut columns: Option<Columns> = None;
    let mut heading = None;
    for (offset, line) in (0_u64..).zip(text.lines()) {
        if let Some(found) = Columns::of_header(line) {
            columns = Some(found);
            continue;
        }
        if let Some(row) = columns.as_ref().and_then(|columns| columns.row(line)) {
            if rows.len() < MAX_ROWS {
                rows.push(Row { offset, object_type: heading, ..row });
            }
        } else if let Some(kind) = connector_kind(line) {
            heading = Some(kind);
            columns = None;
        } else if line.trim().is_empty() {
            columns = None;
        }
    }
    rows
}

fn connector_kind(line: &str) -> Option<&'static str> {
    let signs: String = line.chars().filter(|c| !c.is_whitespace()).take(400).collect();
    let signs = signs.to_ascii_lowercase();
    CONNECTORS.into_iter().find(|kind| signs.contains(&kind.to_ascii_lowercase()))
}

/// How a row is cut.
#[derive(Clone, Debug)]
enum Cut {
    At(char),
    /// Columns begin at these signs.
    Aligned(Vec<usize>),
}

#[derive(Clone, Debug)]
struct Columns {
    cut: Cut,
    property: usize,
    expected: Option<usize>,
    actual: usize,
    equals: usize,
}

impl Columns {
    /// The columns of a header, which has `Actual` and `Equals` among its cells.
    fn of_header(line: &str) -> Option<Self> {
        if !line.contains("Actual") || !line.contains("Equals") {
            return None;
        }
        let cut = match ['|', '\t'].into_iter().find(|separator| line.contains(*separator)) {
            Some(separator) => Cut::At(separator),
            None => Cut::Aligned(starts_of_words(line)),
        };
        let names: Vec<String> = cut.cells(line).iter().map(|cell| cell.to_ascii_lowercase()).collect();
        let place = |wanted: &str| names.iter().position(|name| name == wanted);
        let any = |wanted: &[&str]| names.iter().position(|name| wanted.iter().any(|one| name.starts_with(one)));
        let first = names.iter().position(|name| !name.is_empty())?;
        Some(Self {
            property: any(&PROPERTY).unwrap_or(first),
            expected: any(&EXPECTED),
            actual: place("actual").or_else(|| any(&["actual"]))?,
            equals: place("equals")?,
            cut,
        })
    }

    /// The row, without its place and heading.
    fn row(&self, line: &str) -> Option<Row> {
        let cells = self.cut.cells(line);
        let cell = |place: usize| cells.get(place).map(|cell| Box::<str>::from(cell.as_str()));
        let equals = match cells.get(self.equals)?.to_ascii_lowercase().as_str() {
            "true" => true,
            "false" => false,
            _ => return None,
        };
        let property = cell(self.property).filter(|property| !property.is_empty())?;
        let (expected, actual) = (self.expected.and_then(cell), cell(self.actual)?);
        Some(Row { offset: 0, object_type: None, property, expected, actual, equals })
    }
}

impl Cut {
    fn cells(&self, line: &str) -> Vec<String> {
        match self {
            Self::At(separator) => line.split(*separator).map(|cell| cell.trim().to_owned()).collect(),
            Self::Aligned(starts) => {
                let ends = starts.iter().skip(1).copied().chain([usize::MAX]);
                let cell = |(start, end): (&usize, usize)| {
                    let signs = line.chars().skip(*start).take(end.saturating_sub(*start));
                    signs.collect::<String>().trim().to_owned()
                };
                starts.iter().zip(ends).map(cell).collect()
            }
        }
    }
}

/// Where words begin, at most as many as a table has columns.
fn starts_of_words(line: &str) -> Vec<usize> {
    const MAX_COLUMNS: usize = 16;
    let mut before = ' ';
    let mut starts = Vec::new();
    for (place, c) in line.chars().enumerate() {
        if before.is_whitespace() && !c.is_whitespace() && starts.len() < MAX_COLUMNS {
            starts.push(place);
        }
        before = c;
    }
    starts
}
