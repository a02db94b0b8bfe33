//! Wakes a thread that waits for a line: whoever changes something rings.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::io::Errno;

/// Can be rung from any thread; stays audible until it is silenced.
pub struct Bell(OwnedFd);

impl Bell {
    /// # Errors
    /// No file descriptor to be had.
    pub fn new() -> io::Result<Bell> {
        Ok(Bell(eventfd(0, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC)?))
    }

    pub fn ring(&self) {
        // Fails only when it has been rung 2^64 times without being silenced.
        let _ = rustix::io::write(&self.0, &1_u64.to_ne_bytes());
    }

    /// True if it was audible.
    pub fn silence(&self) -> bool {
        rustix::io::read(&self.0, &mut [0; 8]).is_ok()
    }
}

impl AsFd for Bell {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Waits until one of these can be read or has ended, or for so long; says which.
///
/// # Errors
/// As poll(2); an interruption is no error.
pub fn wait_for<'a>(
    lines: impl IntoIterator<Item = BorrowedFd<'a>>,
    timeout: Duration,
) -> io::Result<Vec<bool>> {
    let mut fds: Vec<PollFd> =
        lines.into_iter().map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)).collect();
    let timeout = Timespec::try_from(timeout).ok();
    match poll(&mut fds, timeout.as_ref()) {
        Ok(_) => Ok(fds.iter().map(|fd| !fd.revents().is_empty()).collect()),
        Err(Errno::INTR) => Ok(vec![false; fds.len()]),
        Err(error) => Err(error.into()),
    }
}
