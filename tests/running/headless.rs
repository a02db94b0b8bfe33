//! `kuaiban run --headless` as a child: touched and looked at by one line of command each.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use kuaiban::kiosk::status::{State, Status};
use kuaiban::simulators::stand::Stand;

/// Longest wait for anything; only a kiosk that is broken needs it all.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Name of the page.
pub const OUT_OF_SERVICE: &str = "out-of-service";

pub struct Headless {
    child: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
    status: PathBuf,
    log: PathBuf,
}

impl Headless {
    /// Starts the kiosk of the `kiosk.toml` in `folder` and waits for its first picture.
    pub fn start(folder: &Path) -> Headless {
        let log = folder.join("kiosk.log");
        let mut child = Command::new(env!("CARGO_BIN_EXE_kuaiban"))
            .args(["run", "--headless", "--config"])
            .arg(folder.join("kiosk.toml"))
            .env("KUAIBAN_LOG", "debug")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let commands = child.stdin.take().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        let status = folder.join("status.json");
        let mut kiosk = Headless { child, commands, answers, status, log };
        assert_eq!(kiosk.answer(), "ready", "{}", kiosk.log());
        kiosk
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it wrote to standard error.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Gives one command; its answer.
    pub fn command(&mut self, command: &str) -> String {
        writeln!(self.commands, "{command}").unwrap();
        self.answer()
    }

    fn answer(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// Touches a control that stands on the screen or soon will.
    pub fn touch(&mut self, id: &str) {
        let answer = self.command(&format!("touch {id}"));
        assert_eq!(answer, format!("touched {id}"), "{}", self.log());
    }

    pub fn page(&mut self) -> String {
        self.command("page").trim_start_matches("page ").to_owned()
    }

    /// Waits for one of these pages and says which came.
    pub fn wait_for(&mut self, pages: &[&str]) -> String {
        self.until(&format!("{pages:?}"), |kiosk| pages.contains(&kiosk.page().as_str()));
        self.page()
    }

    /// Waits until something is so.
    pub fn until(&mut self, what: &str, so: impl Fn(&mut Headless) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !so(self) {
            let page = self.page();
            assert!(Instant::now() < end, "waited for {what}, it stands {page}: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// From the attract screen to the review of an instant item, with this person's card.
    pub fn fill_in(&mut self, stand: &Stand, person: &str, phone: &str) {
        self.touch("start");
        self.wait_for(&["home"]);
        self.touch("item-1");
        self.wait_for(&["item"]);
        self.touch("begin");
        self.wait_for(&["consent"]);
        self.touch("agree");
        self.wait_for(&["card"]);
        stand.lay(person);
        self.wait_for(&["identity"]);
        self.touch("confirm");
        self.answer_questions(phone);
    }

    /// Answers every question of the form: the first choice, or this phone number.
    fn answer_questions(&mut self, phone: &str) {
        while self.wait_for(&["question", "review"]) == "question" {
            let controls = self.command("controls");
            if controls.split(' ').any(|control| control == "digit-1") {
                for digit in phone.chars() {
                    self.touch(&format!("digit-{digit}"));
                }
            } else {
                self.touch("choose-0");
            }
            let step = self.command("step");
            self.touch("next");
            self.until("the next step", |kiosk| kiosk.command("step") != step);
        }
    }

    /// Waits until the kiosk says this of itself.
    pub fn until_status(&self, what: &str, so: impl Fn(&State) -> bool) -> Status {
        let end = Instant::now() + PATIENCE;
        loop {
            match Status::read(&self.status) {
                Some(status) if so(&status.state) => return status,
                status => assert!(Instant::now() < end, "waited for {what}: {status:?}"),
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn quit(mut self) {
        writeln!(self.commands, "quit").unwrap();
        assert!(self.child.wait().unwrap().success(), "{}", self.log());
        assert!(!self.status.exists(), "nobody is to believe what it said");
    }
}

impl Drop for Headless {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
