//! The demonstration in windows: the kiosk, and the dock beside it.

use std::cell::RefCell;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use kuaiban::domain::evaluation::Level;
use kuaiban::kiosk::on_screen::OnScreen;
use kuaiban::kiosk::{Origin, Ticks};
use kuaiban::say::Lang;
use kuaiban::screen::window::Screen;
use kuaiban::screen::window::ui::{Dock, DockPerson, DockWindow, Kiosk};
use kuaiban::simulators::paper;
use kuaiban::simulators::printer::Roll;
use kuaiban::simulators::stand::Stand;
use slint::{
    ComponentHandle, Image, LogicalPosition, LogicalSize, Model, ModelRc, Rgb8Pixel,
    SharedPixelBuffer, Timer, TimerMode, VecModel,
};

/// Distance of the windows from the corner of the desktop and from each other.
const GAP: f32 = 16.0;
const DOCK_WIDTH: f32 = 380.0;
/// Short side of the real panel to its long side.
const SHAPE: f32 = 1080.0 / 1920.0;

pub fn open(stand: Stand, height: u32) -> anyhow::Result<ExitCode> {
    let window = OnScreen::new(stand.config.screen.short_side_mm)?;
    let screen = window.screen().clone();
    let height = height as f32;
    let width = (height * SHAPE).round();
    screen.window().set_framed(true);
    screen.window().window().set_size(LogicalSize::new(width, height));
    screen.window().window().set_position(LogicalPosition::new(GAP, GAP));

    let origin = Origin::Given(Box::new(stand.config.clone()));
    let kiosk = window.start(origin, Ticks::of_the_clock(), || drop(slint::quit_event_loop()))?;

    let dock = DockWindow::new()?;
    dock.window().set_size(LogicalSize::new(DOCK_WIDTH, height));
    dock.window().set_position(LogicalPosition::new(2.0 * GAP + width, GAP));
    let stand = Rc::new(stand);
    let timer = connect(&dock, &stand, &screen);
    super::say(&format!(
        "configuration of the running kiosk: {}",
        stand.config.store.path.with_file_name("kiosk.toml").display()
    ));

    screen.window().show()?;
    dock.show()?;
    // Closing either window ends the demonstration.
    for window in [screen.window().window(), dock.window()] {
        window.on_close_requested(|| {
            let _ = slint::quit_event_loop();
            slint::CloseRequestResponse::HideWindow
        });
    }
    slint::run_event_loop()?;
    drop(timer);
    kiosk.stop()?;
    Ok(ExitCode::SUCCESS)
}

/// Ties each button of the dock to the hand of a simulator, and shows what they did.
fn connect(dock: &DockWindow, stand: &Rc<Stand>, screen: &Rc<Screen>) -> Timer {
    let people: Rc<VecModel<DockPerson>> = Rc::default();
    for person in &stand.people {
        people.push(DockPerson { label: person.label.text(Lang::Zh).into(), laid: false });
    }
    let global = dock.global::<Dock>();
    global.set_people(ModelRc::from(people.clone()));

    let (at, rows) = (stand.clone(), people.clone());
    global.on_lay(move |index| {
        let Some(person) = usize::try_from(index).ok().and_then(|i| at.people.get(i)) else {
            return;
        };
        at.reader.lift();
        at.lay(person.id);
        mark_laid(&rows, Some(index as usize));
    });
    let (at, rows) = (stand.clone(), people);
    global.on_lift(move || {
        at.reader.lift();
        mark_laid(&rows, None);
    });
    let at = stand.clone();
    global.on_press(move |index| {
        if let Some(level) = usize::try_from(index).ok().and_then(|i| Level::ALL.get(i)) {
            at.panel.press(*level);
        }
    });
    let (at, weak) = (stand.clone(), dock.as_weak());
    global.on_set_paper(move |paper| {
        at.printer.set_paper(match paper {
            0 => Roll::Full,
            1 => Roll::Low,
            _ => Roll::Out,
        });
        if let Some(dock) = weak.upgrade() {
            dock.global::<Dock>().set_paper(paper);
        }
    });
    let (at, weak) = (stand.clone(), dock.as_weak());
    global.on_plug_reader(move |plugged| {
        if plugged {
            let _ = at.reader.plug();
        } else {
            at.reader.unplug();
        }
        if let Some(dock) = weak.upgrade() {
            dock.global::<Dock>().set_reader_plugged(plugged);
        }
    });
    let (at, weak) = (stand.clone(), dock.as_weak());
    global.on_plug_printer(move |plugged| {
        if plugged {
            let _ = at.printer.plug();
        } else {
            at.printer.unplug();
        }
        if let Some(dock) = weak.upgrade() {
            dock.global::<Dock>().set_printer_plugged(plugged);
        }
    });
    let (at, weak) = (stand.clone(), dock.as_weak());
    global.on_set_online(move |online| {
        at.set_online(online);
        if let Some(dock) = weak.upgrade() {
            dock.global::<Dock>().set_online(online);
        }
    });

    let timer = Timer::default();
    let (at, weak, screen) = (stand.clone(), dock.as_weak(), screen.clone());
    let shown = RefCell::new(0);
    timer.start(TimerMode::Repeated, Duration::from_millis(250), move || {
        let Some(dock) = weak.upgrade() else { return };
        let global = dock.global::<Dock>();
        let english = screen.shown().is_some_and(|view| view.lang == Lang::En);
        dock.global::<Kiosk>().set_english(english);
        global.set_card_lies(at.reader.card().is_some());
        let slips = at.slips();
        if slips.len() != shown.replace(slips.len())
            && let Some(slip) = slips.iter().rev().find(|slip| !slip.blank)
        {
            let pixels = halved(&slip.picture);
            global.set_slip(Image::from_rgb8(pixels));
        }
    });
    timer
}

/// The picture at half its size, each pixel the mean of four: legible in a narrow dock.
fn halved(picture: &paper::Image) -> SharedPixelBuffer<Rgb8Pixel> {
    let (width, height) = (picture.width / 2, picture.height / 2);
    let mut pixels = SharedPixelBuffer::<Rgb8Pixel>::new(width as u32, height as u32);
    let grey = |x: usize, y: usize| u32::from(picture.grey[y * picture.width + x]);
    for (index, pixel) in pixels.make_mut_slice().iter_mut().enumerate() {
        let (x, y) = (2 * (index % width), 2 * (index / width));
        let sum = grey(x, y) + grey(x + 1, y) + grey(x, y + 1) + grey(x + 1, y + 1);
        let mean = (sum / 4) as u8;
        *pixel = Rgb8Pixel::new(mean, mean, mean);
    }
    pixels
}

fn mark_laid(people: &VecModel<DockPerson>, laid: Option<usize>) {
    for row in 0..people.row_count() {
        if let Some(mut person) = people.row_data(row) {
            person.laid = laid == Some(row);
            people.set_row_data(row, person);
        }
    }
}
