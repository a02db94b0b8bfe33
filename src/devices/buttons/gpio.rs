//! Keys on the kernel's GPIO character device. The chip is found by its label, because its number
//! differs between boards and kernels (`protocols.md` §3.3).

use std::path::PathBuf;
use std::time::Duration;

use gpiocdev::Request;
use gpiocdev::chip::{Chip, chips};
use gpiocdev::line::{Bias, EdgeDetection, EdgeKind, Value, Values};
use rustix::io::Errno;

use super::{Edge, KEYS, Panel, PanelError};

/// Labels of the Raspberry Pi's own chips: Pi 5, Pi 4, Pi 3 and before.
const RASPBERRY_PI: [&str; 3] = ["pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835"];

struct GpioPanel {
    request: Request,
    place: String,
    lines: [u32; KEYS],
}

/// Opens the lines of the chip with this label, or of the first chip of a Raspberry Pi if it is
/// empty. The kernel's own debouncing stays off: ours is tested.
pub(super) fn open(label: &str, lines: &[u32; KEYS]) -> Result<Box<dyn Panel>, PanelError> {
    let (path, label) = find(label)?;
    let place = format!("gpiocdev, {} ({label}), lines {lines:?}", path.display());
    let request = Request::builder()
        .on_chip(path)
        .with_consumer("kuaiban-buttons")
        .with_lines(lines)
        .as_input()
        .as_active_low()
        .with_bias(Bias::PullUp)
        .with_edge_detection(EdgeDetection::BothEdges)
        .request()
        .map_err(|error| panel_error(&place, &error))?;
    Ok(Box::new(GpioPanel { request, place, lines: *lines }))
}

fn find(wanted: &str) -> Result<(PathBuf, String), PanelError> {
    let sought = if wanted.is_empty() {
        format!("a chip labelled {}", RASPBERRY_PI.join(", "))
    } else {
        format!("the chip labelled {wanted}")
    };
    let mut seen = Vec::new();
    let mut forbidden = None;
    for path in chips().map_err(|error| panel_error("/dev", &error))? {
        match Chip::from_path(&path).and_then(|chip| chip.info()) {
            Ok(info) => {
                let fits = match wanted {
                    "" => RASPBERRY_PI.contains(&info.label.as_str()),
                    label => info.label == label,
                };
                if fits {
                    return Ok((path, info.label));
                }
                seen.push(info.label);
            }
            Err(error) => {
                let place = path.display().to_string();
                forbidden = forbidden.or(Some(panel_error(&place, &error)));
            }
        }
    }
    // A chip that may not be opened may be the one.
    if let Some(busy @ PanelError::Busy { .. }) = forbidden {
        return Err(busy);
    }
    let found = if seen.is_empty() { "none".to_owned() } else { seen.join(", ") };
    Err(PanelError::Absent {
        place: "GPIO".to_owned(),
        detail: format!("looked for {sought}, found {found}"),
    })
}

impl Panel for GpioPanel {
    fn place(&self) -> String {
        self.place.clone()
    }

    fn contacts(&mut self) -> Result<[bool; KEYS], PanelError> {
        let mut values = Values::default();
        self.request.values(&mut values).map_err(|error| panel_error(&self.place, &error))?;
        Ok(self.lines.map(|line| values.get(line) == Some(Value::Active)))
    }

    fn wait(&mut self, timeout: Duration) -> Result<Option<Edge>, PanelError> {
        let edge = match self.request.wait_edge_event(timeout) {
            Ok(true) => self.request.read_edge_event(),
            Ok(false) => return Ok(None),
            Err(error) => Err(error),
        };
        match edge {
            Ok(edge) => {
                let key = self.lines.iter().position(|line| *line == edge.offset);
                Ok(key.map(|key| Edge {
                    at: Duration::from_nanos(edge.timestamp_ns),
                    key,
                    // The request is active low: rising means that the contact closed.
                    down: edge.kind == EdgeKind::Rising,
                }))
            }
            Err(error) if os_error(&error) == Some(Errno::INTR) => Ok(None),
            Err(error) => Err(panel_error(&self.place, &error)),
        }
    }
}

/// The system's error code. gpiocdev does not re-export the type that holds it; it stands at the
/// end of the text, as in every error of the standard library.
fn os_error(error: &gpiocdev::Error) -> Option<Errno> {
    let text = error.to_string();
    let (_, code) = text.rsplit_once("(os error ")?;
    code.trim_end_matches(|c: char| !c.is_ascii_digit()).parse().ok().map(Errno::from_raw_os_error)
}

fn panel_error(place: &str, error: &gpiocdev::Error) -> PanelError {
    let (place, detail) = (place.to_owned(), error.to_string());
    match os_error(error) {
        Some(Errno::BUSY | Errno::ACCESS | Errno::PERM) => PanelError::Busy { place, detail },
        Some(Errno::NOENT | Errno::NODEV | Errno::NXIO | Errno::IO) => {
            PanelError::Absent { place, detail }
        }
        _ => PanelError::Broken { place, detail },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p8_the_systems_errors_become_states() {
        let state = |code: i32| {
            let error = gpiocdev::Error::from(std::io::Error::from_raw_os_error(code));
            assert_eq!(os_error(&error), Some(Errno::from_raw_os_error(code)), "{error}");
            panel_error("/dev/gpiochip0", &error).state()
        };
        use crate::devices::state::{DeviceState, Fault};
        assert_eq!(state(16), DeviceState::Failed(Fault::PortBusy));
        assert_eq!(state(13), DeviceState::Failed(Fault::PortBusy));
        assert_eq!(state(19), DeviceState::Absent);
        assert_eq!(state(22), DeviceState::Failed(Fault::Hardware));
    }
}
