//! Where the log goes: to standard error, in a form that fits who reads there.

use std::io::{IsTerminal, Stderr, Write};

use tracing::{Level, Metadata};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Begins the log. `KUAIBAN_LOG` filters it. A person gets time and colours; the journal of the
/// appliance gets neither, because it has the time, and each line's priority, so that
/// `journalctl -p warning` finds what went wrong.
pub fn begin() {
    let filter =
        EnvFilter::try_from_env("KUAIBAN_LOG").unwrap_or_else(|_| "warn,kuaiban=info".into());
    let log = tracing_subscriber::fmt().with_env_filter(filter);
    if is_journal() {
        log.without_time().with_level(false).with_ansi(false).with_writer(Journal).init();
    } else {
        log.with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr).init();
    }
}

/// Says why the program ends.
pub fn last_words(text: &str) {
    let priority = if is_journal() { priority(&Level::ERROR) } else { "" };
    // When even this cannot be written, nobody is left to be told.
    let _ = Line { priority, to: std::io::stderr() }.write(format!("{text}\n").as_bytes());
}

/// From here on a panic says where it was and on which thread, and never why: its text may quote
/// what a citizen typed or a card said (promise P4).
pub fn keep_panics_discreet() {
    std::panic::set_hook(Box::new(|panic| last_words(&discreet(panic))));
}

/// The same, and any panic ends the whole program, so that systemd starts it anew: better than a
/// kiosk that receives and never delivers, or a screen that nobody serves.
#[cfg(feature = "screen")]
pub fn abort_on_panic() {
    std::panic::set_hook(Box::new(|panic| {
        last_words(&discreet(panic));
        std::process::abort();
    }));
}

fn discreet(panic: &std::panic::PanicHookInfo) -> String {
    let thread = std::thread::current();
    let thread = thread.name().unwrap_or("without a name");
    match panic.location() {
        Some(at) => format!("kuaiban: thread {thread} panicked at {}:{}", at.file(), at.line()),
        None => format!("kuaiban: thread {thread} panicked"),
    }
}

/// Whether standard error is what systemd connected to its journal, and nobody led it elsewhere
/// since: `JOURNAL_STREAM` names its device and inode (systemd.exec(5)).
fn is_journal() -> bool {
    let stream = std::env::var("JOURNAL_STREAM");
    let stderr = rustix::fs::fstat(std::io::stderr());
    matches!((stream, stderr), (Ok(stream), Ok(is)) if stream == format!("{}:{}", is.st_dev, is.st_ino))
}

/// Standard error as systemd connects it to its journal.
struct Journal;

impl<'a> MakeWriter<'a> for Journal {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line { priority: priority(&Level::INFO), to: std::io::stderr() }
    }

    fn make_writer_for(&'a self, meta: &Metadata<'_>) -> Line {
        Line { priority: priority(meta.level()), to: std::io::stderr() }
    }
}

/// The priority at the beginning of a line, as the journal understands it (sd-daemon(3)).
fn priority(level: &Level) -> &'static str {
    match *level {
        Level::ERROR => "<3>",
        Level::WARN => "<4>",
        Level::INFO => "<6>",
        Level::DEBUG | Level::TRACE => "<7>",
    }
}

/// One event, of one line or several, whole in one `write`.
struct Line {
    priority: &'static str,
    to: Stderr,
}

impl Write for Line {
    fn write(&mut self, event: &[u8]) -> std::io::Result<usize> {
        let mut marked = Vec::with_capacity(event.len() + self.priority.len());
        for line in event.split_inclusive(|byte| *byte == b'\n') {
            marked.extend_from_slice(self.priority.as_bytes());
            marked.extend_from_slice(line);
        }
        self.to.write_all(&marked)?;
        Ok(event.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[test]
    fn p4_a_panic_says_where_and_never_why() {
        let said = Arc::new(Mutex::new(Vec::new()));
        let (to, before) = (said.clone(), std::panic::take_hook());
        std::panic::set_hook(Box::new(move |panic| to.lock().unwrap().push(discreet(panic))));
        let number = "11010519491231002X";
        let panics = std::thread::Builder::new()
            .name("reader".to_owned())
            .spawn(move || drop(number[20..].to_owned()))
            .unwrap();
        assert!(panics.join().is_err());
        std::panic::set_hook(before);
        let said = said.lock().unwrap().join("\n");
        assert!(said.contains("thread reader panicked at src/cli/log.rs:"), "{said}");
        assert!(!said.contains("1101"), "{said}");
    }
}
