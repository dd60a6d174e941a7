//! The answer for people, as the report has it: in colours here.

use anstyle::Style as Colours;
use service_diagnosis::Diagnosis;
use service_diagnosis::report::{self, Style};

use crate::exit::Failure;
use crate::output::{BAD, GOOD, NOTABLE, Output, STRONG, TYPED};

/// Columns where there is no terminal.
const WIDTH: usize = 120;

/// Prints it.
pub fn show(diagnosis: &Diagnosis, output: &mut Output) -> Result<(), Failure> {
    let width = output.width().unwrap_or(WIDTH);
    for line in report::lines(diagnosis, output.language, width) {
        let style = match line.style {
            Style::Good => GOOD,
            Style::Bad => BAD,
            Style::Notable => NOTABLE,
            Style::Strong => STRONG,
            Style::Typed => TYPED,
            Style::Plain => Colours::new(),
        };
        output.styled(style, line.text)?;
    }
    Ok(())
}
