//! The answer for people: styled lines for a terminal, or one HTML page. Both tell the same in the same order; what is told is
//! decided elsewhere. Nothing a log or dump holds can drive a terminal or become markup.

mod excerpt;
mod findings;
mod headline;
mod html;
mod line;
mod lines;
mod moment;
mod timeline;

#[cfg(test)]
mod tests;

pub use findings::lint_lines;
pub use html::html;
pub use line::{Line, Style};
pub use lines::lines;
