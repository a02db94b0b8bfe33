//! What people count as one character, and what they read as one word.

/// Marks that combine with the character before them: combining marks, variation selectors (of Han
/// variants too) and joiners. They take no room of their own.
pub fn combines(c: char) -> bool {
    matches!(
        c,
        '\u{0300}'..='\u{036F}'
            | '\u{1AB0}'..='\u{1AFF}'
            | '\u{1DC0}'..='\u{1DFF}'
            | '\u{200C}'..='\u{200D}'
            | '\u{20D0}'..='\u{20FF}'
            | '\u{302A}'..='\u{302F}'
            | '\u{3099}'..='\u{309A}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FE20}'..='\u{FE2F}'
            | '\u{E0100}'..='\u{E01EF}'
    )
}

/// Splits a text into what people count as characters: each with the marks that combine with it.
/// A mark without a character before it stands for one.
pub fn characters(text: &str) -> Vec<&str> {
    let mut starts: Vec<usize> = Vec::new();
    for (at, c) in text.char_indices() {
        if starts.is_empty() || !combines(c) {
            starts.push(at);
        }
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(start, end)| &text[*start..end]).collect()
}

/// Words of the field and of everyday speech: no line of the screen and no title of a slip is broken
/// inside of one where another break is as good. Running text of a slip is set as print sets it.
#[rustfmt::skip]
pub const WORDS: [&str; 150] = [
    "就业", "失业", "创业", "登记", "参保", "社保", "社会", "保险", "社会保险", "保障", "待遇",
    "养老", "工伤", "医疗", "缴费", "资格", "认证", "人社", "身份证", "证件", "居住证", "证明",
    "凭证", "凭条", "回执", "告知", "承诺", "材料", "打印", "补打", "补正", "退回", "网点", "窗口",
    "人工", "人员", "工作人员", "工作日", "办理", "办件", "办结", "办事", "受理", "收件", "收到",
    "提交", "申请", "审核", "查询", "咨询", "询问", "求助", "帮助", "评价", "满意", "平台", "网络",
    "联网", "读卡器", "读卡区", "屏幕", "按键", "设备", "本机", "本人", "手机", "电话", "热线",
    "拨打", "号码", "编号", "地址", "指南", "样例", "演示", "服务", "事项", "时间", "分钟", "小时",
    "期限", "结果", "原因", "信息", "数据", "内容", "状态", "进度", "说明", "条件", "年龄", "费用",
    "收费", "依据", "法律", "效力", "规定", "政策", "提示", "确认", "同意", "返回", "继续", "输入",
    "修改", "选择", "重新", "稍后", "马上", "正在", "已经", "没有", "不能", "可以", "需要", "这里",
    "那里", "哪里", "暂时", "暂停", "恢复", "自动", "开放", "有效", "过期", "到期", "个人", "单位",
    "关系", "合同", "灵活", "技能", "培训", "使用", "保存", "保留", "留存", "删除", "取走", "拿起",
    "放好", "重试", "再试", "安全", "隐私", "打开", "关闭", "联系", "核对", "照常",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_keeps_its_marks() {
        assert_eq!(characters("e\u{301}葛\u{e0100}𠮷"), ["e\u{301}", "葛\u{e0100}", "𠮷"]);
        assert_eq!(characters("\u{301}a"), ["\u{301}", "a"]);
        assert!(characters("").is_empty());
    }
}
