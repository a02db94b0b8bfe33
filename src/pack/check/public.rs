//! The two telephones among the eight public fields (八公开).

use super::{Findings, Rule};
use crate::domain::pack::PublicFields;

pub(super) fn check(public: &PublicFields, found: &mut Findings) {
    let phones = [
        ("service_phone", &public.service_phone),
        ("supervision_phone", &public.supervision_phone),
    ];
    for (name, phone) in phones {
        let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
        if digits(&phone.zh) < 5 || digits(&phone.en) < 5 {
            let problem = "has no telephone number; write one of at least five digits";
            found.value(Rule::PhoneMissing, format!("/public/{name}"), problem);
        }
    }
}
