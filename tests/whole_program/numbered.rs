//! Messages that can be told and made again by their number, so that what arrives is compared with what was sent without
//! either being kept: of many sizes, with dots at the beginnings of lines, empty lines, long ones, and every octet that
//! a line can hold.

/// The largest body, 50 MB.
pub const LARGEST: usize = 50_000_000;

/// Sizes lie evenly on a log scale. Of those above this one, one in [`THINNED`] is kept and the others drawn again, because
/// few such messages outweigh all others: ten thousand have some 2 GB together instead of 28.
const THINNED_ABOVE: usize = 1_000_000;
const THINNED: u64 = 25;

const FIELD: &[u8] = b"X-Number: ";

/// A message's header and body, with CRLF.
pub fn message(number: u64, size: usize) -> Vec<u8> {
    let mut octets = format!("X-Number: {number}\r\n\r\n").into_bytes();
    let end = octets.len() + size;
    let mut random = Random(number);
    while octets.len() < end {
        let length = random.line_length();
        for _ in 0..length.div_ceil(8) {
            octets.extend(random.next().to_le_bytes().map(in_a_line));
        }
        octets.truncate(octets.len() - (length.div_ceil(8) * 8 - length));
        if octets.len() + 2 < end {
            octets.extend(b"\r\n");
        }
    }
    octets.truncate(end);
    octets.extend(b"\r\n");
    octets
}

/// The size of a body without its last CRLF: from 1 octet, which the first of `count` messages has, to `largest`, which the
/// last one has.
pub fn size(number: u64, count: u64, largest: usize) -> usize {
    if number == 0 || number + 1 == count {
        return if number == 0 { 1 } else { largest };
    }
    let mut random = Random(!number);
    loop {
        let size = (random.fraction() * (largest as f64).ln()).exp() as usize;
        if size <= THINNED_ABOVE || random.next().is_multiple_of(THINNED) {
            return size.max(1);
        }
    }
}

/// The message's number, if `octets` are that message with nothing but these fields before it; otherwise what is wrong. Lines
/// end with LF alone, as in a maildir.
pub fn number_of(octets: &[u8], before: &[&str], size: impl FnOnce(u64) -> usize) -> Result<u64, String> {
    let is_field = |window: &[u8]| window.starts_with(b"\n") && window[1..].starts_with(FIELD);
    let begin = octets.windows(FIELD.len() + 1).position(is_field).ok_or("no number")? + 1;
    let (fields, rest) = octets.split_at(begin);
    let fields = String::from_utf8_lossy(fields);
    let names = fields.lines().filter(|line| !line.starts_with([' ', '\t'])).map(|line| line.split(':').next());
    let names: Vec<&str> = names.flatten().collect();
    if names != before {
        return Err(format!("before the message stand {names:?}"));
    }
    let digits = rest[FIELD.len()..].split(|&octet| octet == b'\n').next().unwrap_or_default();
    let number: u64 = String::from_utf8_lossy(digits).parse().map_err(|error| format!("number {digits:?}: {error}"))?;
    let mut expected = message(number, size(number));
    // No CR stands in it but before a LF.
    expected.retain(|&octet| octet != b'\r');
    if rest == expected {
        return Ok(number);
    }
    let same = rest.iter().zip(&expected).take_while(|(came, sent)| came == sent).count();
    Err(format!("message {number} of {} octets arrived with {}, the same up to {same}", expected.len(), rest.len()))
}

/// Every octet but NUL, which some relays may take out, and those that end lines; in their place stands a dot.
fn in_a_line(octet: u8) -> u8 {
    if matches!(octet, 0 | b'\r' | b'\n') { b'.' } else { octet }
}

/// SplitMix64: the same numbers on every machine.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below this number.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// From 0 to 1.
    fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Often empty or short, mostly as people write, now and then as long as SMTP allows.
    fn line_length(&mut self) -> usize {
        let length = match self.below(8) {
            0 => 0,
            1 => self.below(4),
            2 => 998,
            _ => 1 + self.below(120),
        };
        usize::try_from(length).unwrap()
    }
}

#[test]
fn sizes_are_as_told() {
    let sizes: Vec<usize> = (0..10_000).map(|number| size(number, 10_000, LARGEST)).collect();
    let (smallest, largest, sum) = (sizes.iter().min(), sizes.iter().max(), sizes.iter().sum::<usize>());
    assert_eq!((smallest, largest), (Some(&1), Some(&LARGEST)));
    assert!(sum < 3_000_000_000, "{sum} octets are much for a machine that runs tests");
}

#[test]
fn a_message_is_known_again() {
    for (number, octets) in [(0, 1), (1, 2), (2, 3), (3, 700), (4, 100_000)] {
        let sent = message(number, octets);
        assert_eq!(sent.len(), format!("X-Number: {number}\r\n\r\n\r\n").len() + octets, "message {number}");
        let mut arrived = [b"Received: x\r\n\ty\r\n", &*sent].concat();
        arrived.retain(|&octet| octet != b'\r');
        assert_eq!(number_of(&arrived, &["Received"], |_| octets), Ok(number));
        number_of(&arrived, &[], |_| octets).unwrap_err();
        let last = arrived.len() - 2;
        arrived[last] ^= 1;
        number_of(&arrived, &["Received"], |_| octets).unwrap_err();
    }
}
