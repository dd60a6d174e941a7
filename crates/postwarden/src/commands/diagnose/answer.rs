//! The answer for people, as the report has it: in colours here.

use anstyle::Style as Colours;
use service_diagnosis::Diagnosis;
use service_diagnosis::report::{self, Line, Style};

use crate::exit::Failure;
use crate::output::{BAD, GOOD, NOTABLE, Output, STRONG, TYPED};

/// Columns where there is no terminal.
const WIDTH: usize = 120;

/// Prints it.
pub fn show(diagnosis: &Diagnosis, output: &mut Output) -> Result<(), Failure> {
    print(report::lines(diagnosis, output.language, width(output)), output)
}

/// Columns to write for.
pub fn width(output: &Output) -> usize {
    output.width().unwrap_or(WIDTH)
}

/// Prints lines in their colours.
pub fn print(lines: Vec<Line>, output: &mut Output) -> Result<(), Failure> {
    for line in lines {
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
