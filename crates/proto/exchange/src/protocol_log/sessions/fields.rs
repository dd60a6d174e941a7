//! A line to the fields that sessions are made of, without a copy where no quote stands in the way.
//!
//! More lenient than [`Reader`](super::super::Reader): a value with commas that lost its quotes in a copy is put together again,
//! since only the two last columns may hold commas.

use std::borrow::Cow;

use super::super::header::{COLUMNS, Header};

/// Columns before the data.
const LEADING: usize = 7;

/// The fields of a row, as octets. Those before the data are slices of the line: their surrounding quotes are gone, quotes
/// within, which only a connector's name may have, are still doubled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fields<'a> {
    pub time: &'a [u8],
    pub connector_id: &'a [u8],
    pub session_id: &'a [u8],
    pub sequence_number: &'a [u8],
    pub local_endpoint: &'a [u8],
    pub remote_endpoint: &'a [u8],
    pub event: &'a [u8],
    pub data: Cow<'a, [u8]>,
    pub context: Cow<'a, [u8]>,
}

/// Why a line has no fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoFields {
    /// A quote is not closed.
    OpenQuote,
    /// There are too few columns to hold an event, or too few for a line without its end.
    TooFew,
}

/// The order of the columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Order {
    /// The usual nine.
    #[default]
    Usual,
    /// The header has others: the place of each of the usual nine.
    Other(Box<[Option<usize>; COLUMNS.len()]>),
}

impl Order {
    pub fn of(header: &Header) -> Self {
        if header.fields.is_empty() || header.fields.iter().map(String::as_str).eq(COLUMNS) {
            return Self::Usual;
        }
        let place = |column: &str| header.fields.iter().position(|name| name == column);
        Self::Other(Box::new(COLUMNS.map(place)))
    }
}

impl<'a> Fields<'a> {
    /// Takes a line apart.
    pub fn split(line: &'a [u8], order: &Order, is_whole: bool) -> Result<Self, NoFields> {
        match order {
            Order::Usual => Self::usual(line, is_whole),
            Order::Other(places) => Self::placed(line, places, is_whole),
        }
    }

    fn usual(line: &'a [u8], is_whole: bool) -> Result<Self, NoFields> {
        let mut leading: [&[u8]; LEADING] = [&[]; LEADING];
        let mut rest = Some(line);
        for field in &mut leading {
            let from = rest.ok_or(NoFields::TooFew)?;
            (*field, rest) = next_slice(from)?;
        }
        let [time, connector_id, session_id, sequence_number, local_endpoint, remote_endpoint, event] = leading;
        let leading = Self {
            time,
            connector_id,
            session_id,
            sequence_number,
            local_endpoint,
            remote_endpoint,
            event,
            ..Self::default()
        };
        match rest {
            Some(rest) => leading.with_last_two(rest, is_whole),
            None if is_whole => Ok(leading),
            None => Err(NoFields::TooFew),
        }
    }

    /// Adds data and context out of what stands behind the event.
    pub fn with_last_two(self, rest: &'a [u8], is_whole: bool) -> Result<Self, NoFields> {
        let (data, context) = last_two(rest, is_whole)?;
        Ok(Self { data, context, ..self })
    }

    fn placed(line: &'a [u8], places: &[Option<usize>; COLUMNS.len()], is_whole: bool) -> Result<Self, NoFields> {
        let most = places.iter().flatten().max().map_or(0, |most| most + 1);
        let mut fields = Vec::with_capacity(most.min(line.len() + 1));
        let mut rest = Some(line);
        while let Some(from) = rest.filter(|_| fields.len() < most) {
            let (field, behind) = next_raw(from)?;
            fields.push(field);
            rest = behind;
        }
        if fields.len() < most && !is_whole {
            return Err(NoFields::TooFew);
        }
        let slice = |column: usize| {
            let place = places.get(column).copied().flatten();
            place.and_then(|place| fields.get(place)).copied().unwrap_or_default()
        };
        let value = |column: usize| unquote_whole(slice(column));
        let fields = Self {
            time: without_quotes(slice(0)),
            connector_id: without_quotes(slice(1)),
            session_id: without_quotes(slice(2)),
            sequence_number: without_quotes(slice(3)),
            local_endpoint: without_quotes(slice(4)),
            remote_endpoint: without_quotes(slice(5)),
            event: without_quotes(slice(6)),
            data: value(7),
            context: value(8),
        };
        if fields.event.is_empty() { Err(NoFields::TooFew) } else { Ok(fields) }
    }
}

/// Data and context.
type LastTwo<'a> = (Cow<'a, [u8]>, Cow<'a, [u8]>);

/// Data and context out of what stands behind the event. A file may end behind the data's comma, not before it.
fn last_two(rest: &[u8], is_whole: bool) -> Result<LastTwo<'_>, NoFields> {
    let (data, behind) = next_field(rest)?;
    let Some(behind) = behind else {
        return if is_whole { Ok((data, Cow::Borrowed(b""))) } else { Err(NoFields::TooFew) };
    };
    let (context, surplus) = next_field(behind)?;
    if surplus.is_none() {
        return Ok((data, context));
    }
    if data.is_empty() || rest.first() == Some(&b'"') {
        // The context has the commas.
        return Ok((data, Cow::Borrowed(behind)));
    }
    let last = memchr::memrchr(b',', rest).and_then(|at| rest.split_at_checked(at));
    let (data, context) = last.ok_or(NoFields::TooFew)?;
    Ok((Cow::Borrowed(data), Cow::Borrowed(context.get(1..).unwrap_or_default())))
}

/// A field before the data, without its quotes, and what stands behind its comma.
fn next_slice(text: &[u8]) -> Result<Slice<'_>, NoFields> {
    let (raw, behind) = next_raw(text)?;
    Ok((without_quotes(raw), behind))
}

/// A field as it stands there, and what stands behind its comma.
type Slice<'a> = (&'a [u8], Option<&'a [u8]>);

fn next_raw(text: &[u8]) -> Result<Slice<'_>, NoFields> {
    if text.first() != Some(&b'"') {
        return Ok(raw_until_comma(text, 0));
    }
    let mut closing = 0;
    loop {
        let from = closing + 1;
        let found = text.get(from..).and_then(|rest| memchr::memchr(b'"', rest)).ok_or(NoFields::OpenQuote)?;
        closing = from + found;
        match text.get(closing + 1) {
            Some(b'"') => closing += 1,
            _ => return Ok(raw_until_comma(text, closing)),
        }
    }
}

fn raw_until_comma(text: &[u8], from: usize) -> Slice<'_> {
    let comma = text.get(from..).and_then(|rest| memchr::memchr(b',', rest));
    match comma.and_then(|at| text.split_at_checked(from + at)) {
        Some((field, behind)) => (field, behind.get(1..)),
        None => (text, None),
    }
}

fn without_quotes(field: &[u8]) -> &[u8] {
    field.strip_prefix(b"\"").and_then(|field| field.strip_suffix(b"\"")).unwrap_or(field)
}

fn unquote_whole(field: &[u8]) -> Cow<'_, [u8]> {
    next_field(field).map_or(Cow::Borrowed(field), |(value, _)| value)
}

/// A field with what it says, and what stands behind its comma.
type Field<'a> = (Cow<'a, [u8]>, Option<&'a [u8]>);

fn next_field(text: &[u8]) -> Result<Field<'_>, NoFields> {
    match text.strip_prefix(b"\"") {
        Some(quoted) => unquote(quoted).ok_or(NoFields::OpenQuote),
        None => Ok(plain(text)),
    }
}

fn plain(text: &[u8]) -> Field<'_> {
    match memchr::memchr(b',', text).and_then(|at| text.split_at_checked(at)) {
        Some((field, behind)) => (Cow::Borrowed(field), behind.get(1..)),
        None => (Cow::Borrowed(text), None),
    }
}

/// A field whose opening quote is gone already. Doubled quotes are one, and what stands behind the closing one belongs to it.
fn unquote(text: &[u8]) -> Option<Field<'_>> {
    let until_quote = |text| memchr::memchr(b'"', text).and_then(|at| <[u8]>::split_at_checked(text, at));
    let (first, behind) = until_quote(text)?;
    let mut field = Cow::Borrowed(first);
    let mut behind = behind.get(1..)?;
    while let Some(rest) = behind.strip_prefix(b"\"") {
        let (part, after) = until_quote(rest)?;
        field.to_mut().push(b'"');
        field.to_mut().extend_from_slice(part);
        behind = after.get(1..)?;
    }
    let (tail, next) = plain(behind);
    if !tail.is_empty() {
        field.to_mut().extend_from_slice(&tail);
    }
    Some((field, next))
}
