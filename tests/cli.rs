//! The command line as a technician or a script meets it.

use assert_cmd::Command;

fn kuaiban(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kuaiban"));
    command.args(args);
    command
}

/// Standard output and exit code.
fn outcome(command: &mut Command) -> (String, Option<i32>) {
    let output = command.output().expect("the program runs");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    (String::from_utf8(output.stdout).expect("UTF-8"), output.status.code())
}

mod identity_check {
    use super::*;

    #[test]
    fn one_json_object_a_line_in_the_order_given() {
        let (lines, code) = outcome(&mut kuaiban(&[
            "identity",
            "check",
            "--json",
            "11010519491231002X",
            "440524188001010014",
            "11010519491231002x",
            "110105194912310021",
            "110105190002290012",
            "000000199603070244",
            "11010519491231002",
            "11010519491231OO2X",
        ]));
        assert_eq!(
            lines.lines().collect::<Vec<_>>(),
            [
                r#"{"number":"11010519491231002X","valid":true,"reason":null,"sex":"female","birth":"1949-12-31"}"#,
                r#"{"number":"440524188001010014","valid":true,"reason":null,"sex":"male","birth":"1880-01-01"}"#,
                r#"{"number":"11010519491231002x","valid":true,"reason":null,"sex":"female","birth":"1949-12-31"}"#,
                r#"{"number":"110105194912310021","valid":false,"reason":"check_digit","sex":null,"birth":null}"#,
                r#"{"number":"110105190002290012","valid":false,"reason":"date","sex":null,"birth":null}"#,
                r#"{"number":"000000199603070244","valid":false,"reason":"region","sex":null,"birth":null}"#,
                r#"{"number":"11010519491231002","valid":false,"reason":"length","sex":null,"birth":null}"#,
                r#"{"number":"11010519491231OO2X","valid":false,"reason":"character","sex":null,"birth":null}"#,
            ]
        );
        assert_eq!(code, Some(1));
    }

    #[test]
    fn lines_of_standard_input_are_checked_and_text_is_the_default() {
        let input = "\u{feff}11010519491231002X\r\n\n  440524188001010014\n";
        let (lines, code) = outcome(kuaiban(&["identity", "check"]).write_stdin(input));
        assert_eq!(
            lines,
            "11010519491231002X: valid, female, born 1949-12-31\n\
             440524188001010014: valid, male, born 1880-01-01\n"
        );
        assert_eq!(code, Some(0));
    }

    #[test]
    fn hostile_input_gives_verdicts_and_no_panic() {
        let mut input = vec![b'1'; 1_000_000];
        input.extend_from_slice(b"\n\xFF\xFE\x00\x1B\n");
        input.extend_from_slice("身份证\n".as_bytes());
        input.extend_from_slice(b"11010519491231002X");
        let (lines, code) = outcome(kuaiban(&["identity", "check", "--json"]).write_stdin(input));
        let valid: Vec<bool> = lines
            .lines()
            .map(|line| {
                assert!(line.len() < 1000, "a bounded line");
                let verdict: serde_json::Value = serde_json::from_str(line).expect("JSON");
                verdict["valid"].as_bool().expect("a verdict")
            })
            .collect();
        assert_eq!(valid, [false, false, false, true]);
        assert_eq!(code, Some(1));
    }
}

mod pack_check {
    use super::*;

    const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/kiosk-image/site-packs/sample");

    #[test]
    fn p10_the_sample_pack_passes() {
        let (text, code) = outcome(&mut kuaiban(&["pack", "check", SAMPLE]));
        assert!(text.ends_with("version 2026.11-sample, sample, 3 items, no fault\n"), "{text}");
        assert_eq!(code, Some(0));
    }

    #[test]
    fn p10_faults_come_with_file_and_line() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("items")).expect("a folder");
        std::fs::write(folder.path().join("pack.toml"), "\nregion = 5\n").expect("written");
        let path = folder.path().to_str().expect("a name in ASCII");
        let (text, code) = outcome(&mut kuaiban(&["pack", "check", path, "--json"]));
        assert_eq!(code, Some(1));
        let faults: Vec<serde_json::Value> =
            text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert!(faults.iter().all(|fault| fault["severity"] == "error"), "{text}");
        assert!(faults.iter().any(|fault| fault["file"] == "pack.toml"
            && fault["line"] == 2
            && fault["column"] == 10
            && fault["rule"] == "malformed"
            && fault["message"]
                == "region: text in quotation marks is needed, this is a whole number"));
        assert!(faults.iter().any(|fault| fault["rule"] == "value_missing"
            && fault["message"] == "version: is missing"
            && fault["remedy"] == "add it"));
        let (text, code) = outcome(&mut kuaiban(&["pack", "check", path]));
        assert!(text.contains("pack.toml:2:10: region: "), "{text}");
        assert_eq!(code, Some(1));
    }

    #[test]
    fn p10_the_schema_is_printed_for_editors() {
        for (file, field) in [("pack", "outlets"), ("item", "questions")] {
            let (text, code) = outcome(&mut kuaiban(&["pack", "schema", file]));
            assert_eq!(code, Some(0));
            let schema: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            assert!(schema["properties"][field].is_object(), "{text}");
            assert_eq!(schema["additionalProperties"], false);
        }
    }
}

/// The commands of a technician on a kiosk with simulated devices.
#[cfg(feature = "simulators")]
mod technician {
    use kuaiban::simulators::stand::{Stand, StandOptions};

    use super::*;

    #[test]
    fn doctor_finds_a_well_kiosk_ready_and_names_what_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let stand = Stand::set_up(dir.path(), StandOptions::default()).unwrap();
        let config = dir.path().join("kiosk.toml");
        let look = || {
            let output = run(&["doctor", "--json", "--config", config.to_str().unwrap()]);
            let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            (output.status.success(), report)
        };
        let verdict = |report: &serde_json::Value, part: &str| {
            let checks = report["checks"].as_array().unwrap();
            let check = checks.iter().find(|check| check["part"] == part).unwrap();
            check["verdict"].as_str().unwrap().to_owned()
        };
        let (ready, report) = look();
        assert!(ready, "{report:#}");
        assert_eq!(report["ready"], true);
        for part in ["pack", "store", "disk", "reader", "printer", "panel", "platform", "font"] {
            assert_eq!(verdict(&report, part), "good", "{part}: {report:#}");
        }

        stand.reader.unplug();
        stand.printer.set_paper(kuaiban::simulators::printer::Roll::Out);
        stand.set_online(false);
        let (ready, report) = look();
        assert!(!ready);
        for (part, expected) in
            [("reader", "bad"), ("printer", "bad"), ("platform", "warning"), ("store", "good")]
        {
            assert_eq!(verdict(&report, part), expected, "{part}: {report:#}");
        }

        // A lost key must not look well: the kiosk could not start.
        std::fs::write(dir.path().join("kiosk.db.key"), b"abc").unwrap();
        let (_, report) = look();
        assert_eq!(verdict(&report, "store"), "bad", "{report:#}");
    }

    /// `journalctl -p warning` must find what went wrong; a person reads words instead.
    #[test]
    fn a_line_for_the_journal_begins_with_its_priority() {
        use std::os::unix::fs::MetadataExt;

        let dir = tempfile::tempdir().unwrap();
        let _stand = Stand::set_up(dir.path(), StandOptions::default()).unwrap();
        let config = dir.path().join("kiosk.toml");
        let log = dir.path().join("log");
        // `off` away from the inode of the journal.
        let said = |command: &[&str], off: u64| {
            let file = std::fs::File::create(&log).unwrap();
            let is = file.metadata().unwrap();
            std::process::Command::new(env!("CARGO_BIN_EXE_kuaiban"))
                .args(command)
                .args(["--config", config.to_str().unwrap()])
                .env("KUAIBAN_LOG", "info")
                .env("JOURNAL_STREAM", format!("{}:{}", is.dev(), is.ino() + off))
                .stdin(std::process::Stdio::null())
                .stdout(std::process::Stdio::null())
                .stderr(file)
                .status()
                .unwrap();
            std::fs::read_to_string(&log).unwrap()
        };
        let panel = |said: &str| {
            said.lines().find(|line| line.contains("in operation")).expect(said).to_owned()
        };
        let line = panel(&said(&["doctor"], 0));
        assert!(line.starts_with("<6>kuaiban::devices::buttons"), "{line}");
        // Not the journal: standard error was led elsewhere.
        let line = panel(&said(&["doctor"], 1));
        assert!(line.contains(" INFO ") && !line.starts_with('<'), "{line}");

        // Why it ends at all, on several lines.
        std::fs::write(&config, "[site]\nkiosk = \"one\"\n").unwrap();
        let text = said(&["config", "show"], 0);
        assert!(
            text.lines().count() > 1 && text.lines().all(|line| line.starts_with("<3>")),
            "{text}"
        );
    }

    #[test]
    fn a_slip_can_be_looked_at() {
        let dir = tempfile::tempdir().unwrap();
        let (bytes, picture) = (dir.path().join("a.bin"), dir.path().join("a.png"));
        std::fs::write(&bytes, b"\x1b@hello\n\x1dV\x42\x00").unwrap();
        let paths = [bytes.to_str().unwrap(), picture.to_str().unwrap()];
        let output = run(&["slip", "render", paths[0], "--png", paths[1]]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(std::fs::read(&picture).unwrap().starts_with(b"\x89PNG"));
    }
}

fn run(args: &[&str]) -> std::process::Output {
    std::process::Command::new(env!("CARGO_BIN_EXE_kuaiban"))
        .args(args)
        .stdin(std::process::Stdio::null())
        .output()
        .expect("the binary runs")
}

#[test]
fn config_show_writes_every_default_down() {
    let output = run(&["config", "show"]);
    let shown = String::from_utf8(output.stdout).unwrap();
    let config: kuaiban::config::Config = toml::from_str(&shown).unwrap();
    assert_eq!(config.visit, kuaiban::config::Visit::default());
    for key in ["idle_s", "debounce_ms", "timeout_s", "charset", "short_side_mm"] {
        assert!(shown.contains(key), "{key}");
    }
}

#[test]
fn a_reader_of_the_output_that_has_seen_enough_is_no_fault() {
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("kiosk.toml");
    std::fs::write(&config, run(&["config", "show"]).stdout).unwrap();
    let config = config.to_str().unwrap();
    for args in [
        &["config", "show"][..],
        &["doctor", "--config", config],
        &["doctor", "--json", "--config", config],
        &["identity", "check", "11010519491231002X"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_kuaiban"))
            .args(args)
            .stdout(writer)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(141), "{args:?}: {said}");
        assert!(!said.contains("panicked") && !said.contains("pipe"), "{args:?}: {said}");
    }
}

/// Bad input at every door: failure, one line that names the place, and no panic.
#[test]
fn bad_input_gets_one_clear_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let place = |name: &str, text: &[u8]| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let unknown_key = place("unknown.toml", b"[site]\nkiosk = 1\ncolour = 2\n");
    // As an editor saves it that knows GBK only.
    let not_utf8 = place("gbk.toml", b"# \xd0\xc5\n[site]\nkiosk = 1\n");
    let not_toml = place("not.toml", b"\0\x01");
    let folder = dir.path().to_str().unwrap().to_owned();
    let nowhere = format!("{folder}/nowhere");
    for (args, named) in [
        (vec!["config", "show", "--config", &unknown_key], "colour"),
        (vec!["config", "show", "--config", &not_toml], "not.toml"),
        (vec!["config", "show", "--config", &not_utf8], "save the file as UTF-8"),
        (vec!["config", "show", "--config", &folder], &folder),
        (vec!["queue", "list", "--config", &nowhere], "nowhere"),
        (vec!["doctor", "--config", &nowhere], "nowhere"),
        (vec!["reader", "probe", "--port", &nowhere], "nowhere"),
        (vec!["reader", "probe", "--port", "/dev/null"], "/dev/null"),
        (vec!["printer", "probe", "--port", &nowhere], "nowhere"),
        (vec!["pack", "check", &nowhere], "nowhere"),
        (vec!["pack", "preview", &nowhere, "--out", &not_toml], "nowhere"),
        (vec!["slip", "render", &nowhere, "--png", "/dev/null"], "nowhere"),
    ] {
        let output = run(&args);
        let said = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(!output.status.success(), "{args:?} succeeded");
        assert!(said.contains(named), "{args:?}: {said}");
        assert!(!said.contains("panicked"), "{args:?}: {said}");
        // The cause is said once.
        for line in said.lines() {
            assert!(line.matches("os error").count() <= 1, "{args:?}: {line}");
        }
    }
}

#[test]
fn every_command_has_one_manual_page_and_the_shells_complete_it() {
    let dir = tempfile::tempdir().unwrap();
    let made = run(&["generate", dir.path().to_str().unwrap()]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let mut pages: Vec<_> = std::fs::read_dir(&dir)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".1"))
        .collect();
    pages.sort();
    assert!(pages.contains(&"kuaiban.1".to_owned()), "{pages:?}");
    assert!(pages.contains(&"kuaiban-queue-list.1".to_owned()), "{pages:?}");
    assert!(!pages.iter().any(|page| page.contains("-help")), "{pages:?}");
    let journal = std::fs::read_to_string(dir.path().join("kuaiban-journal.7")).unwrap();
    for event in kuaiban::journal::CATALOGUE {
        assert!(journal.contains(&format!(".B {} (", event.name)), "{}", event.name);
    }
    for completions in ["kuaiban.bash", "_kuaiban", "kuaiban.fish"] {
        let text = std::fs::read_to_string(dir.path().join(completions)).unwrap();
        assert!(text.contains("doctor"), "{completions}");
    }
}

mod pack_show {
    use super::*;

    #[test]
    fn p10_a_catalogue_says_what_is_known_and_what_is_not() {
        let sample = "kiosk-image/site-packs/sample";
        let (text, code) = outcome(&mut kuaiban(&["pack", "show", sample, "--json"]));
        assert_eq!(code, Some(0));
        let shown: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(shown["region"], "000000");
        assert_eq!(shown["items"].as_array().map(Vec::len), Some(3));
        assert_eq!(shown["items"][0]["handling"], "query");
        assert_eq!(shown["items"][1]["promise"], "30min");
        assert_eq!(shown["items"][1]["legal"], serde_json::Value::Null);
        assert_eq!(shown["coverage"]["employment"], 2);
        let (text, _) = outcome(&mut kuaiban(&["pack", "show", sample]));
        assert!(text.contains("失业登记") && text.contains("待公布"), "{text}");
        assert!(
            text.contains("八统一") && text.contains("服务标准 service standard: 未知"),
            "{text}"
        );
        assert!(
            text.contains("签发 signer: 示例市人力资源和社会保障局办公室（样例）, not signed"),
            "{text}"
        );
        assert!(text.contains("不见面 without a visit: 100 %"), "{text}");
        assert!(text.contains("未知 not said: legal limit"), "{text}");
    }
}

mod deadline {
    use super::*;

    #[test]
    fn says_when_and_why_as_json_and_as_lines() {
        let (line, code) = outcome(&mut kuaiban(&[
            "deadline",
            "--from",
            "2026-11-20",
            "--limit",
            "5wd",
            "--json",
        ]));
        let found: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        assert_eq!(found["due"], "2026-11-27");
        assert_eq!(found["provisional"], false);
        let why = found["why"].as_array().expect("a list");
        assert_eq!(why.len(), 8);
        assert_eq!(why[0]["date"], "2026-11-20");
        assert_eq!(why[0]["counts"], false);
        assert_eq!(why[0]["reason"], "受理当日不计入");
        assert_eq!(why[7]["counts"], true);
        assert_eq!(code, Some(0));
        let (text, _) =
            outcome(&mut kuaiban(&["deadline", "--from", "2026-12-30", "--limit", "5wd"]));
        assert!(text.starts_with("办结期限：2027-01-06"), "{text}");
        assert!(text.contains("暂定：2027年的节假日安排尚未公布"), "{text}");
        let (line, _) = outcome(&mut kuaiban(&[
            "deadline",
            "--from",
            "2026-11-20T23:50",
            "--limit",
            "30min",
            "--json",
        ]));
        assert!(line.contains(r#""due":"2026-11-21T00:20""#), "{line}");
    }

    #[test]
    fn what_cannot_be_counted_names_the_remedy() {
        for (args, remedy) in [
            (&["--from", "2026-11-20", "--limit", "30min"][..], "2026-11-20T16:50"),
            (&["--from", "2026-11-20", "--limit", "5"], "1wd to 1000wd"),
            (&["--from", "yesterday", "--limit", "5wd"], "--from"),
            (&["--from", "2026-11-20", "--limit", "5wd", "--pause", "2026-11-23"], "FIRST..LAST"),
            (&["--from", "2026-11-20", "--limit", "5wd", "--pack", "/nowhere"], "pack.toml"),
        ] {
            let output = kuaiban(&["deadline"]).args(args).output().expect("the program runs");
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(said.contains(remedy), "{args:?}: {said}");
            assert!(!output.status.success(), "{args:?}");
        }
    }
}

/// Without the feature there are no people who do not exist.
#[cfg(feature = "simulators")]
mod pack_walk {
    use super::*;

    const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/kiosk-image/site-packs/sample");

    fn walk(item: &str, options: &[&str]) -> std::process::Output {
        run(&[&["pack", "walk", SAMPLE, item, "--json"], options].concat())
    }

    #[test]
    fn a_walk_shows_every_page_and_what_would_be_sent() {
        let answers = [
            "--answer=reason=resigned",
            "--answer=service=none",
            "--answer=phone=landline:01012345678",
        ];
        let output = walk("unemployment_registration", &answers);
        let walked: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let pages: Vec<_> =
            walked["path"].as_array().unwrap().iter().map(|stop| &stop["page"]).collect();
        let all = ["home", "item", "consent", "card", "identity", "question", "question"];
        assert_eq!(pages[..7], all);
        assert_eq!(pages[7..], ["question", "review", "storing"]);
        assert_eq!(walked["path"][5]["answer"], "resigned");
        let sent = &walked["sent"];
        assert_eq!(sent["item"], "unemployment_registration");
        assert_eq!(sent["answers"]["phone"], "01012345678");
        assert_eq!(sent["answers"]["phone_way"], "landline");

        let query = walk("participation_query", &[]);
        let walked: serde_json::Value = serde_json::from_slice(&query.stdout).unwrap();
        assert_eq!(walked["sent"]["item"], "participation_query");
        // Out of working age: nothing is asked and nothing sent.
        let output = walk("unemployment_registration", &["--person", "elderly"]);
        let walked: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(walked["sent"].is_null() && walked["end"].as_str().unwrap().contains("样例"));
    }

    /// The sample pack with an item that asks a question of each kind.
    fn every_kind() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        kuaiban::testkit::packs::copy_sample(folder.path());
        for (file, text) in kuaiban::testkit::packs::EVERY_KIND {
            std::fs::write(folder.path().join(file), text).expect("written");
        }
        folder
    }

    const ANSWERS: [&str; 11] = [
        "reason=dismissed",
        "compensation=1234.5",
        // Within two years of any day on which this runs.
        "last_day=today",
        "insured=yes",
        "months=128",
        "skills=shop,care",
        "spouse_number=11010518960229008X",
        "employer_code=91000000M0001007RE",
        "card=6200000000000000000",
        "residence=000104",
        "phone=none",
    ];

    fn walk_every_kind(change: Option<&str>, json: bool) -> std::process::Output {
        let folder = every_kind();
        let id = change.map(|answer| answer.split_once('=').expect("an answer").0);
        let kept = ANSWERS.iter().filter(|answer| answer.split_once('=').map(|(id, _)| id) != id);
        let today = format!("last_day={}", jiff::Zoned::now().date());
        let dated = |answer| if answer == "last_day=today" { today.as_str() } else { answer };
        let answers: Vec<&str> = kept.copied().chain(change).map(dated).collect();
        let mut args = vec!["pack", "walk", folder.path().to_str().expect("UTF-8"), "every_kind"];
        args.extend(json.then_some("--json"));
        args.extend(answers.iter().flat_map(|answer| ["--answer", answer]));
        run(&args)
    }

    #[test]
    fn a_walk_gives_answers_of_each_kind_and_says_what_is_skipped_and_why() {
        let output = walk_every_kind(None, true);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{error}");
        let walked: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(walked["skipped"], serde_json::json!([]));
        let sent = &walked["sent"]["answers"];
        for (id, value) in [
            ("compensation", "1234.50"),
            ("insured", "yes"),
            ("months", "128"),
            ("skills", "care,shop"),
            ("residence", "000104"),
            ("phone_way", "none"),
        ] {
            assert_eq!(sent[id], value, "{id}");
        }
        let output = walk_every_kind(Some("reason=contract_expired"), true);
        let walked: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let why = serde_json::json!([
            { "question": "compensation", "why": "reason is contract_expired" }
        ]);
        assert_eq!(walked["skipped"], why);
        assert!(walked["sent"]["answers"].get("compensation").is_none());
        let text = walk_every_kind(Some("insured=no"), false).stdout;
        let text = String::from_utf8(text).unwrap();
        assert!(text.contains("months is not asked: insured is no"), "{text}");
    }

    #[test]
    fn an_answer_that_a_question_does_not_take_is_refused_with_what_it_takes() {
        for (answer, takes) in [
            ("compensation=200001", "from 0 to 200000 yuan"),
            ("compensation=1.234", "an amount like"),
            ("last_day=1999-01-01", "not before today-2y, not after today"),
            ("last_day=2026-02-30", "a day like"),
            ("insured=maybe", "one of: yes, no"),
            ("months=481", "from 1 to 480"),
            ("skills=care,shop,sewing", "at most 2"),
            ("skills=flying", "cooking"),
            ("spouse_number=110105189602290081", "check character"),
            ("employer_code=91000000M0001007RA", "check character"),
            ("card=123", "16 to 19 digits"),
            ("residence=000100", "six digits of a region"),
            ("residence=999999", "six digits of a region"),
        ] {
            let output = walk_every_kind(Some(answer), true);
            let error = String::from_utf8_lossy(&output.stderr);
            assert!(!output.status.success() && error.contains(takes), "{answer}: {error}");
        }
    }

    #[test]
    fn what_is_missing_or_wrong_is_named_with_what_there_is() {
        for (item, options, said) in [
            ("nothing", &[][..], "participation_query"),
            ("participation_query", &["--answer=x=1"], "no question is called \"x\""),
            ("unemployment_registration", &[], "reason is asked; add --answer reason="),
            ("unemployment_registration", &["--answer=reason=bored"], "resigned"),
            ("participation_query", &["--person", "nobody"], "elderly"),
        ] {
            let output = walk(item, options);
            let error = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(
                !output.status.success() && error.contains(said),
                "{item} {options:?}: {error}"
            );
        }
    }
}

#[cfg(feature = "demo")]
mod pack_preview {
    use std::path::Path;

    use kuaiban::domain::pack::Pack;
    use kuaiban::testkit::packs;

    use super::*;

    /// The sample with an item that asks a question of each kind, two of whose texts would be HTML.
    fn pack() -> (tempfile::TempDir, Pack) {
        let folder = tempfile::tempdir().expect("a folder");
        packs::copy_sample(folder.path());
        for (file, text) in packs::EVERY_KIND {
            let text = text.replacen("name = { zh = \"", "name = { zh = \"<script>x</script>", 1);
            std::fs::write(folder.path().join(file), text).expect("written");
        }
        let pack = kuaiban::pack::load(folder.path()).expect("a flawless pack");
        (folder, pack)
    }

    fn preview(pack: &Path, out: &Path, options: &[&str]) -> std::process::Output {
        let [pack, out] = [pack, out].map(|path| path.to_str().expect("UTF-8"));
        run(&[&["pack", "preview", pack, "--out", out], options].concat())
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).expect("a folder");
        let name = |entry: std::io::Result<std::fs::DirEntry>| entry.expect("an entry").file_name();
        let mut names: Vec<_> =
            entries.map(|entry| name(entry).into_string().expect("UTF-8")).collect();
        names.sort();
        names
    }

    #[test]
    fn p1_a_preview_holds_every_item_question_and_slip_and_says_that_it_is_a_sample() {
        let (folder, pack) = pack();
        let out = folder.path().join("out");
        let made = preview(folder.path(), &out, &[]);
        let error = String::from_utf8_lossy(&made.stderr);
        assert!(made.status.success() && error.is_empty(), "{error}");
        let said = String::from_utf8_lossy(&made.stdout);
        assert!(said.contains("index.html: 4 items, ") && said.contains(" MB"), "{said}");
        assert_eq!(names(&out), ["index.html"]);

        let html = std::fs::read_to_string(out.join("index.html")).expect("a preview");
        let escaped = |text: &str| text.replace('<', "&lt;").replace('>', "&gt;");
        assert!(html.contains("&lt;script&gt;x"), "what a pack says is shown");
        assert!(!html.contains("<script>x"), "and is no HTML");
        let mut texts = vec![pack.version.clone(), pack.bureau.zh.clone(), pack.region.clone()];
        for item in &pack.items {
            texts.extend([format!("id=\"i-{}\"", item.id), escaped(&item.name.zh)]);
            for question in &item.questions {
                texts.extend([question.text.zh.clone(), format!("问题 {}<", question.id)]);
            }
            texts.extend(item.eligibility.age.iter().map(|age| age.reason.zh.clone()));
            texts.extend(item.public.facts().map(|fact| fact.label.zh));
        }
        texts.extend(pack.policies.iter().map(|policy| policy.who.zh.clone()));
        texts.extend(pack.outlets.iter().map(|outlet| outlet.address.zh.clone()));
        texts.extend(
            pack.evaluation
                .tags
                .iter()
                .filter(|tag| tag.level.is_bad())
                .map(|tag| tag.text.zh.clone()),
        );
        let slips = ["收件凭条", "受理回执", "办结回执", "退回告知单", "办事指南凭条", "查询凭条"];
        texts.extend(slips.map(str::to_owned));
        texts.extend(["政策凭条", "网点凭条", "样例", "未签名"].map(str::to_owned));
        // A question with a condition says which, and one with bounds what is said beyond them.
        texts.extend(["只在以下情况出现", "答案超出范围时"].map(str::to_owned));
        let missing: Vec<_> = texts.iter().filter(|text| !html.contains(*text)).collect();
        assert!(missing.is_empty(), "{missing:?}");
        assert!(!html.contains("没有能到达这一题的回答") && !html.contains("未能走到下一页"));
        for link in html.split("<a href=\"#").skip(1) {
            let id = link.split('"').next().expect("an end");
            assert!(html.contains(&format!("id=\"{id}\"")), "{id} leads nowhere");
        }
        assert!(!html.contains("src=\"http") && !html.contains("url("), "nothing from elsewhere");
    }

    #[test]
    fn p1_a_preview_takes_the_place_of_an_earlier_one_and_of_nothing_else() {
        let (folder, _) = pack();
        let out = folder.path().join("out");
        let one = ["--item", "participation_query", "--lang", "en"];
        assert!(preview(folder.path(), &out, &one).status.success());
        // What a power cut has left half made.
        std::fs::write(out.join("index.html.new"), "").expect("written");
        assert!(preview(folder.path(), &out, &one).status.success());
        assert_eq!(names(&out), ["index.html"]);
        let html = std::fs::read_to_string(out.join("index.html")).expect("a preview");
        assert!(html.contains("<html lang=\"en\">") && html.contains("Slip of the query"));
        assert!(!html.contains("id=\"i-unemployment_registration\""));

        std::fs::write(out.join("notes.txt"), "mine").expect("written");
        let refused = |out: &Path, options: &[&str]| {
            let refused = preview(folder.path(), out, options);
            assert!(!refused.status.success());
            String::from_utf8_lossy(&refused.stderr).into_owned()
        };
        let error = refused(&out, &one);
        assert!(error.contains("holds \"notes.txt\"") && error.contains("new folder"), "{error}");
        assert_eq!(names(&out), ["index.html", "notes.txt"]);
        // Somebody's own page is none, whatever it is called.
        let own = folder.path().join("own");
        std::fs::create_dir(&own).expect("a folder");
        std::fs::write(own.join("index.html"), "<p>mine</p>").expect("written");
        assert!(refused(&own, &one).contains("no preview"));
        assert_eq!(std::fs::read_to_string(own.join("index.html")).expect("it"), "<p>mine</p>");
        assert!(refused(&own.join("index.html"), &one).contains("is no folder"));
        assert!(refused(&own, &["--item", "nothing"]).contains("participation_query"));
    }

    #[test]
    fn p10_a_pack_with_faults_has_no_preview() {
        let (folder, _) = pack();
        packs::change(folder.path(), "12333", "");
        let out = folder.path().join("out");
        let refused = preview(folder.path(), &out, &[]);
        assert_eq!(refused.status.code(), Some(1));
        let said = String::from_utf8_lossy(&refused.stdout);
        let checked = run(&["pack", "check", folder.path().to_str().expect("UTF-8")]);
        assert_eq!(said, String::from_utf8_lossy(&checked.stdout));
        assert!(said.contains("pack.toml:") && !out.exists(), "{said}");
    }
}

#[cfg(feature = "sheets")]
mod pack_sheet {
    use super::*;

    const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/kiosk-image/site-packs/sample");

    #[test]
    fn p10_a_pack_becomes_a_workbook_and_a_pack_again() {
        let place = tempfile::tempdir().expect("a folder");
        let path = |name: &str| place.path().join(name).to_str().expect("ASCII").to_owned();
        let (workbook, new) = (path("pack.xlsx"), path("new"));
        let (text, code) = outcome(&mut kuaiban(&["pack", "to-sheet", SAMPLE, &workbook]));
        assert!(
            text.starts_with(&format!("{workbook}: ")) && text.contains(" files in "),
            "{text}"
        );
        assert_eq!(code, Some(0));
        let (text, code) = outcome(&mut kuaiban(&["pack", "from-sheet", &workbook, &new]));
        assert!(text.starts_with(&format!("{new}: ")) && text.ends_with("no fault\n"), "{text}");
        assert_eq!(code, Some(0));
        let (text, code) = outcome(&mut kuaiban(&["pack", "check", &new]));
        assert!(text.ends_with("no fault\n"), "{text}");
        assert_eq!(code, Some(0));
        // Nothing is written over.
        for args in [["to-sheet", SAMPLE, &workbook], ["from-sheet", &workbook, &new]] {
            let output = kuaiban(&[&["pack"][..], &args].concat()).output().expect("it runs");
            let error = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(error.contains("is there already"), "{error}");
            assert_ne!(output.status.code(), Some(0));
        }
    }

    #[test]
    fn p10_faults_of_a_workbook_are_one_a_line() {
        let place = tempfile::tempdir().expect("a folder");
        let workbook = place.path().join("pack.xlsx");
        std::fs::write(&workbook, "no workbook").expect("written");
        let (workbook, new) = (workbook.to_str().expect("ASCII"), place.path().join("new"));
        let args = ["pack", "from-sheet", workbook, new.to_str().expect("ASCII")];
        let (text, code) = outcome(&mut kuaiban(&args));
        assert!(text.starts_with("the workbook is no .xlsx workbook"), "{text}");
        assert!(text.ends_with("1 fault; nothing is written\n"), "{text}");
        assert_eq!(code, Some(1));
        let (text, code) = outcome(kuaiban(&args).arg("--json"));
        let fault: serde_json::Value = serde_json::from_str(&text).expect("one object");
        assert_eq!(
            (&fault["severity"], &fault["cell"]),
            (&"error".into(), &serde_json::Value::Null)
        );
        assert_eq!(code, Some(1));
        assert!(!new.exists());
    }
}

/// The packs of one kiosk, beside it.
#[cfg(feature = "simulators")]
#[allow(clippy::unwrap_used, reason = "helpers of tests")]
mod packs {
    use kuaiban::config::Config;
    use kuaiban::contract::{PackFile, PackOffer};
    use kuaiban::packs::{Arrival, Packs};
    use kuaiban::testkit::{lonely_kiosk, packs as kit};
    use sm3::{Digest as _, Sm3};

    use super::*;

    /// A pack comes to the kiosk as if from its platform, by the file that `pack bundle` writes.
    fn bring(folder: &std::path::Path, packs: &Packs, version: &str) {
        let (made, file) = (folder.join(version), folder.join("pack.json"));
        kit::write(&made, version, None, false);
        let args = ["pack", "bundle", made.to_str().unwrap(), file.to_str().unwrap()];
        let (said, code) = outcome(&mut kuaiban(&args));
        assert!(code == Some(0) && said.contains(&format!("version {version}, ")), "{said}");
        let bytes = std::fs::read(&file).unwrap();
        assert_eq!(serde_json::from_slice::<PackFile>(&bytes).unwrap().version, version);
        let sm3 = Sm3::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let offer = PackOffer { version: version.to_owned(), sm3, length: bytes.len() as u64 };
        assert!(matches!(packs.receive(&offer, &bytes), Ok(Arrival::Taken { .. })));
    }

    #[test]
    fn a_technician_lists_goes_back_and_forward() {
        let folder = tempfile::tempdir().unwrap();
        let config = lonely_kiosk(folder.path());
        let packs = Packs::of(&Config::load(&config).unwrap());
        let run = |args: &[&str]| {
            let args = [&["pack"], args, &["--config", config.to_str().unwrap()]].concat();
            outcome(&mut kuaiban(&args))
        };
        let fails = |args: &[&str]| {
            let args = [&["pack"], args, &["--config", config.to_str().unwrap()]].concat();
            let output = kuaiban(&args).output().unwrap();
            assert_eq!(output.status.code(), Some(1));
            String::from_utf8(output.stderr).unwrap()
        };
        let (said, code) = run(&["list"]);
        assert!(said.starts_with("2026.11-sample: in force; sample, at once, /"), "{said}");
        assert!(said.contains("; 示例市人力资源和社会保障局办公室（样例）, not signed"), "{said}");
        assert_eq!(code, Some(0));
        assert!(fails(&["back"]).contains("no other pack to go back to"));
        assert!(fails(&["forward"]).contains("nobody went back"));

        bring(folder.path(), &packs, "2");
        let taken = packs.candidates().into_iter().find(|it| it.version == "2").unwrap().id;
        packs.came_in_force(&taken, &packs.load(&taken).unwrap(), 0).unwrap();
        let (said, _) = run(&["list"]);
        assert!(said.contains("2: in force; sample, at once, from the platform"), "{said}");
        assert!(said.contains("2026.11-sample: kept"), "{said}");
        let (said, code) = run(&["back"]);
        assert!(said.starts_with("from 2 to 2026.11-sample: "), "{said}");
        assert_eq!(code, Some(0));
        let (text, _) = run(&["list", "--json"]);
        let listed: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(listed["next"], "2026.11-sample");
        assert_eq!(listed["packs"].as_array().unwrap().len(), 2);
        assert!(listed["packs"][0]["signer"]["zh"].is_string(), "{text}");
        assert!(listed["packs"][0]["key"].is_null(), "{text}");
        assert_eq!(packs.open(|_| ()).unwrap().pack.version, "2026.11-sample");
        let (said, _) = run(&["forward"]);
        assert!(said.starts_with("from 2026.11-sample to 2: "), "{said}");
        assert!(fails(&["back", "--to", "7"]).contains("no pack of version 7 is here"));
        let (said, _) = run(&["back", "--to", "2026.11-sample"]);
        assert!(said.contains("to 2026.11-sample"), "{said}");
    }

    #[test]
    fn doctor_names_the_pack_in_force_and_what_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let config = lonely_kiosk(folder.path());
        let packs = Packs::of(&Config::load(&config).unwrap());
        let check = || {
            let args = ["doctor", "--json", "--config", config.to_str().unwrap()];
            let output = kuaiban(&args).output().unwrap();
            let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            let checks = report["checks"].as_array().unwrap().clone();
            checks.into_iter().find(|check| check["part"] == "pack").unwrap()
        };
        assert_eq!(check()["verdict"], "good");
        bring(folder.path(), &packs, "2");
        let taken = packs.candidates().into_iter().find(|it| it.version == "2").unwrap().id;
        packs.came_in_force(&taken, &packs.load(&taken).unwrap(), 0).unwrap();
        let offer = PackOffer { version: "3".to_owned(), sm3: "0".repeat(64), length: 1 };
        packs.offered(vec![offer.clone()], None).unwrap();
        packs.receive(&offer, b"x").unwrap();
        let check = check();
        assert_eq!(check["verdict"], "warning");
        let detail = check["detail"].as_str().unwrap();
        assert!(detail.starts_with("version 2, 3 items"), "{detail}");
        assert!(detail.contains("version 3 is offered and not used: "), "{detail}");
        assert!(check["remedy"].as_str().unwrap().contains("Tell the platform"), "{check}");
    }

    #[test]
    fn the_simulated_platform_offers_the_pack_of_a_folder() {
        use std::io::{BufRead as _, Write as _};
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_kuaiban"))
            .args(["simulate", "platform", "--pack", "kiosk-image/site-packs/sample"])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = std::io::BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        let url = first.strip_prefix("platform: ").unwrap().to_owned();
        let client = kuaiban::platform::Client::new(&kuaiban::config::Platform::at(url)).unwrap();
        let offered = kuaiban::testkit::block_on(client.packs(None)).unwrap().unwrap();
        assert_eq!(offered.packs[0].version, "2026.11-sample");
        writeln!(child.stdin.as_ref().unwrap(), "quit").unwrap();
        assert!(child.wait().unwrap().success());
    }
}
