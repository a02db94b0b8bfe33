//! Sheets as the bytes of a workbook.

use std::path::PathBuf;

use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format,
    FormatAlign, FormatBorder, IgnoreError, Url, Workbook, Worksheet, XlsxError,
};

use super::cell::Cell;
use super::column::{Column, dotted};
use super::fault::SheetError;
use super::heading::{ColumnKind, Heading};
use super::plan::Grid;
use super::{INDEX, MOST_ROWS};

/// Rows from which the width of a column is taken.
const MEASURED: usize = 200;
/// Narrowest and widest column, in characters.
const WIDTHS: (usize, usize) = (8, 42);

/// For whoever opens the workbook.
const REMARKS: [&str; 8] = [
    "※ 每个工作表第一行是列名，请勿修改；可以调整列的先后、排序、插入行。",
    "※ 以“※”开头的行是说明，不会被读取；可以自行添加。",
    "※ 空单元格表示没有该项；\"\" 表示空文字，[] 表示空列表，{} 表示空表。",
    "※ 列名以 [] 结尾的，一格可写多项，一行一项（Alt+Enter 换行）。",
    "※ @file 是所属文件，@position 是次序，可用小数插在两行之间；其他 @ 列指明所属的行。",
    "※ 请勿合并单元格，勿用公式；电话、编码等请用文本格式。",
    "※ The first row of a sheet has the names of its columns. Rows that begin with ※ are not read.",
    "※ Back to a pack: kuaiban pack from-sheet FILE.xlsx DIR names every fault by sheet, row and column.",
];

/// # Errors
/// What the library refuses.
pub(super) fn workbook(grids: &[Grid]) -> Result<Vec<u8>, SheetError> {
    written(grids).map_err(|error| SheetError::NoRoom(PathBuf::from("workbook"), error.to_string()))
}

struct Formats {
    name: Format,
    key: Format,
    hint: Format,
    text: Format,
    other: Format,
    remark: Format,
    link: Format,
}

impl Formats {
    fn new() -> Formats {
        let base = || Format::new().set_align(FormatAlign::Top);
        let text = || base().set_num_format("@").set_text_wrap();
        let head = |color: u32| {
            let format =
                base().set_num_format("@").set_bold().set_border_bottom(FormatBorder::Thin);
            format.set_background_color(Color::RGB(color))
        };
        let grey = Color::RGB(0x5F_6B_76);
        Formats {
            name: head(0xDC_E9_F5),
            key: head(0xE9_E6_DC),
            hint: text().set_font_color(grey).set_font_size(9),
            text: text(),
            other: base(),
            remark: base().set_font_color(grey),
            link: base().set_num_format("@").set_font_color(Color::RGB(0x05_63_C1)),
        }
    }
}

fn written(grids: &[Grid]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // The same pack is the same file, whenever it is written.
    let moment = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&moment));
    let formats = Formats::new();
    index(book.add_worksheet(), grids, &formats)?;
    for grid in grids {
        sheet(book.add_worksheet(), grid, &formats)?;
    }
    book.save_to_buffer()
}

fn index(sheet: &mut Worksheet, grids: &[Grid], formats: &Formats) -> Result<(), XlsxError> {
    sheet.set_name(INDEX)?.set_freeze_panes(1, 0)?;
    for (column, (name, width)) in
        [("@sheet", 32), ("@folder", 14), ("@list", 34), ("rows", 8), ("hint", 60)]
            .iter()
            .enumerate()
    {
        let column = column as u16;
        let format = if name.starts_with('@') { &formats.key } else { &formats.name };
        sheet.write_string_with_format(0, column, *name, format)?;
        sheet.set_column_width(column, *width)?;
    }
    for (row, grid) in (1_u32..).zip(grids) {
        let link = Url::new(format!("internal:'{}'!A1", grid.name)).set_text(&grid.name);
        sheet.write_url_with_format(row, 0, link, &formats.link)?;
        let folder = if grid.folder.is_empty() { "." } else { &grid.folder };
        sheet.write_string_with_format(row, 1, folder, &formats.text)?;
        let list = dotted(&grid.list);
        let hint = if list.is_empty() {
            "一行一个文件 · a row a file".to_owned()
        } else {
            format!("一行一项 {list} · a row an entry")
        };
        sheet.write_string_with_format(row, 2, list, &formats.text)?;
        sheet.write_number_with_format(row, 3, grid.rows.len() as f64, &formats.other)?;
        sheet.write_string_with_format(row, 4, hint, &formats.text)?;
    }
    for (row, remark) in (grids.len() as u32 + 2..).zip(REMARKS) {
        sheet.write_string_with_format(row, 0, remark, &formats.remark)?;
    }
    Ok(())
}

fn sheet(sheet: &mut Worksheet, grid: &Grid, formats: &Formats) -> Result<(), XlsxError> {
    let keys = grid.columns.iter().take_while(|heading| is_key(heading)).count() as u16;
    sheet.set_name(&grid.name)?.set_freeze_panes(2, keys)?;
    for (column, heading) in (0_u16..).zip(&grid.columns) {
        let cells = grid.rows.iter().map(|row| row[usize::from(column)].as_ref());
        let name = heading.column.to_string();
        sheet.set_column_width(column, width(&name, cells.clone()) as f64)?;
        let kept = if heading.kind == ColumnKind::Text { &formats.text } else { &formats.other };
        // What is typed into a new row is kept as it is typed.
        sheet.set_column_format(column, kept)?;
        let format = if is_key(heading) { &formats.key } else { &formats.name };
        sheet.write_string_with_format(0, column, name, format)?;
        if !heading.hint.is_empty() {
            sheet.write_string_with_format(1, column, &heading.hint, &formats.hint)?;
        }
        for (row, cell) in (2_u32..).zip(cells) {
            match cell {
                Some(Cell::Text(text)) => {
                    sheet.write_string_with_format(row, column, text, &formats.text)?;
                }
                Some(Cell::Number(number)) => {
                    sheet.write_number_with_format(row, column, *number, &formats.other)?;
                }
                Some(Cell::Truth(value)) => {
                    sheet.write_boolean_with_format(row, column, *value, &formats.other)?;
                }
                Some(Cell::Formula | Cell::Broken(_)) | None => {}
            }
        }
        choices(sheet, column, heading)?;
    }
    let columns = grid.columns.len().saturating_sub(1) as u16;
    let kept = IgnoreError::NumberStoredAsText;
    sheet.ignore_error_range(0, 0, MOST_ROWS - 1, columns, kept)?;
    sheet.set_row_height(1, 36)?;
    Ok(())
}

fn is_key(heading: &Heading) -> bool {
    !matches!(heading.column, Column::Value(..))
}

/// The few words that are allowed, to choose from.
fn choices(sheet: &mut Worksheet, column: u16, heading: &Heading) -> Result<(), XlsxError> {
    let truth = ["TRUE".to_owned(), "FALSE".to_owned()];
    let options: &[String] = match heading.kind {
        ColumnKind::Truth => &truth,
        ColumnKind::Text | ColumnKind::Number => &heading.options,
    };
    let plain = |word: &String| !word.is_empty() && !word.contains(',');
    if options.is_empty() || !options.iter().all(plain) {
        return Ok(());
    }
    // More than fit are only named in the second row.
    let Ok(list) = DataValidation::new().allow_list_strings(options) else { return Ok(()) };
    let list = list.set_error_style(DataValidationErrorStyle::Warning);
    sheet.add_data_validation(2, column, MOST_ROWS - 1, column, &list)?;
    Ok(())
}

fn width<'c>(name: &str, cells: impl Iterator<Item = Option<&'c Cell>>) -> usize {
    let shown = |text: &str| {
        let wide = |c: char| if c > '\u{2E7F}' { 2 } else { 1 };
        text.lines().map(|line| line.chars().map(wide).sum()).max().unwrap_or(0)
    };
    let of_cells = cells.take(MEASURED).map(|cell| match cell {
        Some(Cell::Text(text)) => shown(text),
        _ => 0,
    });
    let (narrowest, widest) = WIDTHS;
    (of_cells.max().unwrap_or(0).max(shown(name)) + 2).clamp(narrowest, widest)
}
