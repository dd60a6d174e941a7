//! The answer for people.

use service_diagnosis::Diagnosis;

use crate::exit::Failure;
use crate::output::{Output, STRONG};

/// Prints it.
pub fn show(diagnosis: &Diagnosis, output: &mut Output) -> Result<(), Failure> {
    for cause in &diagnosis.causes {
        let certainty = format!("{:?}", cause.certainty).to_lowercase();
        output.styled(STRONG, format_args!("Cause {} ({certainty}): {}", cause.code, cause.statement.text))?;
        for repair in &cause.repair {
            output.line(format_args!("Repair: {}", repair.what.text))?;
            for command in &repair.commands {
                output.line(format_args!("  {command}"))?;
            }
        }
        for proof in &cause.proof {
            output.line(format_args!("  {}:{}: {}", proof.file, proof.line, proof.text))?;
        }
    }
    for unread in &diagnosis.unread {
        let line = unread.line.map(|line| format!(":{line}")).unwrap_or_default();
        output.line(format_args!("{}{line}: {}", unread.file, unread.reason.text))?;
    }
    Ok(())
}
