//! What is no evidence, or cannot be read as it is: told by what it is, so that people know what to bring in its place.

use super::HEAD_LENGTH;

/// How a format begins.
struct Format {
    begins: &'static [u8],
    /// The id of the text.
    problem: &'static str,
}

/// Formats that people bring by mistake, or in a form that we do not read. The longer beginning stands first.
const FORMATS: &[Format] = &[
    Format { begins: b"ElfFile\0", problem: "problem-event-log-binary" },
    Format { begins: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", problem: "problem-compound-file" },
    Format { begins: b"\x89PNG\r\n\x1a\n", problem: "problem-image" },
    Format { begins: b"\xff\xd8\xff", problem: "problem-image" },
    Format { begins: b"GIF8", problem: "problem-image" },
    Format { begins: b"BM", problem: "problem-image" },
    Format { begins: b"%PDF-", problem: "problem-printed" },
    Format { begins: b"{\\rtf", problem: "problem-printed" },
    Format { begins: b"7z\xbc\xaf\x27\x1c", problem: "problem-archive-other" },
    Format { begins: b"Rar!\x1a\x07", problem: "problem-archive-other" },
    Format { begins: b"\xfd7zXZ\0", problem: "problem-archive-other" },
    Format { begins: b"\x28\xb5\x2f\xfd", problem: "problem-archive-other" },
    Format { begins: b"BZh", problem: "problem-archive-other" },
    Format { begins: b"MSCF\0\0\0\0", problem: "problem-archive-other" },
];

/// How many octets are looked at to tell text from binary.
const SAMPLE_LENGTH: usize = 4096;

/// Why a file that no kind took is not read, by its beginning and that decoded: the id of the text.
pub(super) fn why(head: &[u8], text: &str, is_utf16: bool) -> &'static str {
    if text.trim().is_empty() && head.len() < HEAD_LENGTH {
        return "problem-empty";
    }
    let format = FORMATS.iter().find(|format| head.starts_with(format.begins));
    // Two letters alone are too little to call a text an image.
    let format = format.filter(|format| format.begins.len() > 3 || is_binary(head));
    match format {
        Some(format) => format.problem,
        None if !is_utf16 && is_binary(head) => "problem-binary",
        None => "problem-not-recognised",
    }
}

/// Whether octets are no text: control characters that no text has, more than one in a hundred.
fn is_binary(head: &[u8]) -> bool {
    let sample = head.get(..head.len().min(SAMPLE_LENGTH)).unwrap_or(head);
    let odd = sample.iter().filter(|octet| octet.is_ascii_control() && !matches!(octet, b'\t' | b'\n' | b'\r' | 0x1b));
    odd.count() * 100 > sample.len()
}
