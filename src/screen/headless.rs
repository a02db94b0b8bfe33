//! The screen without a display: rendered in software into memory, exactly as the appliance
//! renders it, and touched by pointer events at the place of a control. For the demo without a
//! display, the benchmarks and the tests.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::rc::Rc;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use i_slint_backend_testing::ElementHandle;
use slint::platform::software_renderer::{
    MinimalSoftwareWindow, PremultipliedRgbaColor, RepaintBufferType,
};
use slint::platform::{EventLoopProxy, Platform, PointerEventButton, WindowAdapter, WindowEvent};
use slint::{ComponentHandle, EventLoopError, LogicalPosition, PhysicalSize, PlatformError};

/// Motions begin within this time after what causes them.
const CALM: Duration = Duration::from_millis(60);
/// Longest nap of the loop; bounds how late a condition is noticed.
const NAP: Duration = Duration::from_millis(5);
/// One step of a driven clock: a frame of a panel with 60 Hz. Never more at once, since a timer of
/// the screen fires once for each step, however long it was.
const FRAME: Duration = Duration::from_millis(16);

/// One step of a driven clock while nobody touches anything and only the end of a motion matters:
/// of a motion that never ends, fewer pictures are drawn that nobody sees.
const STRIDE: Duration = Duration::from_millis(100);

/// Longest sleep when nothing is to be drawn.
const IDLE_NAP: Duration = Duration::from_secs(1);

type Task = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct Queue {
    tasks: Mutex<VecDeque<Task>>,
    wake: Condvar,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, VecDeque<Task>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Proxy(Arc<Queue>);

impl EventLoopProxy for Proxy {
    fn quit_event_loop(&self) -> Result<(), EventLoopError> {
        Ok(())
    }

    fn invoke_from_event_loop(&self, task: Task) -> Result<(), EventLoopError> {
        self.0.lock().push_back(task);
        self.0.wake.notify_one();
        Ok(())
    }
}

/// Where the time of the screen comes from.
#[derive(Clone)]
enum Clock {
    /// The machine's own, for measuring and for running.
    Machine(Instant),
    /// Moved by [`Stage::advance`] alone: no picture depends on how fast the machine is.
    Driven(Rc<Cell<Duration>>),
}

struct Memory {
    window: Rc<MinimalSoftwareWindow>,
    queue: Arc<Queue>,
    clock: Clock,
}

impl Platform for Memory {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, PlatformError> {
        Ok(self.window.clone())
    }

    fn duration_since_start(&self) -> Duration {
        match &self.clock {
            Clock::Machine(started) => started.elapsed(),
            Clock::Driven(time) => time.get(),
        }
    }

    fn new_event_loop_proxy(&self) -> Option<Box<dyn EventLoopProxy>> {
        Some(Box::new(Proxy(self.queue.clone())))
    }
}

/// A screen in memory. One for each process: Slint's platform can be set once.
pub struct Stage {
    window: Rc<MinimalSoftwareWindow>,
    queue: Arc<Queue>,
    frame: RefCell<Vec<PremultipliedRgbaColor>>,
    size: PhysicalSize,
    frames: Cell<u64>,
    clock: Clock,
}

impl Stage {
    /// How long a finger stays down.
    pub const FINGER_DOWN: Duration = Duration::from_millis(60);

    /// Sets the platform of this process to a screen in memory of `size` pixels, whose motions
    /// take as long as on a panel.
    ///
    /// # Errors
    /// When a platform was set before.
    pub fn new(size: PhysicalSize) -> Result<Stage, PlatformError> {
        Stage::with(size, Clock::Machine(Instant::now()))
    }

    /// The same with a clock that stands still but for [`Stage::advance`]: motions and timers of
    /// the screen cost no time, and nothing that is seen depends on the speed of the machine.
    ///
    /// # Errors
    /// When a platform was set before.
    pub fn driven(size: PhysicalSize) -> Result<Stage, PlatformError> {
        Stage::with(size, Clock::Driven(Rc::default()))
    }

    fn with(size: PhysicalSize, clock: Clock) -> Result<Stage, PlatformError> {
        let window = MinimalSoftwareWindow::new(RepaintBufferType::ReusedBuffer);
        let queue = Arc::new(Queue::default());
        let memory = Memory { window: window.clone(), queue: queue.clone(), clock: clock.clone() };
        slint::platform::set_platform(Box::new(memory))
            .map_err(|error| PlatformError::Other(error.to_string()))?;
        window.set_size(size);
        let pixels = size.width as usize * size.height as usize;
        Ok(Stage {
            window,
            queue,
            frame: RefCell::new(vec![PremultipliedRgbaColor::default(); pixels]),
            size,
            frames: Cell::new(0),
            clock,
        })
    }

    /// Lets `time` pass on the screen, frame by frame. With the machine's clock this waits.
    pub fn advance(&self, time: Duration) {
        match &self.clock {
            Clock::Machine(_) => drop(self.run_until(time, || false)),
            Clock::Driven(now) => {
                let end = now.get() + time;
                while now.get() < end {
                    now.set(end.min(now.get() + FRAME));
                    self.turn();
                }
            }
        }
    }

    /// Runs what waits, advances timers and animations, and draws if anything changed.
    /// True if a frame was drawn.
    pub fn turn(&self) -> bool {
        loop {
            let task = self.queue.lock().pop_front();
            match task {
                Some(task) => task(),
                None => break,
            }
        }
        slint::platform::update_timers_and_animations();
        let stride = self.size.width as usize;
        let drawn = self.window.draw_if_needed(|renderer| {
            renderer.render(&mut self.frame.borrow_mut(), stride);
        });
        if drawn {
            self.frames.set(self.frames.get() + 1);
        }
        drawn
    }

    /// Turns until `done`, at most for `limit` of the machine's time: for what other threads do.
    /// True if it was done in time. A driven clock goes on by a frame each turn.
    pub fn run_until(&self, limit: Duration, mut done: impl FnMut() -> bool) -> bool {
        let end = Instant::now() + limit;
        loop {
            self.turn();
            if done() {
                return true;
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let waiting = self.queue.lock();
            if waiting.is_empty() {
                let _ = self.queue.wake.wait_timeout(waiting, NAP.min(left));
            }
            if let Clock::Driven(now) = &self.clock {
                now.set(now.get() + FRAME);
            }
        }
    }

    /// Lets time pass until nothing moves any more, at most `limit`.
    pub fn settle(&self, limit: Duration) {
        let mut passed = Duration::ZERO;
        self.turn();
        while passed < limit && (passed <= CALM || self.window.has_active_animations()) {
            passed += self.pass(STRIDE);
        }
        self.turn();
    }

    /// One step: `stride` of a driven clock, a frame of the machine's. Returns how long it was.
    fn pass(&self, stride: Duration) -> Duration {
        match &self.clock {
            Clock::Machine(_) => {
                self.advance(FRAME);
                FRAME
            }
            Clock::Driven(now) => {
                now.set(now.get() + stride);
                self.turn();
                stride
            }
        }
    }

    /// Sleeps until something wants to be done, after a turn: as an event loop would. What came since
    /// that turn is no reason to sleep.
    pub fn rest(&self) {
        let nap = if self.window.has_active_animations() {
            FRAME
        } else {
            slint::platform::duration_until_next_timer_update()
                .map_or(IDLE_NAP, |timer| timer.min(IDLE_NAP))
        };
        let waiting = self.queue.lock();
        if waiting.is_empty() {
            let _ = self.queue.wake.wait_timeout(waiting, nap);
        }
    }

    /// The control with this accessible id, if it stands on the screen.
    pub fn control(&self, root: &impl ComponentHandle, id: &str) -> Option<Found> {
        self.controls(root).remove(id)
    }

    /// Every control that a finger can reach, by its accessible id: those of the sheet if one lies
    /// over the page, and of a scroller only those that stand whole in its window.
    pub fn controls(&self, root: &impl ComponentHandle) -> BTreeMap<String, Found> {
        let top = i_slint_backend_testing::ElementRoot::root_element(root);
        let top = with_ids(&top, |id| id == "sheet").into_iter().next().unwrap_or(top);
        let mut controls: BTreeMap<String, Found> = with_ids(&top, |id| !id.is_empty())
            .iter()
            .filter_map(|element| Some((id_of(element), Found::of(element)?)))
            .filter(|(id, _)| !CONTAINERS.contains(&id.as_str()))
            .collect();
        for scroller in with_ids(&top, |id| id == "scroller") {
            let Some(window) = Found::of(&scroller) else { continue };
            for element in with_ids(&scroller, |id| !id.is_empty()) {
                if Found::of(&element).is_some_and(|row| !window.place.holds(row.place)) {
                    controls.remove(&id_of(&element));
                }
            }
        }
        controls
    }

    /// Touches a place: pointer down, a moment, pointer up. Returns how long the next complete
    /// frame took after the finger came down, and after it was lifted.
    pub fn touch(&self, (x, y): (f32, f32)) -> [Duration; 2] {
        let pressed = self.finger_down((x, y));
        self.advance(Self::FINGER_DOWN);
        [pressed, self.finger_up((x, y))]
    }

    /// The first half of a touch. Returns how long the next complete frame took.
    pub fn finger_down(&self, (x, y): (f32, f32)) -> Duration {
        let (position, button) = (LogicalPosition::new(x, y), PointerEventButton::Left);
        let begun = Instant::now();
        self.dispatch(WindowEvent::PointerMoved { position });
        self.dispatch(WindowEvent::PointerPressed { position, button });
        self.turn();
        begun.elapsed()
    }

    /// The second half of a touch. Returns how long the next complete frame took.
    pub fn finger_up(&self, (x, y): (f32, f32)) -> Duration {
        let (position, button) = (LogicalPosition::new(x, y), PointerEventButton::Left);
        let begun = Instant::now();
        self.dispatch(WindowEvent::PointerReleased { position, button });
        self.dispatch(WindowEvent::PointerExited);
        self.turn();
        begun.elapsed()
    }

    /// A finger that comes down at `from`, goes straight to `to` and is lifted there.
    pub fn swipe(&self, from: (f32, f32), to: (f32, f32)) {
        const STEPS: u8 = 8;
        self.finger_down(from);
        for step in 1..=STEPS {
            let part = f32::from(step) / f32::from(STEPS);
            let (x, y) = (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part);
            self.dispatch(WindowEvent::PointerMoved { position: LogicalPosition::new(x, y) });
            self.advance(FRAME);
        }
        self.finger_up(to);
    }

    fn dispatch(&self, event: WindowEvent) {
        self.window.window().dispatch_event(event);
    }

    /// Everything that stands in words in the window, drawn or not, in the order of the elements:
    /// what the screen could give away.
    pub fn words(&self, root: &impl ComponentHandle) -> Vec<String> {
        let top = i_slint_backend_testing::ElementRoot::root_element(root);
        top.query_descendants()
            .match_predicate(|element| element.accessible_label().is_some_and(|l| !l.is_empty()))
            .find_all()
            .iter()
            .filter_map(|element| element.accessible_label())
            // Joiners keep words on one line; nobody reads them.
            .map(|label| label.replace('\u{2060}', ""))
            .collect()
    }

    /// Frames drawn so far.
    pub fn frames(&self) -> u64 {
        self.frames.get()
    }

    /// Draws the whole screen anew, whether it changed or not. Returns how long that took.
    pub fn redraw(&self) -> Duration {
        self.window.window().request_redraw();
        let stride = self.size.width as usize;
        let begun = Instant::now();
        self.window.draw_if_needed(|renderer| {
            // A new buffer holds nothing that could be kept.
            renderer.set_repaint_buffer_type(RepaintBufferType::NewBuffer);
            renderer.render(&mut self.frame.borrow_mut(), stride);
            renderer.set_repaint_buffer_type(RepaintBufferType::ReusedBuffer);
        });
        begun.elapsed()
    }

    /// The screen as it stands, each square of `by` times `by` pixels as their mean: red, green and
    /// blue of every pixel, row by row. What does not fill a square at the right and below is left out.
    ///
    /// # Panics
    /// For 0.
    pub fn shrunk(&self, by: u32) -> Vec<[u8; 3]> {
        let (by, stride) = (by as usize, self.size.width as usize);
        let (wide, high) = (stride / by, self.size.height as usize / by);
        let (frame, all) = (self.frame.borrow(), (by * by) as u32);
        let mut pixels = Vec::with_capacity(wide * high);
        let mut sums = vec![[0_u32; 3]; wide];
        for rows in frame.chunks_exact(stride * by) {
            sums.fill([all / 2; 3]);
            for row in rows.chunks_exact(stride) {
                for (sum, square) in sums.iter_mut().zip(row.chunks_exact(by)) {
                    for pixel in square {
                        sum[0] += u32::from(pixel.red);
                        sum[1] += u32::from(pixel.green);
                        sum[2] += u32::from(pixel.blue);
                    }
                }
            }
            pixels.extend(sums.iter().map(|sum| sum.map(|sum| (sum / all) as u8)));
        }
        pixels
    }

    /// Writes the screen as it stands to a PNG file.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, path: &Path) -> std::io::Result<()> {
        let file = std::io::BufWriter::new(std::fs::File::create(path)?);
        let mut encoder = png::Encoder::new(file, self.size.width, self.size.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::Fast);
        let pixels: Vec<u8> =
            self.frame.borrow().iter().flat_map(|p| [p.red, p.green, p.blue]).collect();
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&pixels)?;
        writer.finish()?;
        Ok(())
    }
}

/// Ids of what holds controls and is none.
const CONTAINERS: [&str; 2] = ["sheet", "scroller"];

/// The descendants of an element whose accessible id is such.
fn with_ids(element: &ElementHandle, such: impl Fn(&str) -> bool + 'static) -> Vec<ElementHandle> {
    element
        .query_descendants()
        .match_predicate(move |element| element.accessible_id().is_some_and(|id| such(&id)))
        .find_all()
}

fn id_of(element: &ElementHandle) -> String {
    element.accessible_id().unwrap_or_default().to_string()
}

/// A control as a person finds it.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    pub place: Rect,
    pub label: String,
    pub enabled: bool,
}

impl Found {
    fn of(element: &ElementHandle) -> Option<Found> {
        let (at, size) = (element.absolute_position(), element.size());
        let place = Rect { x: at.x, y: at.y, width: size.width, height: size.height };
        let visible = place.width > 0.0 && place.height > 0.0 && element.computed_opacity() > 0.0;
        visible.then(|| Found {
            place,
            label: element.accessible_label().unwrap_or_default().to_string(),
            enabled: element.accessible_enabled().unwrap_or(true),
        })
    }
}

/// A rectangle in pixels of the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

impl Rect {
    pub fn centre(self) -> (f32, f32) {
        (self.x + self.width / 2.0, self.y + self.height / 2.0)
    }

    /// Whether `other` stands whole in this rectangle, but for a pixel of rounding.
    fn holds(self, other: Rect) -> bool {
        const SLACK: f32 = 1.0;
        other.x + SLACK >= self.x
            && other.y + SLACK >= self.y
            && other.x + other.width <= self.x + self.width + SLACK
            && other.y + other.height <= self.y + self.height + SLACK
    }
}
