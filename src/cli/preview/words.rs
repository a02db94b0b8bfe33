//! What a preview says itself, for the official who reads it. Not in the catalogue of `ui/lang/`, of which
//! every kiosk carries all.

use kuaiban::say::Sentence;

macro_rules! words {
    ($($name:ident: $zh:literal, $en:literal;)+) => {
        $(pub const $name: Sentence = Sentence { zh: $zh, en: $en };)+
    };
}

words! {
    TITLE: "服务包预览", "Preview of a site pack";
    FOR_APPROVAL: "供发布前审核：下面是自助机上办事群众会看到的全部页面和凭条。",
        "For approval before publication: every page and slip that a citizen meets at the kiosk.";
    SAMPLE_MARK: "样例", "SAMPLE";
    SAMPLE_NOTE: "本包为样例，不具法律效力。", "This pack is a sample without legal effect.";
    HOW_MADE: "画面由自助机程序绘制。人物、编号、查询结果和办理结果都是样例；页面和凭条上的“演示”字样只在预览和演示时出现。",
        "Drawn by the program of the kiosk. People, numbers, answers and results are samples; the mark \
         DEMONSTRATION stands on pages and slips of previews and demonstrations only.";
    AS_ON: "按 {day} 上午10点、设备和网络都正常时的样子。",
        "As on {day} at 10 in the morning, while every device and the network work.";
    ONLY_SOME: "只含指定的事项，不含首页、打包办、政策、网点等其他页面。",
        "Only the items that were asked for, without home, packages, policies, outlets and other pages.";
    BUREAU: "发布单位", "Bureau";
    PLACE: "设置地点", "Place of the kiosk";
    VERSION: "版本", "Version";
    REGION: "行政区划代码", "Region";
    LEVEL: "层级", "Level";
    LEVEL_CITY: "市级", "City";
    LEVEL_TOWN: "镇（街道）级", "Town";
    LEVEL_VILLAGE: "村（社区）级", "Village";
    STANDING: "性质", "Standing";
    STANDING_SAMPLE: "样例", "Sample";
    STANDING_OFFICIAL: "正式", "Official";
    AS_OF: "数据日期", "Data as of";
    FROM: "生效日期", "In force from";
    AT_ONCE: "发布即生效", "At once";
    SIGNER: "签名", "Signed by";
    NOT_SIGNED: "未签名", "Not signed";
    MADE: "预览生成时间", "Preview made";
    ITEM_COUNT: "事项数", "Items";
    CHECK: "检查结果", "What the check found";
    NO_WARNINGS: "没有错误，也没有提醒。", "No faults and no warnings.";
    WARNINGS: "没有错误，有 {count} 条提醒：", "No faults, and {count} warnings:";
    AT: "位置", "Where";
    RULE: "规则", "Rule";
    PROBLEM: "问题", "What";
    REMEDY: "办法", "What to do";
    CONTENTS: "目录", "Contents";
    FILTER: "筛选事项（名称、编号或代码）", "Filter items by name, number or id";
    FIRST: "首页和查找", "Home and search";
    PACKAGES: "打包办", "Packages";
    POLICIES: "政策", "Policies";
    OUTLETS: "服务网点", "Outlets";
    COMMON: "各事项共用的页面", "Pages that all items share";
    EVALUATION: "好差评", "Evaluation";
    FIGURE: "图 {number}", "Figure {number}";
    SAME_AS: "与{figure}相同", "the same as {figure}";
    PAGE_WORDS: "页面文字", "Words of the page";
    SLIP_WORDS: "凭条文字", "Words of the slip";
    PART: "{title}（第 {part} 屏）", "{title} (screen {part})";
    SIGN_OFF: "审核人：＿＿＿＿＿＿＿＿　日期：＿＿＿＿＿＿＿＿", "Approved by: ________________   Date: ________________";

    ITEM_ID: "代码", "Id";
    ITEM_NUMBER: "编号", "Number";
    ENGLISH: "英文名称", "Chinese name";

    ATTRACT: "待机页", "While nobody is there";
    HELP: "求助", "Help";
    HOME: "首页", "Home";
    HOME_ASSISTED: "首页（大字版，第 {part} 页）", "Home in large type, page {part}";
    AREA: "{area}，第 {part} 页", "{area}, page {part}";
    SEARCH: "查找事项", "Search";
    SEARCH_NUMBER: "按编号查找", "Search by number";
    STAFFED: "人工网点", "Places with people";

    ITEM: "事项页", "The item";
    PUBLIC_FIELDS: "八公开", "The eight public fields";
    WHERE: "在哪里办", "Where it is done";
    GUIDE_SLIP: "办事指南凭条", "Slip: the guide";
    CONSENT: "读证前告知", "Before the card is read";
    CARD: "读取证件", "The card";
    IDENTITY: "核对身份", "Is it you";
    ENTERPRISE: "经办单位", "For which enterprise";
    QUESTION: "问题 {id}", "Question {id}";
    QUESTION_STEP: "问题 {id}，第 {step} 步", "Question {id}, step {step}";
    QUESTION_PHONE: "问题 {id}，填写号码时", "Question {id}, to type a number";
    REFUSED: "问题 {id}，答案超出范围时", "Question {id}, with an answer outside its bounds";
    SHOWN_WHEN: "只在以下情况出现：{when}", "Shown only when {when}";
    WHEN: "“{label}”为{options}", "“{label}” is {options}";
    OR: "或", " or ";
    AND: "，并且", ", and ";
    NOT_REACHED: "没有能到达这一题的回答，请用 pack walk 检查：{text}",
        "No answers were found that lead to this question; try pack walk: {text}";
    WINDOW: "选择时间", "When";
    REVIEW: "核对并提交", "Check and hand in";
    OFFERED: "免申即享：确认（内容为样例）", "Without application: to confirm (its contents are a sample)";
    DECLINED: "选择不要", "Declined";
    NOT_ENTITLED: "不符合享受条件（理由由业务系统给出，这里是样例）",
        "Not entitled (the platform's reason, here a sample)";
    NOT_ELIGIBLE: "不符合办理条件（{age} 岁）", "Not eligible (aged {age})";
    OUTLETS_FOLLOW: "往下是人工网点和电话，与“证件过期”页相同，此处从略。",
        "The places with people and the telephones follow, as on the page “The card has expired”.";
    RESULT: "结果页：{status}", "Result: {status}";
    RESULT_SLIP: "凭条：{status}", "Slip: {status}";
    QUERY_RESULT: "查询结果（内容为样例）", "Answer to the query (its contents are a sample)";
    QUERY_SLIP: "查询凭条", "Slip of the query";
    VACANCIES: "招聘岗位（内容为样例）", "Vacancies (their contents are a sample)";
    MORE_VACANCIES: "往下是更多岗位，由业务系统给出，此处从略。", "More vacancies of the platform follow.";
    LEADS_TO: "触摸“开始”后的页面见：{where}", "What comes after the start stands under: {where}";
    HANDED_ON: "本事项由其他部门办理，自助机到此为止，指南凭条写明去处。",
        "Done by another department: nothing comes after this, and the slip says where to go.";
    NO_WAY_ON: "未能走到下一页：停在 {page}。", "The way ends on page {page}.";

    PACKAGE_LIST: "打包办目录", "All packages";
    POLICY_LIST: "政策目录", "All policies";
    POLICY_SLIP: "政策凭条", "Slip of the policy";
    NOT_ON_DAY: "（{day} 不在公布之列）", " (not shown on {day})";
    OUTLET_LIST: "附近网点", "Outlets around";
    OUTLET_SLIP: "网点凭条", "Slip of the outlet";
    PRINTED_PAGE: "打印指南时", "While a guide is printed";
    CARD_EXPIRED: "证件过期", "The card has expired";
    NOTHING: "查询没有结果：{why}", "A query without an answer: {why}";
    UNKNOWN_PERSON: "查无此人", "number unknown";
    NO_RECORD: "没有记录", "nothing on file";
    NOT_AVAILABLE: "暂时不能查询", "cannot be asked now";
    NOT_PERMITTED: "不能在此查询", "refused";
    WAITING: "等待查询结果", "While the platform is asked";
    KEYS: "评价", "Evaluation";
    REASONS: "评价“{level}”后选择原因", "Reasons after “{level}”";
    FAREWELL: "离开", "Farewell";
}
