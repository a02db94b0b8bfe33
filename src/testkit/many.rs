//! A pack with as many items as a city has, for the pages on which one of them is found. The names are
//! those that such lists commonly have; everything else is the sample pack's.

use std::sync::Arc;

use super::packs;
use crate::domain::pack::{Area, Bilingual, Handoff, Item, ItemKind, Pack};

use Area::{Employment as E, LabourRelations as L, Skills as K, SocialInsurance as S};

#[rustfmt::skip]
const NAMES: [(Area, &str, &str); 67] = [
    (E, "就业登记", "Employment registration"),
    (E, "就业失业登记证明打印", "Employment and unemployment certificate"),
    (E, "求职登记", "Job seeker registration"),
    (E, "招聘信息查询", "Vacancies"),
    (E, "职业介绍", "Job placement"),
    (E, "职业指导", "Career guidance"),
    (E, "就业困难人员认定", "Recognition of persons in difficulty finding work"),
    (E, "就业困难人员社会保险补贴申领", "Social insurance subsidy for persons in difficulty finding work"),
    (E, "高校毕业生社会保险补贴申领", "Social insurance subsidy for graduates"),
    (E, "求职创业补贴申领", "Job search subsidy for graduates"),
    (E, "一次性创业补贴申领", "One-off start-up subsidy"),
    (E, "创业担保贷款申请", "Guaranteed start-up loan"),
    (E, "创业开业指导", "Advice on starting a business"),
    (E, "公益性岗位补贴申领", "Subsidy for public-interest posts"),
    (E, "就业见习补贴申领", "Traineeship subsidy"),
    (E, "高校毕业生档案查询", "Graduates' personal files"),
    (E, "流动人员人事档案转递", "Transfer of a personal file"),
    (E, "跨地区就业服务咨询", "Work in another region"),
    (S, "社会保险个人缴费记录查询", "Contribution record"),
    (S, "个人账户查询", "Personal account"),
    (S, "养老金发放查询", "Pension payments"),
    (S, "养老待遇测算", "Pension estimate"),
    (S, "领取社会保险待遇资格认证", "Proof of life for social insurance benefits"),
    (S, "城镇职工基本养老保险关系转移接续", "Transfer of employees' pension insurance"),
    (S, "城乡居民基本养老保险参保登记", "Residents' pension insurance: registration"),
    (S, "城乡居民基本养老保险待遇申领", "Residents' pension insurance: benefits"),
    (S, "城乡居民养老保险注销登记", "Residents' pension insurance: deregistration"),
    (S, "灵活就业人员参保登记", "Insurance of flexible workers"),
    (S, "职工参保登记", "Insurance of employees"),
    (S, "单位参保证明查询打印", "Insurance certificate of an employer"),
    (S, "个人权益记录查询打印", "Statement of personal rights"),
    (S, "社会保险费缴纳", "Paying contributions"),
    (S, "失业保险金申领", "Unemployment benefit"),
    (S, "失业补助金申领", "Unemployment allowance"),
    (S, "失业保险关系转移接续", "Transfer of unemployment insurance"),
    (S, "技能提升补贴申领", "Skills subsidy from unemployment insurance"),
    (S, "稳岗返还申领", "Refund for keeping jobs"),
    (S, "工伤认定申请", "Recognition of a work injury"),
    (S, "工伤医疗费用申报", "Medical costs of a work injury"),
    (S, "工伤保险待遇申领", "Work injury benefits"),
    (S, "劳动能力鉴定申请", "Assessment of capacity for work"),
    (S, "丧葬补助金和抚恤金申领", "Funeral grant and survivors' benefit"),
    (S, "个人账户一次性待遇申领", "Personal account: lump sum"),
    (S, "社会保障卡申领", "Applying for a social security card"),
    (S, "社会保障卡状态查询", "State of a social security card"),
    (S, "社会保障卡挂失与解挂", "Blocking and unblocking a social security card"),
    (S, "社会保障卡密码修改与重置", "PIN of a social security card"),
    (S, "社会保障卡银行账户变更", "Bank account of a social security card"),
    (S, "社会保障卡补领换领", "Replacing a social security card"),
    (S, "电子社保卡签发", "Electronic social security card"),
    (S, "个人基本信息变更", "Change of personal details"),
    (S, "企业职工退休申请", "Retirement of employees"),
    (K, "职业技能等级证书查询", "Vocational skills certificates"),
    (K, "职业资格证书查询", "Vocational qualifications"),
    (K, "职业技能培训报名", "Vocational training"),
    (K, "职业培训补贴申领", "Training subsidy"),
    (K, "技能鉴定补贴申领", "Subsidy for skills assessment"),
    (K, "专业技术人员资格考试报名", "Examinations for professional titles"),
    (K, "职称证书查询", "Professional titles"),
    (K, "继续教育学时登记", "Continuing education"),
    (K, "高技能人才认定", "Recognition of highly skilled workers"),
    (L, "劳动合同示范文本打印", "Model labour contracts"),
    (L, "劳动用工备案", "Registration of labour contracts"),
    (L, "劳动人事争议仲裁申请", "Labour arbitration"),
    (L, "劳动人事争议调解申请", "Mediation of labour disputes"),
    (L, "劳动保障监察投诉", "Complaints to labour inspection"),
    (L, "农民工工资支付投诉", "Unpaid wages of migrant workers"),
];

/// 70 items: the three of the sample pack and many others of all four areas and every handling, with
/// the numbers 10 to 700.
pub fn pack() -> Arc<Pack> {
    let mut pack = (*packs::sample()).clone();
    let like = pack.items.clone();
    for (place, (area, zh, en)) in NAMES.into_iter().enumerate() {
        pack.items.push(item(&like[place % 3], place, area, (zh, en)));
    }
    for (place, item) in pack.items.iter_mut().enumerate() {
        item.number = 10 * (place as u32 + 1);
    }
    Arc::new(pack)
}

fn item(like: &Item, place: usize, area: Area, (zh, en): (&str, &str)) -> Item {
    let mut item = like.clone();
    item.id = format!("item_{place}").parse().expect("an id");
    item.area = area;
    item.name = Bilingual { zh: zh.to_owned(), en: en.to_owned() };
    item.summary = Bilingual {
        zh: format!("{zh}的样例说明：适合谁，需要什么。"),
        en: format!("A sample of what “{en}” is good for."),
    };
    item.short_name = None;
    if place.is_multiple_of(4) && item.kind.is_application() {
        item.kind = ItemKind::Promised;
        item.promise = Some("5wd".parse().expect("a limit"));
    } else if place.is_multiple_of(7) {
        item.kind = ItemKind::Handoff;
        item.questions.clear();
        let to = Bilingual {
            zh: "示例市税务局（样例）".into(),
            en: "Example City Tax Service".into(),
        };
        item.handoff = Some(Handoff { to, url: None });
    }
    item
}
