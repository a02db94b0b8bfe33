//! Keys on a Unix socket: lines `down N` and `up N`, N from 1 to 5, for panels that are not wired
//! to this board. A key that is down when the line is made has no edge and so is not a press.

use std::io::{ErrorKind, Read};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use tracing::warn;

use super::{Edge, KEYS, Panel, PanelError, monotonic};

/// Longest line that can mean something, with room.
const LONGEST_LINE: usize = 32;
/// A peer that sends more nonsense than this is not a panel.
const MOST_BAD_LINES: u32 = 20;

struct SocketPanel {
    stream: UnixStream,
    place: String,
    lines: Lines,
    contacts: [bool; KEYS],
    /// When the bytes in `lines` came.
    read_at: Duration,
    bad_lines: u32,
}

pub(super) fn open(path: &Path) -> Result<Box<dyn Panel>, PanelError> {
    let place = path.display().to_string();
    let stream = UnixStream::connect(path).map_err(|error| {
        let (place, detail) = (place.clone(), error.to_string());
        match error.kind() {
            ErrorKind::PermissionDenied => PanelError::Busy { place, detail },
            _ => PanelError::Absent { place, detail },
        }
    })?;
    Ok(Box::new(SocketPanel {
        stream,
        place,
        lines: Lines::default(),
        contacts: [false; KEYS],
        read_at: monotonic(),
        bad_lines: 0,
    }))
}

impl Panel for SocketPanel {
    fn place(&self) -> String {
        format!("socket {}", self.place)
    }

    fn contacts(&mut self) -> Result<[bool; KEYS], PanelError> {
        Ok(self.contacts)
    }

    fn wait(&mut self, timeout: Duration) -> Result<Option<Edge>, PanelError> {
        if let Some(edge) = self.next_edge()? {
            return Ok(Some(edge));
        }
        self.receive(timeout)?;
        self.next_edge()
    }
}

impl SocketPanel {
    fn receive(&mut self, timeout: Duration) -> Result<(), PanelError> {
        // Zero would mean for ever.
        let timeout = timeout.max(Duration::from_millis(1));
        let mut bytes = [0; 256];
        let read =
            self.stream.set_read_timeout(Some(timeout)).and_then(|()| self.stream.read(&mut bytes));
        self.read_at = monotonic();
        match read {
            Ok(0) => Err(self.lost("the other end closed the line")),
            Ok(count) => {
                self.lines.bytes.extend_from_slice(&bytes[..count]);
                Ok(())
            }
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted => Ok(()),
                _ => Err(self.lost(&error.to_string())),
            },
        }
    }

    /// The edge of the next whole line that has one.
    fn next_edge(&mut self) -> Result<Option<Edge>, PanelError> {
        while let Some(line) = self.lines.next() {
            match line {
                Line::Contact { key, down } => {
                    self.contacts[key] = down;
                    return Ok(Some(Edge { at: self.read_at, key, down }));
                }
                Line::Bad => {
                    self.bad_lines += 1;
                    if self.bad_lines == 1 {
                        warn!("buttons: {}: a line that is not \"down N\" or \"up N\"", self.place);
                    }
                    if self.bad_lines > MOST_BAD_LINES {
                        let place = self.place.clone();
                        let detail = format!("{MOST_BAD_LINES} lines that no panel sends");
                        return Err(PanelError::Broken { place, detail });
                    }
                }
            }
        }
        Ok(None)
    }

    fn lost(&self, detail: &str) -> PanelError {
        PanelError::Absent { place: self.place.clone(), detail: detail.to_owned() }
    }
}

/// Bytes on their way to being lines; never more than one read and one line.
#[derive(Default)]
struct Lines {
    bytes: Vec<u8>,
    /// Within a line that is too long: skip to its end.
    skipping: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Contact { key: usize, down: bool },
    Bad,
}

impl Lines {
    fn next(&mut self) -> Option<Line> {
        let Some(end) = self.bytes.iter().position(|byte| *byte == b'\n') else {
            if self.bytes.len() > LONGEST_LINE {
                self.bytes.clear();
                let first = !std::mem::replace(&mut self.skipping, true);
                return first.then_some(Line::Bad);
            }
            return None;
        };
        let line: Vec<u8> = self.bytes.drain(..=end).collect();
        if std::mem::replace(&mut self.skipping, false) {
            return self.next();
        }
        Some(parse(&line[..end]))
    }
}

fn parse(line: &[u8]) -> Line {
    let (down, key) = match line.strip_suffix(b"\r").unwrap_or(line) {
        [b'd', b'o', b'w', b'n', b' ', key] => (true, key),
        [b'u', b'p', b' ', key] => (false, key),
        _ => return Line::Bad,
    };
    match key {
        b'1'..=b'5' => Line::Contact { key: usize::from(key - b'1'), down },
        _ => Line::Bad,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(chunks: &[&[u8]]) -> Vec<Line> {
        let mut lines = Lines::default();
        let mut read = Vec::new();
        for chunk in chunks {
            lines.bytes.extend_from_slice(chunk);
            while let Some(line) = lines.next() {
                read.push(line);
            }
            assert!(lines.bytes.len() <= LONGEST_LINE);
        }
        read
    }

    #[test]
    fn lines_are_read_however_they_are_cut() {
        let down = |key| Line::Contact { key, down: true };
        let up = |key| Line::Contact { key, down: false };
        assert_eq!(lines(&[b"down 1\nup 1\r\ndown 5\n"]), [down(0), up(0), down(4)]);
        assert_eq!(lines(&[b"do", b"wn", b" 3", b"\nu", b"p 3\n"]), [down(2), up(2)]);
    }

    #[test]
    fn p8_nonsense_is_one_bad_line_each() {
        for bad in ["", "down 0", "down 6", "down  1", "down 11", "DOWN 1", "down\u{a0}1", "up"] {
            let text = format!("{bad}\nup 2\n");
            let up = Line::Contact { key: 1, down: false };
            assert_eq!(lines(&[text.as_bytes()]), [Line::Bad, up], "{bad:?}");
        }
        let long = [b'x'; 100];
        let up = Line::Contact { key: 1, down: false };
        assert_eq!(lines(&[&long, &long, b"\nup 2\n"]), [Line::Bad, up]);
    }

    proptest! {
        #[test]
        fn p8_nothing_sent_makes_it_panic(chunks in prop::collection::vec(
            prop::collection::vec(any::<u8>(), 0..256), 0..20
        )) {
            lines(&chunks.iter().map(Vec::as_slice).collect::<Vec<_>>());
        }
    }
}
