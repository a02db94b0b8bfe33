//! A page made of data: a headline and blocks of what there is to say, paged where they are longer
//! than the page. Guides, notices, materials, the review, troubles need no page of their own.

use crate::screen::look::{Drawing, Tone};
use crate::screen::said::{Control, Role, Speech};

/// The page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Blocks {
    /// Drawn large and in the middle above the headline, for a page that says one thing.
    pub hero: Option<Drawing>,
    pub tone: Tone,
    pub headline: String,
    pub detail: String,
    pub blocks: Vec<Block>,
    /// Controls that stay in sight below the blocks.
    pub foot: Vec<Control>,
}

/// One piece of a page. `Debug` is that of its parts, which leave the citizen's out.
#[derive(Clone, PartialEq)]
pub enum Block {
    /// The sentence that a page begins with.
    Lead(String),
    Heading(String),
    Paragraph(String),
    /// Words in small tinted fields.
    Badges(Vec<Badge>),
    /// Label and value, aligned.
    Facts(Vec<Row>),
    /// Lines with a point before each, or a number.
    List(Vec<String>),
    /// At most four columns.
    Table { head: Vec<String>, rows: Vec<Vec<String>> },
    /// A sentence that must not be missed.
    Band { tone: Tone, drawing: Drawing, text: String },
    /// One of the citizen's cases.
    Case(Case),
    Buttons(Vec<Control>),
    /// Something is under way.
    Waiting,
}

#[derive(Clone, PartialEq)]
pub struct Badge {
    pub text: String,
    pub tone: Tone,
    pub drawing: Option<Drawing>,
}

/// A fact as it stands on the screen: masked, in the language of the visit.
#[derive(Clone, PartialEq)]
pub struct Row {
    pub label: String,
    pub value: String,
    /// The value is read character by character.
    pub spelled: bool,
    /// Changes it.
    pub edit: Option<Control>,
}

/// A case of 我的办件.
#[derive(Clone, PartialEq)]
pub struct Case {
    pub item: String,
    pub badges: Vec<Badge>,
    pub facts: Vec<Row>,
    pub controls: Vec<Control>,
}

impl std::fmt::Debug for Block {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Block::Lead(_) => "Lead(..)",
            Block::Heading(_) => "Heading(..)",
            Block::Paragraph(_) => "Paragraph(..)",
            Block::Badges(_) => "Badges(..)",
            Block::Facts(_) => "Facts(..)",
            Block::List(_) => "List(..)",
            Block::Table { .. } => "Table(..)",
            Block::Band { .. } => "Band(..)",
            Block::Case(_) => "Case(..)",
            Block::Buttons(_) => "Buttons(..)",
            Block::Waiting => "Waiting",
        })
    }
}

impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Row(..)")
    }
}

pub(in crate::screen) fn facts_said(facts: &[Row], speech: &mut Speech) {
    for fact in facts {
        let role = if fact.spelled { Role::Code } else { Role::Value };
        speech.say(Role::Label, &fact.label).say(role, &fact.value);
    }
}

impl Block {
    fn said(&self, speech: &mut Speech) {
        match self {
            Block::Lead(text) | Block::Paragraph(text) | Block::Band { text, .. } => {
                speech.say(Role::Text, text);
            }
            Block::Heading(text) => {
                speech.say(Role::Label, text);
            }
            Block::Badges(badges) => badges.iter().for_each(|badge| {
                speech.say(Role::Mark, &badge.text);
            }),
            Block::Facts(facts) => facts_said(facts, speech),
            Block::List(lines) => lines.iter().for_each(|line| {
                speech.say(Role::Text, line);
            }),
            Block::Table { head, rows } => {
                // Heard row by row, each cell after the name of its column.
                for row in rows {
                    for (column, cell) in row.iter().enumerate() {
                        speech.say(Role::Label, head.get(column).map_or("", String::as_str));
                        speech.say(Role::Value, cell);
                    }
                }
            }
            Block::Case(case) => {
                speech.say(Role::Headline, &case.item);
                case.badges.iter().for_each(|badge| {
                    speech.say(Role::Mark, &badge.text);
                });
                facts_said(&case.facts, speech);
            }
            Block::Buttons(_) | Block::Waiting => {}
        }
    }

    fn controls(&self) -> Vec<&Control> {
        match self {
            Block::Facts(facts) => facts.iter().filter_map(|row| row.edit.as_ref()).collect(),
            Block::Case(case) => case.controls.iter().collect(),
            Block::Buttons(controls) => controls.iter().collect(),
            _ => Vec::new(),
        }
    }
}

impl Blocks {
    pub(super) fn said(&self, speech: &mut Speech) {
        speech.say(Role::Headline, &self.headline).say(Role::Text, &self.detail);
        self.blocks.iter().for_each(|block| block.said(speech));
    }

    pub(super) fn controls(&self) -> Vec<&Control> {
        self.blocks.iter().flat_map(Block::controls).chain(&self.foot).collect()
    }
}

#[cfg(feature = "screen")]
mod drawn {
    use slint::ComponentHandle;

    use super::{Badge, Block, Blocks, Row};
    use crate::screen::draw::{
        List, Lists, control, fact, label_ems, running, strokes, tone, ui, whole,
    };

    /// Columns of a table.
    const COLUMNS_MAX: usize = 4;

    /// The lists behind the page; those inside a block by the block's place.
    #[derive(Default)]
    pub struct Drawn {
        blocks: List<ui::BlockRow>,
        badges: Lists<ui::BadgeRow>,
        facts: Lists<ui::Fact>,
        rows: Lists<ui::TableRow>,
        controls: Lists<ui::Control>,
        foot: List<ui::Control>,
    }

    impl Drawn {
        pub fn draw(&self, page: &Blocks, window: &ui::KioskWindow) {
            let blocks = page.blocks.iter().enumerate().map(|(at, block)| self.row(at, block));
            let drawing = page.hero.unwrap_or(crate::screen::look::Drawing::of(page.tone));
            window.global::<ui::Blocks>().set_view(ui::BlocksView {
                hero: page.hero.is_some(),
                tone: tone(page.tone),
                strokes: drawing.strokes().into(),
                headline: whole(&page.headline),
                detail: running(&page.detail),
                blocks: self.blocks.show(blocks.collect::<Vec<_>>()),
                foot: self.foot.show(page.foot.iter().map(control)),
                whole_rows: matches!(page.blocks[..], [Block::Facts(_)]),
            });
        }

        /// Empties the lists of a place that a block of this kind does not use.
        fn row(&self, at: usize, block: &Block) -> ui::BlockRow {
            let (mut badges, mut facts, mut rows, mut controls) =
                (&[][..], Vec::new(), Vec::new(), &[][..]);
            let mut row = ui::BlockRow::default();
            let of_rows = |row: &mut ui::BlockRow, facts: &mut Vec<ui::Fact>, of: &[Row]| {
                row.label_ems = label_ems(of);
                row.edits = of.iter().any(|row| row.edit.is_some());
                facts.extend(of.iter().map(fact));
            };
            row.kind = match block {
                Block::Lead(text) => {
                    row.text = running(text);
                    ui::BlockKind::Lead
                }
                Block::Heading(text) => {
                    row.text = whole(text);
                    ui::BlockKind::Heading
                }
                Block::Paragraph(text) => {
                    row.text = running(text);
                    ui::BlockKind::Paragraph
                }
                Block::Badges(list) => {
                    badges = list;
                    ui::BlockKind::Badges
                }
                Block::Facts(list) => {
                    of_rows(&mut row, &mut facts, list);
                    ui::BlockKind::Facts
                }
                Block::List(lines) => {
                    facts.extend(lines.iter().map(|line| ui::Fact {
                        label: "·".into(),
                        value: running(line),
                        edit: ui::Control::default(),
                    }));
                    ui::BlockKind::List
                }
                Block::Table { head, rows: body } => {
                    row.columns = head.len().min(COLUMNS_MAX) as i32;
                    rows.push(cells(head, true));
                    rows.extend(body.iter().map(|row| cells(row, false)));
                    ui::BlockKind::Table
                }
                Block::Band { tone: of, drawing, text } => {
                    row.text = running(text);
                    row.tone = tone(*of);
                    row.strokes = drawing.strokes().into();
                    ui::BlockKind::Band
                }
                Block::Case(case) => {
                    row.text = whole(&case.item);
                    badges = &case.badges;
                    controls = &case.controls;
                    of_rows(&mut row, &mut facts, &case.facts);
                    ui::BlockKind::Case
                }
                Block::Buttons(list) => {
                    controls = list;
                    ui::BlockKind::Buttons
                }
                Block::Waiting => ui::BlockKind::Waiting,
            };
            row.badges = self.badges.show(at, badges.iter().map(badge));
            row.facts = self.facts.show(at, facts);
            row.rows = self.rows.show(at, rows);
            row.controls = self.controls.show(at, controls.iter().map(control));
            row
        }
    }

    pub fn badge(badge: &Badge) -> ui::BadgeRow {
        ui::BadgeRow {
            text: whole(&badge.text),
            tone: tone(badge.tone),
            strokes: strokes(badge.drawing),
        }
    }

    fn cells(row: &[String], head: bool) -> ui::TableRow {
        let cell = |column: usize| running(row.get(column).map_or("", String::as_str));
        ui::TableRow { first: cell(0), second: cell(1), third: cell(2), fourth: cell(3), head }
    }
}
#[cfg(feature = "screen")]
pub(super) use drawn::{Drawn, badge};
