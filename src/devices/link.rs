//! A serial line that loses and finds its device (`protocols.md` §5).
//!
//! The line is opened by path, usually a symbolic link that udev makes and removes. Whatever
//! hints at an unplugged device drops the file descriptor at once: a descriptor that is held
//! makes the kernel give the device another number when it comes back.

use std::fs::OpenOptions;
use std::io::{self, ErrorKind, IsTerminal, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::OFlags;
use rustix::io::Errno;
use serialport::{ClearBuffer, SerialPort, TTYPort};

use super::state::{DeviceState, Fault};
use super::steady::BackOff;

/// How often a missing node is looked for while pausing.
const LOOK: Duration = Duration::from_millis(100);
/// Most bytes handed to the kernel at once: a pulled cable then loses no more than this much
/// unnoticed, and a slow line cannot hold the caller far beyond its deadline.
const CHUNK: usize = 512;

/// One serial line, open or waiting for its device. Owned by the thread of one device.
pub struct Link {
    path: PathBuf,
    baud: u32,
    port: Option<TTYPort>,
    back_off: BackOff,
}

/// Whether a port is the end of a pseudo terminal: a simulator plays the device behind it.
pub fn is_simulated(port: &Path) -> bool {
    std::fs::canonicalize(port).is_ok_and(|path| path.starts_with("/dev/pts"))
}

/// Why a line cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    #[error("{port}: no such device; check the cable, the power and the name of the port")]
    Missing { port: PathBuf },
    #[error("{port}: held by another program; stop it (fuser -v {port})")]
    Busy { port: PathBuf },
    #[error(
        "{port}: permission denied; the kiosk's user must be in the group that owns the port, and a unit with DeviceAllow= must name it"
    )]
    Denied { port: PathBuf },
    #[error("{port}: not a serial port; name a tty such as /dev/ttyUSB0")]
    NotATty { port: PathBuf },
    #[error("{port}: cannot be set to {baud} bits/s, 8N1: {reason}")]
    Unsuitable { port: PathBuf, baud: u32, reason: String },
    #[error("{port}: the device has gone ({reason}); check the cable")]
    Lost { port: PathBuf, reason: String },
    #[error("{port}: {sent} of {length} bytes taken before the time was up; check the device")]
    Stuck { port: PathBuf, sent: usize, length: usize },
    #[error(
        "{port}: the device asks to wait (XOFF) and does not go on, {sent} of {length} bytes sent; look at the device"
    )]
    Held { port: PathBuf, sent: usize, length: usize },
}

impl LinkError {
    /// What this error says about the device behind the line.
    pub fn state(&self) -> DeviceState {
        match self {
            LinkError::Missing { .. } | LinkError::NotATty { .. } | LinkError::Lost { .. } => {
                DeviceState::Absent
            }
            LinkError::Busy { .. } | LinkError::Denied { .. } => {
                DeviceState::Failed(Fault::PortBusy)
            }
            LinkError::Unsuitable { .. } => DeviceState::Failed(Fault::Hardware),
            LinkError::Stuck { .. } => DeviceState::Failed(Fault::Silent),
            LinkError::Held { .. } => DeviceState::Failed(Fault::Held),
        }
    }
}

impl Link {
    /// A line that is not open yet.
    pub fn new(path: &Path, baud: u32) -> Link {
        Link { path: path.to_owned(), baud, port: None, back_off: BackOff::default() }
    }

    /// Where the device is looked for.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Speed of the line in bits a second.
    pub fn baud(&self) -> u32 {
        self.baud
    }

    /// Whether the line is open, as far as is known.
    pub fn is_open(&self) -> bool {
        self.port.is_some()
    }

    /// Opens the line: exclusive, 8N1, no flow control, raw, with what lay in the input buffer
    /// thrown away. Nothing happens if it is open.
    ///
    /// # Errors
    /// Any but `Lost`, `Stuck` and `Held`.
    pub fn open(&mut self) -> Result<(), LinkError> {
        if self.port.is_some() {
            return Ok(());
        }
        // 8N1 without flow control is the default of the builder.
        let port = serialport::new(self.path.to_string_lossy(), self.baud)
            .timeout(LOOK)
            .open_native()
            .map_err(|error| self.refused(&error))?;
        port.clear(ClearBuffer::Input).map_err(|error| self.refused(&error))?;
        self.port = Some(port);
        self.back_off.opened(Instant::now());
        Ok(())
    }

    /// Waits before the next [`open`](Link::open), see [`BackOff`]. Ends early when a node appears
    /// that was missing, and within 0.1 s when `stop` is set (at once if the thread is unparked).
    pub fn back_off(&mut self, stop: &AtomicBool) {
        let now = Instant::now();
        let deadline = now + self.back_off.next_pause(now);
        let mut missing = false;
        while !stop.load(Ordering::Relaxed) {
            let left = deadline.saturating_duration_since(Instant::now());
            let is_there = self.path.exists();
            if left.is_zero() || (missing && is_there) {
                return;
            }
            missing |= !is_there;
            thread::park_timeout(left.min(LOOK));
        }
    }

    /// Reads what has come, without waiting for the buffer to be full. Returns as soon as there
    /// is a byte; 0 means that nothing came until `deadline`.
    ///
    /// # Errors
    /// `Lost`, and the line is closed.
    pub fn read(&mut self, buffer: &mut [u8], deadline: Instant) -> Result<usize, LinkError> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let port = self.port()?;
            let outcome = port.set_timeout(left).map_err(io::Error::from);
            match outcome.and_then(|()| port.read(buffer)) {
                Ok(0) => return Err(self.lost("end of file")),
                Ok(count) => return Ok(count),
                Err(error) if error.kind() == ErrorKind::TimedOut => return Ok(0),
                Err(error) if is_momentary(&error) && !left.is_zero() => {}
                Err(error) if is_momentary(&error) => return Ok(0),
                Err(error) => return Err(self.lost(error)),
            }
        }
    }

    /// Writes all bytes in chunks and waits until the kernel has sent them.
    ///
    /// # Errors
    /// `Lost`, and the line is closed; `Stuck` when `deadline` passes first.
    pub fn write(&mut self, bytes: &[u8], deadline: Instant) -> Result<(), LinkError> {
        let mut sent = 0;
        while sent < bytes.len() {
            let end = bytes.len().min(sent + CHUNK);
            let left = deadline.saturating_duration_since(Instant::now());
            let port = self.port()?;
            let outcome = port.set_timeout(left).map_err(io::Error::from);
            match outcome.and_then(|()| port.write(&bytes[sent..end])) {
                Ok(0) => return Err(self.lost("nothing taken")),
                Ok(count) => {
                    sent += count;
                    self.drain(deadline)?;
                }
                Err(error) if error.kind() == ErrorKind::TimedOut || is_momentary(&error) => {
                    if left.is_zero() {
                        return Err(self.stuck(sent, bytes.len()));
                    }
                }
                Err(error) => return Err(self.lost(error)),
            }
        }
        Ok(())
    }

    /// Throws away what has come unasked.
    ///
    /// # Errors
    /// `Lost`, and the line is closed.
    pub fn clear_input(&mut self) -> Result<(), LinkError> {
        match self.port()?.clear(ClearBuffer::Input) {
            Ok(()) => Ok(()),
            Err(error) => Err(self.lost(error)),
        }
    }

    /// Lets go of the device.
    pub fn close(&mut self) {
        if let Some(mut port) = self.port.take() {
            // Only a real line forgets its exclusive mark with the last close.
            let _ = port.set_exclusive(false);
        }
    }

    /// Waits until the kernel's output buffer is empty. `tcdrain` would wait without limit on a
    /// device that stops taking bytes.
    fn drain(&mut self, deadline: Instant) -> Result<(), LinkError> {
        loop {
            match self.port()?.bytes_to_write() {
                Ok(0) => return Ok(()),
                Ok(left) if Instant::now() >= deadline => {
                    return Err(self.stuck(0, left as usize));
                }
                Ok(_) => thread::sleep(Duration::from_millis(1)),
                Err(error) => return Err(self.lost(error)),
            }
        }
    }

    fn port(&mut self) -> Result<&mut TTYPort, LinkError> {
        match &mut self.port {
            Some(port) => Ok(port),
            None => Err(LinkError::Lost { port: self.path.clone(), reason: "closed".to_owned() }),
        }
    }

    fn lost(&mut self, reason: impl ToString) -> LinkError {
        self.close();
        LinkError::Lost { port: self.path.clone(), reason: reason.to_string() }
    }

    fn stuck(&self, sent: usize, length: usize) -> LinkError {
        LinkError::Stuck { port: self.path.clone(), sent, length }
    }

    /// Why the port was refused. `serialport` keeps the error number of only a few causes, so
    /// the others are asked for again.
    fn refused(&self, error: &serialport::Error) -> LinkError {
        use serialport::ErrorKind as Kind;
        let port = self.path.clone();
        match error.kind() {
            Kind::NoDevice => return LinkError::Busy { port },
            Kind::Io(ErrorKind::NotFound) => return LinkError::Missing { port },
            Kind::Io(ErrorKind::PermissionDenied) => return LinkError::Denied { port },
            _ => {}
        }
        let flags = OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        match OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(&port) {
            Ok(file) if !file.is_terminal() => LinkError::NotATty { port },
            Err(error)
                if matches!(
                    Errno::from_io_error(&error),
                    Some(Errno::NOENT | Errno::NXIO | Errno::NODEV | Errno::IO)
                ) =>
            {
                LinkError::Missing { port }
            }
            Err(error) if error.kind() == ErrorKind::PermissionDenied => LinkError::Denied { port },
            _ => LinkError::Unsuitable { port, baud: self.baud, reason: error.to_string() },
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.close();
    }
}

/// A signal or a spurious wake-up says nothing about the device.
fn is_momentary(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock)
}

#[cfg(test)]
#[cfg(feature = "simulators")]
mod tests {
    use super::*;
    use crate::simulators::pty::{Fragmentation, Pty};

    const SOON: Duration = Duration::from_millis(200);

    fn line() -> (tempfile::TempDir, Pty, Link) {
        let dir = tempfile::tempdir().unwrap();
        let pty = Pty::new(&dir.path().join("line")).unwrap();
        let link = Link::new(pty.path(), 115_200);
        (dir, pty, link)
    }

    #[test]
    fn every_reason_for_a_refusal_is_told_apart() {
        let (dir, pty, mut held) = line();
        held.open().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, "").unwrap();
        let port_busy = DeviceState::Failed(Fault::PortBusy);
        for (path, reason, state) in [
            (&*dir.path().join("nothing"), "no such device", DeviceState::Absent),
            (pty.path(), "held by another program", port_busy),
            (Path::new("/dev/null"), "not a serial port", DeviceState::Absent),
            (&*file, "not a serial port", DeviceState::Absent),
        ] {
            let error = Link::new(path, 115_200).open().unwrap_err();
            let start = format!("{}: {reason}", path.display());
            assert!(error.to_string().starts_with(&start), "{error}");
            assert_eq!(error.state(), state, "{path:?}");
        }
    }

    #[test]
    fn reading_returns_at_once_or_at_the_deadline() {
        let (_dir, pty, mut link) = line();
        link.open().unwrap();
        let mut buffer = [0; 16];
        let start = Instant::now();
        assert_eq!(link.read(&mut buffer, start + SOON).unwrap(), 0);
        assert!(start.elapsed() >= SOON);
        pty.write_paced(b"abc", 0, Fragmentation::Whole).unwrap();
        assert_eq!(link.read(&mut buffer, Instant::now() + SOON * 50).unwrap(), 3);
    }

    #[test]
    fn a_long_write_arrives_whole() {
        let (_dir, pty, mut link) = line();
        link.open().unwrap();
        let bytes: Vec<u8> = (0..9000_u32).map(|n| n as u8).collect();
        std::thread::scope(|scope| {
            scope.spawn(|| link.write(&bytes, Instant::now() + SOON * 25).unwrap());
            let (mut got, mut buffer) = (Vec::new(), [0; 4096]);
            while got.len() < bytes.len() {
                let count = pty.read(&mut buffer, SOON * 25).unwrap();
                got.extend_from_slice(&buffer[..count]);
            }
            assert_eq!(got, bytes);
        });
    }

    #[test]
    fn a_device_that_takes_nothing_is_given_up_at_the_deadline() {
        let (_dir, _pty, mut link) = line();
        link.open().unwrap();
        let error = link.write(&[0; 300_000], Instant::now() + SOON).unwrap_err();
        assert!(matches!(error, LinkError::Stuck { .. }), "{error:?}");
    }

    #[test]
    fn p8_a_pulled_cable_closes_the_line_and_it_opens_again_when_back() {
        let (_dir, pty, mut link) = line();
        let stop = AtomicBool::new(false);
        link.open().unwrap();
        pty.unplug();
        let error = link.read(&mut [0; 16], Instant::now() + SOON).unwrap_err();
        assert!(matches!(error, LinkError::Lost { .. }), "{error:?}");
        assert!(!link.is_open());
        assert!(matches!(link.open(), Err(LinkError::Missing { .. })));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(SOON);
                pty.plug().unwrap();
            });
            while link.open().is_err() {
                link.back_off(&stop);
            }
        });
    }

    #[test]
    fn a_pause_ends_when_told_to_stop() {
        let mut link = Link::new(Path::new("/nonexistent/port"), 9600);
        let stop = AtomicBool::new(true);
        // Several hours of pauses otherwise.
        for _ in 0..10_000 {
            link.back_off(&stop);
        }
    }
}
