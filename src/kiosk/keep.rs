//! Keeps the kiosk going: opens, serves, and after a fault shows *out of service* and tries again,
//! until it is stopped.

use jiff::Timestamp;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use super::run::{self, Served};
use super::startup::{Cause, Known, Origin, Parts, ServiceFault};
use super::status::{State, StatusFile};
use super::ticks::Begun;
use super::{Inbox, Inputs, Ticks, Vitals};
use crate::config;
use crate::screen::{self, View};

/// Seconds until the first new attempt; each further one takes twice as long, up to [`PAUSE_MAX`].
const PAUSE_FIRST: u32 = 2;
/// Somebody who mends the fault stands there and waits for no longer than this.
const PAUSE_MAX: u32 = 60;
/// A kiosk that served for so many seconds had started well; the next fault is a new one.
const SERVED_WELL: u32 = 300;
/// Seconds that opening may take before the page says so.
const OPENING_LONG: u32 = 2;

/// What outlives each attempt.
pub(super) struct Outer {
    pub inbox: Inbox,
    pub inputs: Inputs,
    pub show: Box<dyn Fn(View) + Send + Sync>,
    pub set_short_side_mm: Box<dyn Fn(f32) + Send + Sync>,
    pub vitals: Vitals,
    pub status: StatusFile,
}

impl Outer {
    pub fn new(
        inbox: Inbox,
        inputs: Inputs,
        show: Box<dyn Fn(View) + Send + Sync>,
        set_short_side_mm: Box<dyn Fn(f32) + Send + Sync>,
        vitals: Vitals,
    ) -> Outer {
        let status = StatusFile::new(config::Status::default().path);
        Outer { inbox, inputs, show, set_short_side_mm, vitals, status }
    }

    fn show_out_of_service(&self, known: &Known, cause: Cause) {
        (self.show)(screen::out_of_service(&known.page(cause), Timestamp::now()));
    }

    /// A second in which nobody is served.
    fn second(&mut self, cause: Cause) {
        self.vitals.kiosk_loop.beat();
        // Nothing is known of the past that the clock could be held against.
        self.status.second(State::OutOfService { cause: cause.number() }, false);
    }
}

/// A time in which nobody was served.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outage {
    /// The last one.
    pub cause: Cause,
    pub seconds: u32,
}

impl Outage {
    /// So many more seconds nobody was served, now for this cause.
    fn goes_on(outage: &mut Option<Outage>, cause: Cause, seconds: u32) {
        let before = outage.map_or(0, |outage| outage.seconds);
        *outage = Some(Outage { cause, seconds: before.saturating_add(seconds) });
    }
}

/// Ends when the kiosk is stopped, and never by a fault.
pub(super) async fn keep(mut outer: Outer, origin: Origin, ticks: Ticks) {
    if matches!(origin, Origin::File(_)) {
        stop_when_told(outer.inbox.clone());
    }
    let mut ticks = ticks.begin();
    let known = Known::default();
    let mut pause = PAUSE_FIRST;
    let mut told: Option<String> = None;
    let mut outage: Option<Outage> = None;
    let mut standing = None;
    loop {
        let parts = {
            let (origin, known) = (origin.clone(), known.clone());
            move |begin: oneshot::Sender<View>| {
                Parts::open(&origin, &known, |view| drop(begin.send(view)))
            }
        };
        let opened = open(&mut outer, &mut ticks, parts, &known, standing, &mut outage).await;
        let fault = match opened {
            None => break,
            Some(Ok(parts)) => {
                (outer.set_short_side_mm)(parts.config.screen.short_side_mm);
                outer.status.move_to(&parts.config.status.path);
                told = None;
                match run::serve(&mut outer, &mut ticks, parts, &mut outage).await {
                    Served::Stopped => break,
                    Served::ServiceFault { fault, after } => {
                        if after >= SERVED_WELL {
                            pause = PAUSE_FIRST;
                        }
                        fault
                    }
                }
            }
            Some(Err(fault)) => fault,
        };
        if let Some(path) = known.status() {
            outer.status.move_to(&path);
        }
        let cause = fault.cause();
        // The same fault is told once, however often it is met.
        let words = fault.to_string();
        if told.as_ref() != Some(&words) {
            tracing::error!(cause = cause.number(), "out of service: {words}");
            told = Some(words);
        }
        standing = Some(cause);
        Outage::goes_on(&mut outage, cause, pause);
        if wait(&mut outer, &mut ticks, &known, cause, pause).await == Wait::Stopped {
            break;
        }
        pause = (2 * pause).min(PAUSE_MAX);
    }
    outer.status.remove().await;
}

/// `systemctl stop` and an update end the kiosk in order: what stands is stored, numbers leave no
/// gap.
fn stop_when_told(inbox: Inbox) {
    match signal(SignalKind::terminate()) {
        Ok(mut told) => {
            tokio::spawn(async move {
                if told.recv().await.is_some() {
                    inbox.stop();
                }
            });
        }
        Err(error) => tracing::warn!(%error, "SIGTERM will end the kiosk at once"),
    }
}

/// Opens beside the loop, which goes on showing the cause that stands; if none does, the page that
/// the kiosk begins with, whose touches wait. `None`: stopped meanwhile.
async fn open(
    outer: &mut Outer,
    ticks: &mut Begun,
    parts: impl FnOnce(oneshot::Sender<View>) -> Result<Parts, ServiceFault> + Send + 'static,
    known: &Known,
    standing: Option<Cause>,
    outage: &mut Option<Outage>,
) -> Option<Result<Parts, ServiceFault>> {
    let (begin, mut begun) = oneshot::channel();
    let mut opening = tokio::task::spawn_blocking(|| parts(begin));
    let (mut seconds, mut told) = (0, standing.is_some());
    outer.vitals.kiosk_loop.beat();
    loop {
        tokio::select! {
            biased;
            () = outer.inputs.stop.notified() => return None,
            first = &mut begun, if !begun.is_terminated() => {
                if let Ok(view) = first && !told {
                    (outer.show)(view);
                }
            }
            opened = &mut opening => {
                return Some(opened.unwrap_or(Err(ServiceFault::Ended("the opening of the kiosk"))));
            }
            () = ticks.next() => {
                seconds += 1;
                let cause = standing.unwrap_or(Cause::Opening);
                outer.second(cause);
                if seconds > OPENING_LONG && !told {
                    told = true;
                    // Whoever touched the page before this one has been told to wait.
                    while outer.inputs.inputs.try_recv().is_ok() {}
                }
                if told {
                    Outage::goes_on(outage, cause, 1);
                    outer.show_out_of_service(known, cause);
                }
            }
            // There is nothing to touch, and whoever else speaks is of an opening that is over.
            _ = outer.inputs.inputs.recv(), if told => {}
        }
    }
}

#[derive(PartialEq)]
enum Wait {
    Over,
    Stopped,
}

/// Shows the cause for `pause` seconds.
async fn wait(
    outer: &mut Outer,
    ticks: &mut Begun,
    known: &Known,
    cause: Cause,
    pause: u32,
) -> Wait {
    let mut left = pause;
    loop {
        outer.show_out_of_service(known, cause);
        tokio::select! {
            biased;
            () = outer.inputs.stop.notified() => return Wait::Stopped,
            () = ticks.next() => {
                outer.second(cause);
                left -= 1;
                if left == 0 {
                    return Wait::Over;
                }
            }
            // There is nothing to touch, and whoever else speaks is of an opening that is over.
            _ = outer.inputs.inputs.recv() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::kiosk::{Input, inbox};
    use crate::testkit::{block_on, lonely_kiosk};
    use crate::visit::{PageToken, Touch};

    /// Somebody touches the first page while the kiosk still opens, which takes so many seconds.
    /// Returns the pages that were shown, and whether the touch still waits.
    fn touched_while_opening(seconds: u32) -> (Vec<&'static str>, bool) {
        let folder = tempfile::tempdir().unwrap();
        let origin = Origin::File(lonely_kiosk(folder.path()));
        let (hand, ticks) = Ticks::driven();
        let (end, ended) = std::sync::mpsc::sync_channel(1);
        let shown = Arc::new(Mutex::new(Vec::new()));
        let show = {
            let shown = shown.clone();
            Box::new(move |view: View| {
                let mut shown = shown.lock().unwrap();
                if shown.last() == Some(&view.name) {
                    return;
                }
                shown.push(view.name);
                if shown.len() == 1 {
                    (0..seconds).for_each(|_| assert!(hand.second()));
                }
                // It is open when the page stands that is expected last.
                if shown.len() == if seconds > OPENING_LONG { 2 } else { 1 } {
                    end.send(()).unwrap();
                }
            })
        };
        let (inbox, inputs) = inbox();
        inbox.put(Input::Touch { page: PageToken::default(), touch: Touch::Start });
        let mut outer = Outer::new(inbox, inputs, show, Box::new(|_| ()), Vitals::default());
        let known = Known::default();
        let opened = block_on(async {
            let parts = {
                let known = known.clone();
                move |begin: oneshot::Sender<View>| {
                    let parts = Parts::open(&origin, &known, |view| drop(begin.send(view)));
                    ended.recv().unwrap();
                    parts
                }
            };
            open(&mut outer, &mut ticks.begin(), parts, &known, None, &mut None).await
        });
        assert!(matches!(opened, Some(Ok(_))));
        let pages = shown.lock().unwrap().clone();
        (pages, outer.inputs.inputs.try_recv().is_ok())
    }

    #[test]
    fn a_touch_on_the_page_that_comes_before_everything_is_open_waits() {
        assert_eq!(touched_while_opening(0), (vec!["attract"], true));
        assert_eq!(touched_while_opening(OPENING_LONG), (vec!["attract"], true));
        let gone = vec!["attract", "out-of-service"];
        assert_eq!(touched_while_opening(OPENING_LONG + 1), (gone, false));
    }
}
