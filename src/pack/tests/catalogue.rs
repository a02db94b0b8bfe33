//! What stands in other files than those of items: materials, figures, packages, policies.

use super::*;

const PROCEDURE: &str = "procedure = [\n    { zh = \"核对查询人身份。\", en = \"Check who asks.\" },\n    \
     { zh = \"查询本人参保情况，出具凭条。\", en = \"Look up the own record and hand out the slip.\" },\n]\n";

const VALUES: &str = r#"
[[values]]
id = "base"
standing = "sample"
name = { zh = "基数", en = "Base" }
basis = { zh = "样例", en = "Sample" }
since = [
    { from = 2025-01-01, value = { zh = "100元", en = "100 yuan" } },
    { from = 2026-01-01, value = { zh = "120元", en = "120 yuan" } },
]
"#;

const POLICY: &str = r#"
id = "subsidy"
standing = "sample"
name = { zh = "社保补贴（样例）", en = "Subsidy (sample)" }
audience = ["flexible"]
ages = { min = 16, max = 59 }
from = 2026-01-01
to = 2026-12-31
summary = { zh = "每月最多{figure:base}。", en = "Up to {figure:base} a month." }
who = { zh = "灵活就业人员", en = "Flexible workers" }
basis = { zh = "待公布", en = "Yet to be published" }
items = ["flexible_employment"]
"#;

const PACKAGE: &str = r#"
id = "flexible"
standing = "sample"
scenario = "flexible_work"
name = { zh = "灵活就业一件事", en = "Flexible work" }
summary = { zh = "登记和查询一次办", en = "Registered and looked up at once" }
items = [
    { item = "flexible_employment" },
    { item = "participation_query", after = ["flexible_employment"] },
]
"#;

/// The sample pack with a figure, a policy and a package of this test.
fn full() -> tempfile::TempDir {
    let folder = copy();
    std::fs::remove_dir_all(folder.path().join("policies")).unwrap();
    for (name, text) in [
        ("values.toml", VALUES),
        ("policies/10-subsidy.toml", POLICY),
        ("packages/10-flexible.toml", PACKAGE),
    ] {
        let file = folder.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    folder
}

#[test]
fn p10_figures_policies_and_packages_are_data_of_the_pack() {
    let folder = full();
    let pack = load(folder.path()).unwrap();
    assert_eq!((pack.figures.len(), pack.policies.len(), pack.packages.len()), (1, 1, 1));
    let policy = &pack.policies[0];
    let on = |day| pack.on_day(&policy.summary, day).zh.clone();
    assert_eq!(on(date(2025, 12, 31)), "每月最多100元。");
    assert_eq!(on(date(2026, 1, 1)), "每月最多120元。");
    assert!(policy.holds_on(date(2026, 12, 31)) && !policy.holds_on(date(2027, 1, 1)));
    let package = &pack.packages[0];
    assert_eq!(package.materials(&pack), ["id_card", "work_details"]);
    let query = pack.item("participation_query").unwrap();
    assert_eq!(pack.packages_with(query).count(), 1);
    let fields = query.guide_fields(&pack);
    let texts: Vec<String> =
        fields.iter().map(|fact| fact.value.masked(crate::say::Lang::Zh)).collect();
    assert_eq!(texts[2], "本人有效身份证件原件（本机读取）");
    assert_eq!(texts[4], "即时查询，当场出凭条（法定时限：待公布）");
}

#[test]
fn each_rule_of_the_catalogue_is_broken_by_a_pack_that_breaks_nothing_else() {
    let (values, policy) = ("values.toml", "policies/10-subsidy.toml");
    let package = "packages/10-flexible.toml";
    let (query, instant) =
        ("kind = { type = \"query\" }", "kind = { type = \"instant\", limit_min = 30 }");
    let browse = |more| format!("kind = {{ type = \"browse\", of = \"vacancies\" }}\n{more}");
    let entitled = "kind = { type = \"no_application\" }\npays_money = true\n\
                    commitments = [\"credit\"]\neligibility.asks_platform = true";
    let welcome_of =
        |zh| format!("[sentences]\nwelcome = {{ zh = \"{zh}\", en = \"Welcome\" }}\n[hotline]");
    let request = |more| format!("kind = {{ type = \"request\", of = \"call_back\" }}\n{more}");
    let table = [
        (QUERY, PROCEDURE, "", Rule::ProcedureMissing),
        (QUERY, PROCEDURE, "procedure = []\n", Rule::ProcedureMissing),
        (QUERY, "category = ", "basic_service = \"none\"\ncategory = ", Rule::DanglingReference),
        (QUERY, "category = ", "identity = \"witnessed\"\ncategory = ", Rule::Handling),
        (UNEMPLOYMENT, "\"stated\" }", "\"given\" }", Rule::Handling),
        (PACK, "level = \"city\"\n", "", Rule::ValueMissing),
        (PACK, "level = \"city\"", "level = \"city\"\npriority = { age = 20 }", Rule::Malformed),
        (PACK, "[hotline]", "[branding]\naccent = \"pink\"\n[hotline]", Rule::Malformed),
        (PACK, "[hotline]", "[branding]\nemblem = \"M0 0\"\n[hotline]", Rule::UnknownField),
        (PACK, "[hotline]", &welcome_of("{hotline}"), Rule::Malformed),
        (PACK, "[hotline]", &welcome_of("欢迎来到我们这个二十四小时的自助区"), Rule::Malformed),
        (QUERY, query, "kind = { type = \"browse\", of = \"people\" }", Rule::Malformed),
        (QUERY, query, &browse("promise = \"5wd\""), Rule::Handling),
        (QUERY, query, &browse("pays_money = true"), Rule::Handling),
        (QUERY, query, &browse("speedup = true"), Rule::Handling),
        (QUERY, query, &browse("commitments = [\"notice\"]"), Rule::Handling),
        (
            QUERY,
            query,
            &browse("identity = \"witnessed\"\nself_service = \"start\""),
            Rule::Handling,
        ),
        (UNEMPLOYMENT, instant, "kind = { type = \"no_application\" }", Rule::Question),
        (QUERY, query, &format!("{query}\neligibility.asks_platform = true"), Rule::Handling),
        (QUERY, query, entitled, Rule::Handling),
        (QUERY, query, &request(""), Rule::Question),
        (UNEMPLOYMENT, instant, &request("speedup = true"), Rule::Handling),
        (UNEMPLOYMENT, instant, &request("pays_money = true"), Rule::Handling),
        (PACK, "level = \"city\"", "level = \"city\"\noffers = [\"none\"]", Rule::UnknownItem),
        (PACK, "items = [\"participation_query\"]", "items = [\"none\"]", Rule::UnknownItem),
        (PACK, "kind = \"village\"", "until = 2019-12-31", Rule::ImplausibleDate),
        (
            PACK,
            "kind = \"village\"",
            "from = 2026-12-02\nuntil = 2026-12-01",
            Rule::ImplausibleDate,
        ),
        (PACK, "kind = \"village\"", "url = \"http://map.example\"", Rule::LinkMalformed),
        (PACK, "lat = 40.0055", "lat = 60.0055", Rule::Malformed),
        (
            PACK,
            "level = \"city\"",
            "level = \"city\"\nextends = \"../none\"",
            Rule::DanglingReference,
        ),
        (PACK, "level = \"city\"", "level = \"city\"\nextends = \"/etc\"", Rule::Malformed),
        (
            UNEMPLOYMENT,
            "age = 40\nanswers = { reason = \"contract_expired\", service = \"job_placement\", phone = \
             \"none\" }\nexpect = \"handed_in\"",
            "age = 10\nexpect = \"not_eligible\"",
            Rule::SampleFormMissing,
        ),
        (UNEMPLOYMENT, "reason = \"contract_expired\", ", "", Rule::ExampleFails),
        (UNEMPLOYMENT, "reason = \"contract_expired\"", "reason = \"won\"", Rule::ExampleFails),
        (UNEMPLOYMENT, "phone = \"none\"", "phone = \"1234\"", Rule::ExampleFails),
        (UNEMPLOYMENT, "phone = \"none\"", "phone = \"none\", more = \"1\"", Rule::ExampleFails),
        (UNEMPLOYMENT, "age = 15", "age = 16", Rule::ExampleFails),
        (UNEMPLOYMENT, "age = 40", "age = 70", Rule::ExampleFails),
        (values, "2026-01-01", "2024-01-01", Rule::ImplausibleDate),
        (values, "2025-01-01", "0206-01-01", Rule::ImplausibleDate),
        (values, "id = \"base\"", "id = \"bases\"", Rule::DanglingReference),
        (policy, "{figure:base}。", "{figure:none}。", Rule::DanglingReference),
        (policy, "\"flexible_employment\"", "\"none\"", Rule::UnknownItem),
        (policy, "to = 2026", "to = 2025", Rule::ImplausibleDate),
        (policy, "from = 2026", "from = 2006", Rule::ImplausibleDate),
        (policy, "min = 16", "min = 60", Rule::ImplausibleAge),
        (policy, "[\"flexible\"]", "[\"flexible\", \"flexible\"]", Rule::Twice),
        (
            package,
            "{ item = \"flexible_employment\" }",
            "{ item = \"unemployment_registration\" }, { item = \"none\" }, { item = \"flexible_employment\" }",
            Rule::UnknownItem,
        ),
        (package, "after = [\"flexible", "after = [\"unemployment", Rule::DanglingReference),
        (
            package,
            "{ item = \"flexible_employment\" }",
            "{ item = \"flexible_employment\" }, { item = \"flexible_employment\" }",
            Rule::Twice,
        ),
        (package, "flexible_work", "unemployment", Rule::UnemploymentPackageNotEight),
        ("materials.toml", "id = \"work_details\"", "id = \"id_card\"", Rule::MaterialTwice),
    ];
    for (file, from, to, rule) in table {
        let folder = full();
        change(folder.path(), file, from, to);
        let mut broken: Vec<Rule> = load(folder.path())
            .err()
            .map(|errors| errors.faults.iter().map(|fault| fault.rule).collect())
            .unwrap_or_default();
        broken.dedup();
        assert_eq!(broken, [rule], "{file}: {to}: {:#?}", faults(folder.path()));
    }
    assert_eq!(faults(full().path()), [""; 0]);
}

#[test]
fn p10_how_a_place_presents_itself_and_what_it_says_is_data() {
    use crate::domain::pack::Accent;
    let folder = full();
    let own = "[branding]\naccent = \"red\"\nservice_standard = { zh = \"一次告知\", en = \"Told once\" }\n\
               [sentences]\nwelcome = { zh = \"您好\", en = \"Hello\" }\n\
               farewell = { zh = \"再见\", en = \"Goodbye\" }\n\
               help = { zh = \"打电话\", en = \"Call\" }\n[hotline]";
    change(folder.path(), PACK, "[hotline]", own);
    let pack = load(folder.path()).unwrap();
    assert_eq!(pack.branding.accent, Accent::Red);
    let said = |text: Option<&crate::domain::pack::Bilingual>| text.unwrap().zh.clone();
    assert_eq!(said(pack.branding.service_standard.as_ref()), "一次告知");
    let sentences = &pack.sentences;
    assert_eq!(said(sentences.welcome.as_ref()), "您好");
    assert_eq!(said(sentences.farewell.as_ref()), "再见");
    assert_eq!(said(sentences.help.as_ref()), "打电话");
}

const LISTS: &str = r#"
[[lists]]
id = "reasons"
choices = [
    { code = "contract_expired", label = { zh = "期满", en = "Expired" } },
    { code = "won", label = { zh = "中奖", en = "Won" } },
]
"#;

/// The sample pack with a question that names a code list.
fn listed() -> tempfile::TempDir {
    let folder = full();
    std::fs::write(folder.path().join("lists.toml"), LISTS).unwrap();
    let item = folder.path().join(UNEMPLOYMENT);
    let text = std::fs::read_to_string(&item).unwrap();
    let mut table: toml::Table = text.parse().unwrap();
    table["questions"][0]["answer"]["options"] = "reasons".into();
    std::fs::write(&item, toml::to_string_pretty(&table).unwrap()).unwrap();
    folder
}

#[test]
fn p10_a_code_list_stands_once_for_all_questions_that_name_it() {
    let folder = listed();
    let pack = load(folder.path()).unwrap_or_else(|errors| panic!("{errors}"));
    let question = &pack.item("unemployment_registration").unwrap().questions[0];
    assert_eq!(question.answer.codes(), ["contract_expired", "won"]);
    // Found again as one folder, and as a list that a pack above has replaced.
    let one = folder.path().parent().unwrap().join(format!("one-{}", std::process::id()));
    flatten(folder.path(), &one).unwrap();
    let again = load(&one);
    std::fs::remove_dir_all(&one).unwrap();
    assert_eq!(again.unwrap(), pack);
}

#[test]
fn p10_a_code_list_of_a_pack_above_goes_before_the_one_beneath() {
    let base = listed();
    let parent = tempfile::tempdir().unwrap();
    let (beneath, town) = (parent.path().join("base"), parent.path().join("town"));
    std::fs::rename(base.path(), &beneath).unwrap();
    std::fs::create_dir(&town).unwrap();
    std::fs::create_dir(base.path()).unwrap();
    let manifest = "extends = \"../base\"\nversion = \"town-1\"\nlevel = \"town\"\n";
    std::fs::write(town.join(PACK), manifest).unwrap();
    std::fs::write(town.join("lists.toml"), LISTS.replace("\"won\"", "\"inherited\"")).unwrap();
    let pack = load(&town).unwrap_or_else(|errors| panic!("{errors}"));
    let question = &pack.item("unemployment_registration").unwrap().questions[0];
    assert_eq!(question.answer.codes(), ["contract_expired", "inherited"]);
}

#[test]
fn each_rule_of_code_lists_is_broken_by_a_pack_that_breaks_nothing_else() {
    let choice = "    { code = \"won\", label = { zh = \"中奖\", en = \"Won\" } },\n";
    let seven: String = (0..6).map(|n| choice.replace("won", &format!("won_{n}"))).collect();
    for (file, from, to, rule) in [
        (UNEMPLOYMENT, "\"reasons\"", "\"reason\"", Rule::DanglingReference),
        (UNEMPLOYMENT, "\"reasons\"", "\"No name\"", Rule::Malformed),
        (UNEMPLOYMENT, "\"reasons\"", "5", Rule::Malformed),
        ("lists.toml", "\"won\"", "\"contract_expired\"", Rule::Twice),
        ("lists.toml", choice, &seven, Rule::Malformed),
        ("lists.toml", choice, "", Rule::Malformed),
        ("lists.toml", ", en = \"Won\"", "", Rule::TranslationMissing),
        ("lists.toml", "\n[[lists]]", &format!("{LISTS}[[lists]]"), Rule::Twice),
    ] {
        let folder = listed();
        change(folder.path(), file, from, to);
        let errors = load(folder.path()).expect_err(to);
        let mut broken: Vec<Rule> = errors.faults.iter().map(|fault| fault.rule).collect();
        broken.dedup();
        assert_eq!(broken, [rule], "{file}: {to}: {errors}");
    }
    // One that nobody names harms nobody.
    let folder = listed();
    change(
        folder.path(),
        "lists.toml",
        "\n[[lists]]",
        &format!("{}[[lists]]", LISTS.replace("reasons", "more")),
    );
    let checked = check(folder.path(), None, &[]);
    assert!(checked.pack.is_ok());
    let told: Vec<(Rule, String)> =
        checked.warnings.iter().map(|fault| (fault.rule, fault.to_string())).collect();
    assert!(
        matches!(&told[..], [(Rule::ListUnused, said)] if said.starts_with("lists.toml:3:6")),
        "{told:?}"
    );
}

#[test]
fn p10_a_form_that_nobody_sees_filled_in_is_found_beside_another_fault() {
    let folder = full();
    let example = "age = 40\nanswers = { reason = \"contract_expired\", service = \
                   \"job_placement\", phone = \"none\" }\nexpect = \"handed_in\"";
    change(folder.path(), UNEMPLOYMENT, example, "age = 10\nexpect = \"not_eligible\"");
    change(folder.path(), UNEMPLOYMENT, "limit_min = 30", "limit_min = 31");
    let errors = load(folder.path()).unwrap_err();
    let rules: Vec<Rule> = errors.faults.iter().map(|fault| fault.rule).collect();
    assert_eq!(rules.len(), 2, "{rules:?}");
    assert!(rules.contains(&Rule::InstantAbove30Min), "{rules:?}");
    assert!(rules.contains(&Rule::SampleFormMissing), "{rules:?}");
}

#[test]
fn an_older_pack_is_refused_with_the_way_to_convert_it() {
    let folder = copy();
    let query = folder.path().join(QUERY);
    let text = std::fs::read_to_string(&query).unwrap();
    let (before, after) = text.split_once("[guide]").unwrap();
    let sections =
        after[after.find("[[guide.sections]]").unwrap()..].replace("guide.sections", "guide");
    std::fs::write(&query, format!("{before}\n{sections}")).unwrap();
    let named = faults(folder.path());
    assert_eq!(named.len(), 1, "{named:#?}");
    assert!(
        named[0].contains("this is a list; [guide] with ways, delivery, hours and place is needed"),
        "{named:#?}"
    );
}
