//! Keys on a Raspberry Pi through rppal. It knows boards by a list and maps their registers;
//! levels come from there, edges from the kernel.

use std::time::Duration;

use rppal::gpio::{Error, Gpio, InputPin, Trigger};

use super::{Edge, KEYS, Panel, PanelError};

struct RaspberryPanel {
    gpio: Gpio,
    /// From left to right.
    pins: Vec<InputPin>,
}

pub(super) fn open(lines: &[u32; KEYS]) -> Result<Box<dyn Panel>, PanelError> {
    let gpio = Gpio::new().map_err(panel_error)?;
    let mut pins = Vec::with_capacity(KEYS);
    for line in lines {
        let number = u8::try_from(*line).map_err(|_| PanelError::Absent {
            place: place(),
            detail: format!("there is no GPIO {line}"),
        })?;
        let mut pin = gpio.get(number).map_err(panel_error)?.into_input_pullup();
        // Without its debouncing: ours is tested.
        pin.set_interrupt(Trigger::Both, None).map_err(panel_error)?;
        pins.push(pin);
    }
    Ok(Box::new(RaspberryPanel { gpio, pins }))
}

impl Panel for RaspberryPanel {
    fn place(&self) -> String {
        let lines: Vec<u8> = self.pins.iter().map(InputPin::pin).collect();
        format!("{}, lines {lines:?}", place())
    }

    fn contacts(&mut self) -> Result<[bool; KEYS], PanelError> {
        let mut down = [false; KEYS];
        for (down, pin) in down.iter_mut().zip(&self.pins) {
            *down = pin.is_low();
        }
        Ok(down)
    }

    fn wait(&mut self, timeout: Duration) -> Result<Option<Edge>, PanelError> {
        let pins: Vec<&InputPin> = self.pins.iter().collect();
        let event = self.gpio.poll_interrupts(&pins, false, Some(timeout)).map_err(panel_error)?;
        Ok(event.and_then(|(pin, event)| {
            let key = self.pins.iter().position(|own| own.pin() == pin.pin())?;
            let down = event.trigger == Trigger::FallingEdge;
            Some(Edge { at: event.timestamp, key, down })
        }))
    }
}

fn place() -> String {
    "rppal".to_owned()
}

fn panel_error(error: Error) -> PanelError {
    let (place, detail) = (place(), error.to_string());
    match error {
        Error::UnknownModel | Error::PinNotAvailable(_) => PanelError::Absent { place, detail },
        Error::PinUsed(_) | Error::PermissionDenied(_) => PanelError::Busy { place, detail },
        Error::Io(error) => match error.kind() {
            std::io::ErrorKind::NotFound => PanelError::Absent { place, detail },
            std::io::ErrorKind::ResourceBusy | std::io::ErrorKind::PermissionDenied => {
                PanelError::Busy { place, detail }
            }
            _ => PanelError::Broken { place, detail },
        },
        Error::ThreadPanic => PanelError::Broken { place, detail },
    }
}
