//! The buttons over a real socket, with contacts that bounce.

use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use kuaiban::config::{self, ButtonsBackend};
use kuaiban::devices::buttons::{self, ButtonEvent, Buttons};
use kuaiban::devices::state::{DeviceState, Fault, StateChange};
use kuaiban::domain::evaluation::Level;
use kuaiban::simulators::buttons::SimulatedPanel;

/// A wait that only a fault exhausts.
const LONG: Duration = Duration::from_secs(60);
/// Long enough that a press which counts would have been told.
const QUIET: Duration = Duration::from_millis(700);

fn watch(socket: &Path) -> (Buttons, Receiver<ButtonEvent>) {
    let config = config::Buttons {
        backend: ButtonsBackend::Simulated,
        socket: Some(socket.to_owned()),
        ..config::Buttons::default()
    };
    let (tell, told) = channel();
    let buttons = buttons::spawn(&config, move |event| drop(tell.send(event))).expect("a thread");
    (buttons, told)
}

fn expect(told: &Receiver<ButtonEvent>, event: ButtonEvent) {
    assert_eq!(told.recv_timeout(LONG), Ok(event));
}

fn state(state: DeviceState) -> ButtonEvent {
    ButtonEvent::State(StateChange { state, untold: 0 })
}

/// A finger stays on a key until the press was told, however slow the machine is.
fn press(panel: &SimulatedPanel, told: &Receiver<ButtonEvent>, level: Level) {
    panel.contact(level, true);
    expect(told, ButtonEvent::Pressed(level));
    panel.contact(level, false);
    // Longer than the lock-out after a press.
    std::thread::sleep(Duration::from_millis(600));
}

fn nothing(told: &Receiver<ButtonEvent>) {
    assert!(told.recv_timeout(QUIET).is_err(), "nothing should have been told");
}

/// A panel that is watched and armed.
fn armed() -> (SimulatedPanel, Buttons, Receiver<ButtonEvent>) {
    let panel = SimulatedPanel::start(None).expect("a socket");
    let (buttons, told) = watch(panel.path());
    expect(&told, state(DeviceState::Ready));
    wait_for_client(&panel);
    buttons.arm(true);
    (panel, buttons, told)
}

fn wait_for_client(panel: &SimulatedPanel) {
    for _ in 0..1000 {
        if panel.clients() > 0 {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("nobody came to the panel");
}

#[test]
fn p6_every_press_is_told_once() {
    let (panel, _buttons, told) = armed();
    for level in Level::ALL {
        press(&panel, &told, level);
    }
    nothing(&told);
}

#[test]
fn p6_two_keys_at_once_are_no_evaluation() {
    let (panel, _buttons, told) = armed();
    // At the very same time; a short while apart is a matter of the driven clock (`press.rs`).
    panel.send(b"down 1\ndown 5\n");
    nothing(&told);
    panel.send(b"up 1\nup 5\n");
    nothing(&told);
    press(&panel, &told, Level::Satisfied);
}

#[test]
fn p6_without_an_open_evaluation_the_keys_are_dead() {
    let (panel, buttons, told) = armed();
    buttons.arm(false);
    panel.press(Level::VerySatisfied);
    nothing(&told);

    // A finger that lies on a key when the evaluation opens has not evaluated.
    panel.contact(Level::VerySatisfied, true);
    std::thread::sleep(Duration::from_millis(1000));
    buttons.arm(true);
    std::thread::sleep(Duration::from_millis(400));
    panel.contact(Level::VerySatisfied, false);
    nothing(&told);
    press(&panel, &told, Level::VerySatisfied);
}

#[test]
fn p8_a_panel_may_vanish_and_return() {
    let (panel, _buttons, told) = armed();
    panel.contact(Level::Satisfied, true);
    panel.unplug();
    expect(&told, state(DeviceState::Absent));
    panel.plug().expect("the socket again");
    expect(&told, state(DeviceState::Ready));
    wait_for_client(&panel);
    panel.contact(Level::Satisfied, false);
    nothing(&told);
    press(&panel, &told, Level::Satisfied);
}

#[test]
fn p8_a_panel_may_come_late() {
    let folder = tempfile::tempdir().expect("a folder");
    let socket = folder.path().join("panel");
    let (buttons, told) = watch(&socket);
    buttons.arm(true);
    expect(&told, state(DeviceState::Absent));
    let panel = SimulatedPanel::start(Some(&socket)).expect("a socket");
    expect(&told, state(DeviceState::Ready));
    wait_for_client(&panel);
    press(&panel, &told, Level::FairlySatisfied);
}

#[test]
fn p8_nonsense_is_ignored_and_too_much_of_it_ends_the_line() {
    let (panel, _buttons, told) = armed();
    panel.send(b"\xFF\x00down 9\nhello\n");
    press(&panel, &told, Level::Dissatisfied);

    panel.send("x\n".repeat(100).as_bytes());
    expect(&told, state(DeviceState::Failed(Fault::Hardware)));
    expect(&told, state(DeviceState::Ready));
}

#[test]
fn p8_a_restarted_panel_takes_over_the_socket_of_a_killed_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let socket = folder.path().join("panel");
    drop(std::os::unix::net::UnixListener::bind(&socket).expect("a socket"));
    assert!(socket.exists(), "left behind");
    let panel = SimulatedPanel::start(Some(&socket)).expect("takes it over");
    assert!(SimulatedPanel::start(Some(&socket)).is_err(), "but not from a living one");
    drop(panel);
    assert!(!socket.exists(), "nothing is left behind");
}
