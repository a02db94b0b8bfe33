//! The far end of a serial cable: a pseudo-terminal behind a stable symbolic link, which can be
//! unplugged and plugged in again, and which sends at the speed and in the pieces of a real line
//! (`protocols.md` §5.1, §5.2).

use std::ffi::OsString;
use std::fs;
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags};
use rustix::io::{Errno, read, write};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

use super::bell::{Bell, wait_for};

/// Longest step of a paced write, so that a cable can be pulled in the middle.
const SLICE: Duration = Duration::from_millis(10);
/// How often a line is looked after on which nothing happens.
const CARE: Duration = Duration::from_millis(250);

/// How a reply reaches the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fragmentation {
    /// In one piece.
    Whole,
    /// In pieces of so many bytes: 1 is a trickle, 32 a CH340, 62 an FTDI, 64 a CP210x.
    Every(usize),
    /// The first bytes by themselves, then the rest: 7 is the header of a reader's frame.
    After(usize),
}

impl Fragmentation {
    fn pieces(self, bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
        let (head, size) = match self {
            Fragmentation::Whole => (0, bytes.len()),
            Fragmentation::Every(size) => (0, size),
            Fragmentation::After(head) => (head.min(bytes.len()), bytes.len()),
        };
        let (head, rest) = bytes.split_at(head);
        (!head.is_empty()).then_some(head).into_iter().chain(rest.chunks(size.max(1)))
    }
}

/// The device's end of a serial cable. Shared between threads by reference: one may pull the
/// plug while another reads or writes.
pub struct Pty {
    link: PathBuf,
    ends: Mutex<Option<Arc<Ends>>>,
    bell: Bell,
}

/// Both ends of a PTY that is plugged in.
struct Ends {
    master: OwnedFd,
    /// Kept open so that the master can be read while nobody has opened the line.
    slave: OwnedFd,
}

impl Pty {
    /// Opens a PTY and points the symbolic link `link` at it. A link left over by an earlier
    /// simulator is replaced.
    ///
    /// # Errors
    /// No PTY to be had, the folder of `link` cannot be written, or `link` exists and is
    /// something other than a symbolic link.
    pub fn new(link: &Path) -> io::Result<Pty> {
        let pty = Pty { link: link.to_owned(), ends: Mutex::new(None), bell: Bell::new()? };
        pty.plug()?;
        pty.bell.silence();
        Ok(pty)
    }

    /// Where the product finds this line.
    pub fn path(&self) -> &Path {
        &self.link
    }

    /// Whether the cable is in.
    pub fn plugged(&self) -> bool {
        self.lock().is_some()
    }

    /// Plugs the cable in: a new PTY behind the same link, with nothing in its buffers.
    /// Nothing happens if it is in already.
    ///
    /// # Errors
    /// As [`Pty::new`].
    pub fn plug(&self) -> io::Result<()> {
        let mut ends = self.lock();
        if ends.is_some() {
            return Ok(());
        }
        let fresh = Ends::open()?;
        point(&self.link, &fresh.name()?)?;
        *ends = Some(Arc::new(fresh));
        self.wake();
        Ok(())
    }

    /// Pulls the cable: the link disappears, and whoever has the line open sees a hang-up, as
    /// when a USB adapter is pulled. What was written and not yet read is lost.
    pub fn unplug(&self) {
        let Some(mut ends) = self.lock().take() else { return };
        // The link may belong to a later simulator by now; a foreign one is left alone.
        if let (Ok(target), Ok(name)) = (fs::read_link(&self.link), ends.name())
            && target == name
        {
            let _ = fs::remove_file(&self.link);
        }
        self.wake();
        // The hang-up comes when the last holder lets go; nobody holds for longer than a slice.
        while let Err(held) = Arc::try_unwrap(ends) {
            ends = held;
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Makes a [`read`](Pty::read) that waits return at once.
    pub fn wake(&self) {
        self.bell.ring();
    }

    /// Waits for what the product sends; 0 means that somebody called [`wake`](Pty::wake). One
    /// thread reads a line.
    ///
    /// # Errors
    /// `TimedOut` when nothing came, `NotConnected` when the cable is out; both after the time-out
    /// or a `wake`.
    pub fn read(&self, buffer: &mut [u8], timeout: Duration) -> io::Result<usize> {
        let deadline = Instant::now() + timeout;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(ends) = self.ends() else {
                wait_for([self.bell.as_fd()], left)?;
                self.bell.silence();
                return Err(ErrorKind::NotConnected.into());
            };
            // A product that was killed leaves its exclusive mark on the line, and would be
            // refused when it starts again; on a real line the mark goes with the last close.
            let _ = rustix::termios::ioctl_tiocnxcl(&ends.slave);
            let ready = wait_for([ends.master.as_fd(), self.bell.as_fd()], left.min(CARE))?;
            if ready[0] {
                match read(&ends.master, &mut *buffer) {
                    Ok(0) | Err(Errno::AGAIN | Errno::INTR | Errno::IO) => {}
                    Ok(count) => return Ok(count),
                    Err(error) => return Err(error.into()),
                }
            }
            if ready[1] && self.bell.silence() {
                return if self.plugged() { Ok(0) } else { Err(ErrorKind::NotConnected.into()) };
            }
            if left.is_zero() {
                return Err(ErrorKind::TimedOut.into());
            }
        }
    }

    /// Sends bytes at the speed of a line with 8 data bits, no parity, 1 stop bit (10 bits a
    /// byte): each piece arrives when its last byte would. `baud` 0 sends without delay.
    /// Bytes for which the line has no room are lost, as on a line without flow control.
    ///
    /// # Errors
    /// `NotConnected` when the cable is out, or is pulled before the last piece.
    pub fn write_paced(
        &self,
        bytes: &[u8],
        baud: u32,
        fragmentation: Fragmentation,
    ) -> io::Result<()> {
        let start = Instant::now();
        let mut sent = 0;
        for piece in fragmentation.pieces(bytes) {
            sent += piece.len();
            let due = start + airtime(sent, baud);
            loop {
                let ends = self.ends()?;
                let left = due.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    ends.write(piece)?;
                    break;
                }
                drop(ends);
                std::thread::sleep(left.min(SLICE));
            }
        }
        Ok(())
    }

    /// Speed to which the product has set the line, in bits a second; none while the cable is
    /// out.
    pub fn peer_baud(&self) -> Option<u32> {
        let ends = self.ends().ok()?;
        Some(tcgetattr(&ends.slave).ok()?.output_speed())
    }

    fn ends(&self) -> io::Result<Arc<Ends>> {
        self.lock().clone().ok_or_else(|| ErrorKind::NotConnected.into())
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<Ends>>> {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        self.unplug();
    }
}

impl Ends {
    fn open() -> io::Result<Ends> {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let slave = rustix::fs::open(name_of(&master)?, flags, Mode::empty())?;
        // Raw before anybody opens it: a line that echoes would answer itself.
        let mut settings = tcgetattr(&slave)?;
        settings.make_raw();
        tcsetattr(&slave, OptionalActions::Now, &settings)?;
        rustix::fs::fcntl_setfl(&master, OFlags::NONBLOCK)?;
        Ok(Ends { master, slave })
    }

    fn name(&self) -> io::Result<PathBuf> {
        name_of(&self.master)
    }

    fn write(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match write(&self.master, bytes) {
                Ok(0) | Err(Errno::AGAIN) => return Ok(()),
                Ok(count) => bytes = &bytes[count..],
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// Time that so many bytes need on a line of so many bits a second.
pub fn airtime(bytes: usize, baud: u32) -> Duration {
    if baud == 0 {
        return Duration::ZERO;
    }
    Duration::from_micros(bytes as u64 * 10_000_000 / u64::from(baud))
}

/// Path of the other end.
fn name_of(master: &OwnedFd) -> io::Result<PathBuf> {
    let name = ptsname(master, Vec::new())?;
    Ok(PathBuf::from(OsString::from_vec(name.into_bytes())))
}

/// Makes `link` a symbolic link to `target` in one step, so that nobody finds it half made.
fn point(link: &Path, target: &Path) -> io::Result<()> {
    match fs::symlink_metadata(link) {
        Ok(found) if !found.is_symlink() => {
            return Err(io::Error::new(
                ErrorKind::AlreadyExists,
                format!("{} exists and is not a symbolic link; name another place", link.display()),
            ));
        }
        _ => {}
    }
    let mut fresh = link.as_os_str().to_owned();
    fresh.push(format!(".{}", std::process::id()));
    let _ = fs::remove_file(&fresh);
    symlink(target, &fresh)?;
    fs::rename(&fresh, link)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::*;

    fn line() -> (tempfile::TempDir, Pty) {
        let dir = tempfile::tempdir().unwrap();
        let pty = Pty::new(&dir.path().join("line")).unwrap();
        (dir, pty)
    }

    fn open_line(pty: &Pty) -> serialport::TTYPort {
        serialport::new(pty.path().to_str().unwrap(), 57_600)
            .timeout(Duration::from_secs(2))
            .open_native()
            .unwrap()
    }

    #[test]
    fn bytes_cross_both_ways_unchanged() {
        let (_dir, pty) = line();
        let mut port = open_line(&pty);
        let all: Vec<u8> = (0..=255).collect();
        let mut got = [0; 256];
        for fragmentation in
            [Fragmentation::Whole, Fragmentation::Every(1), Fragmentation::After(7)]
        {
            pty.write_paced(&all, 0, fragmentation).unwrap();
            port.read_exact(&mut got).unwrap();
            assert_eq!(got[..], all[..], "{fragmentation:?}");
        }
        port.write_all(&all).unwrap();
        let mut count = 0;
        while count < 256 {
            count += pty.read(&mut got[count..], Duration::from_secs(2)).unwrap();
        }
        assert_eq!(got[..], all[..]);
        assert_eq!(pty.peer_baud(), Some(57_600));
    }

    #[test]
    fn a_silent_line_times_out() {
        let (_dir, pty) = line();
        let start = Instant::now();
        let error = pty.read(&mut [0; 8], Duration::from_millis(60)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert!(start.elapsed() >= Duration::from_millis(60));
    }

    #[test]
    fn unplugging_hangs_up_and_plugging_starts_anew() {
        let (_dir, pty) = line();
        let mut port = open_line(&pty);
        pty.unplug();
        assert!(!pty.path().exists() && !pty.plugged());
        let error = port.read(&mut [0; 8]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BrokenPipe);
        let error = pty.read(&mut [0; 8], Duration::from_millis(50)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotConnected);
        pty.plug().unwrap();
        let mut port = open_line(&pty);
        pty.write_paced(b"back", 0, Fragmentation::Whole).unwrap();
        let mut got = [0; 4];
        port.read_exact(&mut got).unwrap();
        assert_eq!(&got, b"back");
    }

    #[test]
    fn the_cable_can_be_pulled_in_the_middle_of_a_frame() {
        let (_dir, pty) = line();
        let mut port = open_line(&pty);
        std::thread::scope(|scope| {
            let writer =
                scope.spawn(|| pty.write_paced(&[0x55; 1000], 9600, Fragmentation::Every(32)));
            port.read_exact(&mut [0; 64]).unwrap();
            pty.unplug();
            let error = writer.join().unwrap().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotConnected);
        });
    }

    #[test]
    fn a_line_is_as_slow_as_its_speed() {
        let (_dir, pty) = line();
        let start = Instant::now();
        pty.write_paced(&[0; 96], 9600, Fragmentation::Every(32)).unwrap();
        assert!(start.elapsed() >= Duration::from_millis(100));
        assert_eq!(airtime(1295, 9600), Duration::from_micros(1_348_958));
    }

    #[test]
    fn a_full_line_that_nobody_reads_does_not_block() {
        let (_dir, pty) = line();
        for _ in 0..100 {
            pty.write_paced(&[0; 4096], 0, Fragmentation::Whole).unwrap();
        }
    }

    #[test]
    fn a_stale_link_is_replaced_and_a_file_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let link = dir.path().join("line");
        symlink("/dev/pts/none", &link).unwrap();
        let pty = Pty::new(&link).unwrap();
        let port = open_line(&pty);
        drop((port, pty));
        assert!(fs::symlink_metadata(&link).is_err());
        fs::write(&link, "a file").unwrap();
        assert!(Pty::new(&link).is_err());
    }
}
