//! `kuaiban pack to-sheet` and `kuaiban pack from-sheet`.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use jiff::Timestamp;
use serde_json::{Value, json};

use kuaiban::clock;
use kuaiban::pack::sheet::{self, FromSheet, SheetError, SheetFault, ToSheet};

pub fn to_sheet(folder: &Path, workbook: &Path) -> anyhow::Result<ExitCode> {
    let ToSheet { sheets, files, left_out } = sheet::to_sheet(folder, workbook)?;
    let mut out = std::io::stdout().lock();
    for note in left_out {
        writeln!(out, "{note}")?;
    }
    writeln!(out, "{}: {files} files in {sheets} sheets", workbook.display())?;
    Ok(ExitCode::SUCCESS)
}

pub fn from_sheet(workbook: &Path, folder: &Path, as_json: bool) -> anyhow::Result<ExitCode> {
    // Whoever writes a pack sits at a computer whose clock is right.
    let today = clock::local(Timestamp::now()).date();
    let mut out = std::io::stdout().lock();
    let written = match sheet::from_sheet(workbook, folder, Some(today)) {
        Ok(written) => written,
        Err(SheetError::Faults(faults)) => {
            faults.iter().try_for_each(|fault| line(&mut out, fault, "error", as_json))?;
            if !as_json {
                let faults = counted(faults.len());
                writeln!(out, "{}: {faults}; nothing is written", workbook.display())?;
            }
            return Ok(ExitCode::FAILURE);
        }
        Err(error) => return Err(error.into()),
    };
    let FromSheet { files, faults, warnings, ignored } = written;
    for sheet in ignored {
        let problem = format!("is not in the sheet \"{}\" and was not read", sheet::INDEX);
        let fault = SheetFault { sheet, row: None, column: None, name: None, problem };
        line(&mut out, &fault, "warning", as_json)?;
    }
    warnings.iter().try_for_each(|warning| line(&mut out, warning, "warning", as_json))?;
    faults.iter().try_for_each(|fault| line(&mut out, fault, "error", as_json))?;
    if !as_json {
        let faults = if faults.is_empty() { "no fault".to_owned() } else { counted(faults.len()) };
        writeln!(out, "{}: {files} files written, {faults}", folder.display())?;
    }
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn counted(faults: usize) -> String {
    if faults == 1 { "1 fault".to_owned() } else { format!("{faults} faults") }
}

fn line(
    out: &mut impl Write,
    fault: &SheetFault,
    severity: &str,
    as_json: bool,
) -> std::io::Result<()> {
    if as_json {
        writeln!(out, "{}", json(fault, severity))
    } else {
        let no_fault = if severity == "warning" { " (no fault)" } else { "" };
        writeln!(out, "{fault}{no_fault}")
    }
}

fn json(fault: &SheetFault, severity: &str) -> Value {
    json!({
        "sheet": fault.sheet,
        "row": fault.row,
        "column": fault.column,
        "cell": fault.cell(),
        "name": fault.name,
        "severity": severity,
        "problem": fault.problem,
    })
}
