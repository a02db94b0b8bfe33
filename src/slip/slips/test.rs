//! A slip for the technician that shows what the printer can do (打印测试).

use super::super::{Block, Slip, Words};
use crate::say::{self, Lang};

/// Outside GBK: from extension A, from beyond the BMP, and one that few fonts have.
const RARE: &str = "㛃𠮷𬱖";

/// Every kind of line that a printer may fail at.
pub fn test(lang: Lang) -> Slip {
    let words = |sentence| Words::fill(sentence, lang, &[("rare", RARE)]);
    Slip {
        blocks: vec![
            Block::Title(words(say::SLIP_TITLE_TEST)),
            Block::Rule,
            Block::Paragraph(words(say::SLIP_TEST_HAN)),
            Block::Paragraph(words(say::SLIP_TEST_RARE)),
            Block::Number {
                label: words(say::SLIP_CASE_NUMBER),
                number: "0123 4567 8901 2345 6789".to_owned(),
            },
            Block::Rule,
            Block::Qr {
                content: "https://example.invalid/print-test".to_owned(),
                caption: words(say::SLIP_TEST_QR),
            },
            Block::Rule,
            Block::Paragraph(words(say::SLIP_TEST_CUT)),
        ],
        across: None,
    }
}
