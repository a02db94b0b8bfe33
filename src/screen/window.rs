//! Puts a [`Scene`] into the properties of the screen and takes touches from it. The only file
//! that knows the generated code of `ui/`.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use slint::{
    ComponentHandle, Image, Model, ModelRc, Rgb8Pixel, SharedPixelBuffer, SharedString, VecModel,
};

use crate::domain::evaluation::Level;
use crate::screen::scene::{self, Scene};
use crate::slip::layout::{Align, Kind, Line};
use crate::visit;

#[allow(clippy::all, clippy::todo, clippy::unwrap_used, unsafe_code)]
mod generated {
    slint::include_modules!();
}
pub use generated::*;

/// The window of the kiosk with the models that stand behind its lists.
pub struct Screen {
    window: KioskWindow,
    models: Models,
    shown: RefCell<Scene>,
}

#[derive(Default)]
struct Models {
    notices: Rc<VecModel<Notice>>,
    items: Rc<VecModel<ItemCard>>,
    facts: Rc<VecModel<Fact>>,
    choices: Rc<VecModel<ChoiceRow>>,
    tags: Rc<VecModel<TagChip>>,
    cases: Rc<VecModel<CaseRow>>,
    help: Rc<VecModel<Fact>>,
    slip: Rc<VecModel<SlipLine>>,
}

impl Screen {
    /// Makes the window. `touched` is called on the thread of the window.
    ///
    /// # Errors
    /// When the platform has no display to open.
    pub fn new(
        short_side_mm: f32,
        touched: impl Fn(visit::Touch) + 'static,
    ) -> Result<Screen, slint::PlatformError> {
        let window = KioskWindow::new()?;
        window.set_short_side_mm(short_side_mm);
        let models = Models::default();
        let kiosk = window.global::<Kiosk>();
        kiosk.set_notices(ModelRc::from(models.notices.clone()));
        kiosk.set_items(ModelRc::from(models.items.clone()));
        kiosk.set_facts(ModelRc::from(models.facts.clone()));
        kiosk.set_choices(ModelRc::from(models.choices.clone()));
        kiosk.set_tags(ModelRc::from(models.tags.clone()));
        kiosk.set_cases(ModelRc::from(models.cases.clone()));
        kiosk.set_help(ModelRc::from(models.help.clone()));
        kiosk.set_slip(ModelRc::from(models.slip.clone()));
        kiosk.on_touched(move |touch, value| {
            if let Some(touch) = touch_of(touch, value) {
                touched(touch);
            }
        });
        Ok(Screen { window, models, shown: RefCell::default() })
    }

    pub fn window(&self) -> &KioskWindow {
        &self.window
    }

    /// What stands on the screen now.
    pub fn shown(&self) -> Scene {
        self.shown.borrow().clone()
    }

    /// Shows a scene. Sets only what changed: a list that is set anew would lose the finger that
    /// is just pressing one of its rows.
    pub fn show(&self, scene: Scene) {
        if *self.shown.borrow() == scene {
            return;
        }
        let kiosk = self.window.global::<Kiosk>();
        kiosk.set_english(scene.english);
        kiosk.set_assisted(scene.assisted);
        kiosk.set_night(scene.night);
        kiosk.set_bureau(scene.bureau.as_str().into());
        kiosk.set_outlet(scene.outlet.as_str().into());
        kiosk.set_clock(scene.clock.as_str().into());
        kiosk.set_date(scene.date.as_str().into());
        kiosk.set_offline(scene.offline);
        kiosk.set_device_notice(scene.device_notice.as_str().into());
        kiosk.set_banner(scene.banner.as_str().into());
        kiosk.set_title(scene.title.as_str().into());
        kiosk.set_step(scene.step);
        kiosk.set_steps(scene.steps);
        kiosk.set_hotline(scene.hotline.as_str().into());
        kiosk.set_back_enabled(scene.back_enabled);
        kiosk.set_next_enabled(scene.next_enabled);
        kiosk.set_greeting(scene.greeting.as_str().into());
        kiosk.set_offline_hint(running(&scene.offline_hint));
        kiosk.set_summary(running(&scene.summary));
        kiosk.set_badge(scene.badge.as_str().into());
        kiosk.set_sample(scene.sample);
        kiosk.set_can_begin(scene.can_begin);
        kiosk.set_why_not(running(&scene.why_not));
        kiosk.set_can_print(scene.can_print);
        kiosk.set_card_phase(match scene.card_phase {
            scene::CardPhase::Waiting => CardPhase::Waiting,
            scene::CardPhase::Reading => CardPhase::Reading,
            scene::CardPhase::Problem => CardPhase::Problem,
        });
        kiosk.set_headline(scene.headline.as_str().into());
        kiosk.set_detail(running(&scene.detail));
        kiosk.set_tone(tone(scene.tone));
        kiosk.set_drawing(drawing(scene.drawing));
        kiosk.set_question(scene.question.as_str().into());
        kiosk.set_reason(running(&scene.reason));
        kiosk.set_asks_phone(scene.asks_phone);
        kiosk.set_entry(scene.entry.as_str().into());
        kiosk.set_entry_error(running(&scene.entry_error));
        kiosk.set_result_kind(match scene.result_kind {
            scene::ResultKind::Query => ResultKind::Query,
            scene::ResultKind::Instant => ResultKind::Instant,
            scene::ResultKind::Guide => ResultKind::Guide,
        });
        kiosk.set_case_number(scene.case_number.as_str().into());
        kiosk.set_case_status(scene.case_status.as_str().into());
        kiosk.set_clock_shown(scene.clock_shown);
        kiosk.set_clock_fraction(scene.clock_fraction);
        kiosk.set_clock_left(scene.clock_left.as_str().into());
        kiosk.set_clock_counts(scene.clock_counts);
        kiosk.set_clock_stage(scene.clock_stage);
        kiosk.set_received_at(scene.received_at.as_str().into());
        kiosk.set_accepted_at(scene.accepted_at.as_str().into());
        kiosk.set_completed_at(scene.completed_at.as_str().into());
        kiosk.set_print_state(match scene.print_state {
            scene::PrintState::None => PrintState::None,
            scene::PrintState::Printing => PrintState::Printing,
            scene::PrintState::Printed => PrintState::Printed,
            scene::PrintState::NotPrinted => PrintState::NotPrinted,
            scene::PrintState::Unknown => PrintState::Unknown,
        });
        kiosk.set_print_sentence(running(&scene.print_sentence));
        kiosk.set_slip_columns(scene.slip_columns);
        kiosk.set_can_reprint(scene.can_reprint);
        kiosk.set_level(scene.level.map_or(-1, |level| level as i32));
        kiosk.set_undo_left(scene.undo_left as i32);
        kiosk.set_undo_total(scene.undo_total as i32);
        kiosk.set_panel_present(scene.panel_present);
        kiosk.set_can_send(scene.can_send);
        kiosk.set_take_card(scene.take_card);
        kiosk.set_take_slip(scene.take_slip);
        kiosk.set_help_open(scene.help_open);
        kiosk.set_warning_left(scene.warning_left as i32);
        kiosk.set_warning_total(scene.warning_total as i32);

        let models = &self.models;
        sync(
            &models.notices,
            scene
                .notices
                .iter()
                .map(|(date, text)| Notice { date: date.as_str().into(), text: running(text) }),
        );
        sync(
            &models.items,
            scene.items.iter().map(|item| ItemCard {
                name: item.name.as_str().into(),
                summary: running(&item.summary),
                badge: item.badge.as_str().into(),
                area: item.area.as_str().into(),
                drawing: drawing(item.drawing),
                sample: item.sample,
            }),
        );
        sync(&models.facts, scene.facts.iter().map(fact));
        sync(&models.help, scene.help.iter().map(fact));
        sync(
            &models.choices,
            scene.choices.iter().map(|choice| ChoiceRow {
                label: choice.label.as_str().into(),
                help: running(&choice.help),
                selected: choice.selected,
            }),
        );
        sync(
            &models.tags,
            scene.tags.iter().map(|(label, selected)| TagChip {
                label: label.as_str().into(),
                selected: *selected,
            }),
        );
        sync(
            &models.cases,
            scene.cases.iter().map(|case| CaseRow {
                number: case.number.as_str().into(),
                item: case.item.as_str().into(),
                status: case.status.as_str().into(),
                time: case.time.as_str().into(),
                tone: tone(case.tone),
                note: running(&case.note),
            }),
        );
        if self.shown.borrow().slip != scene.slip {
            sync(&models.slip, scene.slip.iter().map(slip_line));
            let qr = scene.slip.iter().find_map(|line| match &line.kind {
                Kind::Qr(content) => Some(content.as_str()),
                _ => None,
            });
            kiosk.set_slip_qr(qr.and_then(qr_image).unwrap_or_default());
        }
        // The page last: whatever it shows is in place when it appears.
        kiosk.set_page(match scene.page {
            scene::Page::Attract => Page::Attract,
            scene::Page::Home => Page::Home,
            scene::Page::Item => Page::Item,
            scene::Page::Consent => Page::Consent,
            scene::Page::Card => Page::Card,
            scene::Page::Identity => Page::Identity,
            scene::Page::Question => Page::Question,
            scene::Page::Review => Page::Review,
            scene::Page::Working => Page::Working,
            scene::Page::Result => Page::Result,
            scene::Page::Evaluation => Page::Evaluation,
            scene::Page::Reasons => Page::Reasons,
            scene::Page::Farewell => Page::Farewell,
            scene::Page::Trouble => Page::Trouble,
            scene::Page::Cases => Page::Cases,
        });
        self.shown.replace(scene);
    }
}

/// Changes the rows that differ and leaves the others, and their elements, alone.
fn sync<T: Clone + PartialEq + 'static>(model: &VecModel<T>, rows: impl Iterator<Item = T>) {
    let mut count = 0;
    for row in rows {
        match model.row_data(count) {
            Some(old) if old == row => {}
            Some(_) => model.set_row_data(count, row),
            None => model.push(row),
        }
        count += 1;
    }
    while model.row_count() > count {
        model.remove(model.row_count() - 1);
    }
}

fn fact(fact: &scene::Fact) -> Fact {
    Fact {
        label: fact.label.as_str().into(),
        value: running(&fact.value),
        index: fact.edit.map_or(-1, |row| row as i32),
        editable: fact.edit.is_some(),
    }
}

fn slip_line(line: &Line) -> SlipLine {
    SlipLine {
        text: line.text.as_str().into(),
        size: i32::from(line.size),
        bold: line.bold,
        align: match line.align {
            Align::Left => 0,
            Align::Centre => 1,
        },
        kind: match line.kind {
            Kind::Text | Kind::Mark => 0,
            Kind::Rule => 1,
            Kind::Qr(_) => 2,
            Kind::Feed => 3,
        },
    }
}

/// Running text for the screen: its last three Han characters stay together, so that no line has a
/// single one of them.
fn running(text: &str) -> SharedString {
    const JOINER: char = '\u{2060}';
    let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let punctuation = |(_, c): &(usize, char)| !c.is_alphanumeric();
    let ends: Vec<_> = text.char_indices().rev().skip_while(punctuation).take(3).collect();
    let [(last, c), (middle, b), (_, a)] = ends[..] else { return text.into() };
    // What is as short as a label never needs two lines.
    if ![a, b, c].into_iter().all(is_han) || text.chars().count() < 8 {
        return text.into();
    }
    let (before, rest) = text.split_at(middle);
    let (between, end) = rest.split_at(last - middle);
    format!("{before}{JOINER}{between}{JOINER}{end}").into()
}

/// One pixel a module, with the quiet zone; the screen enlarges it.
fn qr_image(content: &str) -> Option<Image> {
    const QUIET: usize = 4;
    let code = qrcode::QrCode::new(content).ok()?;
    let side = code.width() + 2 * QUIET;
    let mut pixels = SharedPixelBuffer::<Rgb8Pixel>::new(side as u32, side as u32);
    pixels.make_mut_slice().fill(Rgb8Pixel::new(255, 255, 255));
    for (index, colour) in code.to_colors().into_iter().enumerate() {
        if colour == qrcode::Color::Dark {
            let (x, y) = (index % code.width() + QUIET, index / code.width() + QUIET);
            pixels.make_mut_slice()[y * side + x] = Rgb8Pixel::new(0x16, 0x20, 0x2a);
        }
    }
    Some(Image::from_rgb8(pixels))
}

fn tone(tone: scene::Tone) -> Tone {
    match tone {
        scene::Tone::Plain => Tone::Plain,
        scene::Tone::Info => Tone::Info,
        scene::Tone::Good => Tone::Good,
        scene::Tone::Care => Tone::Care,
        scene::Tone::Stop => Tone::Stop,
    }
}

fn drawing(drawing: scene::Drawing) -> Drawing {
    match drawing {
        scene::Drawing::None => Drawing::None,
        scene::Drawing::Card => Drawing::Card,
        scene::Drawing::NetworkOff => Drawing::NetworkOff,
        scene::Drawing::Warning => Drawing::Warning,
        scene::Drawing::Work => Drawing::Work,
        scene::Drawing::Shield => Drawing::Shield,
        scene::Drawing::Skill => Drawing::Skill,
        scene::Drawing::Scales => Drawing::Scales,
        scene::Drawing::Hourglass => Drawing::Hourglass,
        scene::Drawing::Document => Drawing::Document,
    }
}

fn touch_of(touch: Touch, value: i32) -> Option<visit::Touch> {
    let index = usize::try_from(value);
    Some(match touch {
        Touch::Start => visit::Touch::Start,
        Touch::StartAssisted => visit::Touch::StartAssisted,
        Touch::ToggleAssisted => visit::Touch::ToggleAssisted,
        Touch::ToggleLanguage => visit::Touch::ToggleLanguage,
        Touch::Back => visit::Touch::Back,
        Touch::Home => visit::Touch::Home,
        Touch::Help => visit::Touch::Help,
        Touch::CloseSheet => visit::Touch::CloseSheet,
        Touch::MoreTime => visit::Touch::MoreTime,
        Touch::Leave => visit::Touch::Leave,
        Touch::Item => visit::Touch::Item(index.ok()?),
        Touch::MyCases => visit::Touch::MyCases,
        Touch::Begin => visit::Touch::Begin,
        Touch::PrintGuide => visit::Touch::PrintGuide,
        Touch::Agree => visit::Touch::Agree,
        Touch::Confirm => visit::Touch::Confirm,
        Touch::NotMe => visit::Touch::NotMe,
        Touch::Choose => visit::Touch::Choose(index.ok()?),
        Touch::Digit => visit::Touch::Digit(u8::try_from(value).ok()?),
        Touch::Erase => visit::Touch::Erase,
        Touch::Clear => visit::Touch::Clear,
        Touch::Next => visit::Touch::Next,
        Touch::Edit => visit::Touch::Edit(index.ok()?),
        Touch::Submit => visit::Touch::Submit,
        Touch::Reprint => visit::Touch::Reprint,
        Touch::Evaluate => visit::Touch::Evaluate,
        Touch::Level => visit::Touch::Level(*Level::ALL.get(index.ok()?)?),
        Touch::Undo => visit::Touch::Undo,
        Touch::Reason => visit::Touch::Reason(index.ok()?),
        Touch::SendReasons => visit::Touch::SendReasons,
        Touch::Retry => visit::Touch::Retry,
        Touch::Read => visit::Touch::Read,
    })
}

thread_local! {
    static SCREEN: RefCell<Option<Rc<Screen>>> = const { RefCell::new(None) };
}

/// Puts scenes on the screen from any thread. Scenes that come faster than the screen can show
/// them replace each other, so nothing piles up.
#[derive(Clone, Default)]
pub struct Display {
    waiting: Arc<Mutex<Option<Scene>>>,
    last_shown: Arc<Mutex<Option<Instant>>>,
}

impl Display {
    /// Makes `screen` the one of this thread, which must run the event loop.
    pub fn of(screen: Rc<Screen>) -> Display {
        SCREEN.with(|slot| *slot.borrow_mut() = Some(screen));
        Display::default()
    }

    pub fn show(&self, scene: Scene) {
        let was_waiting = match self.waiting.lock() {
            Ok(mut slot) => slot.replace(scene).is_some(),
            Err(_) => return,
        };
        if was_waiting {
            return;
        }
        let display = self.clone();
        // Fails only after the event loop has ended, when there is no screen to show anything.
        let _ = slint::invoke_from_event_loop(move || {
            display.put_what_waits();
        });
    }

    /// Puts the scene that waits, if any, on the screen of this thread. True if there was one.
    fn put_what_waits(&self) -> bool {
        let Some(scene) = self.waiting.lock().ok().and_then(|mut slot| slot.take()) else {
            return false;
        };
        SCREEN.with(|slot| {
            if let Some(screen) = slot.borrow().as_ref() {
                screen.show(scene);
                if let Ok(mut last) = self.last_shown.lock() {
                    *last = Some(Instant::now());
                }
            }
        });
        true
    }

    /// Puts the first scene on the screen before its loop begins, so that nobody sees a page without
    /// words. Waits for it at most for `patience`; on the thread of the screen.
    pub fn show_first(&self, patience: Duration) {
        let end = Instant::now() + patience;
        while !self.put_what_waits() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// When a scene was last put on the screen.
    pub fn last_shown(&self) -> Option<Instant> {
        self.last_shown.lock().ok().and_then(|last| *last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_three_characters_of_running_text_stay_on_one_line() {
        let shown = |text: &str| running(text).replace('\u{2060}', "|");
        assert_eq!(shown("查询参保情况，打印查询凭条。"), "查询参保情况，打印查询|凭|条。");
        for short in ["", "条", "不收费", "已办结。", "12333", "0000-12345678", "居民身份证"]
        {
            assert_eq!(shown(short), short, "never wrapped");
        }
        // Not Han, or not only: broken as it always was.
        for other in ["请拨打电话 12333。", "Lay your ID card here.", "可拨打 12333 询问"]
        {
            assert_eq!(shown(other), other);
        }
    }
}
