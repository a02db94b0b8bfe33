//! Evaluation of a service (好差评): five levels, and reasons that come from the site pack
//! (`domain.md` §4). Nothing is recorded without a press (promise P6).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The five levels, as the keys lie from left to right.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// 非常满意
    VerySatisfied,
    /// 满意
    Satisfied,
    /// 基本满意
    FairlySatisfied,
    /// 不满意
    Dissatisfied,
    /// 非常不满意
    VeryDissatisfied,
}

impl Level {
    /// From left to right on the panel.
    pub const ALL: [Level; 5] = [
        Level::VerySatisfied,
        Level::Satisfied,
        Level::FairlySatisfied,
        Level::Dissatisfied,
        Level::VeryDissatisfied,
    ];

    /// `satisfaction` of the national evaluation interface: 5 is best.
    pub fn national_code(self) -> u8 {
        5 - self as u8
    }

    /// Code of GB/T 39046-2020 table A.8: 1 is best, the mirror image of the national one.
    pub fn gbt39046_code(self) -> u8 {
        1 + self as u8
    }

    /// A bad evaluation (差评) needs at least one reason.
    pub fn is_bad(self) -> bool {
        self >= Level::Dissatisfied
    }
}

/// Whether an evaluation may be sent. The national interface takes a bad one only with a reason;
/// one without stays on the kiosk, for following up.
pub fn sendable(level: Level, tags: &[u16]) -> bool {
    !level.is_bad() || !tags.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_evaluation_without_a_reason_is_not_sent() {
        for level in Level::ALL {
            assert!(sendable(level, &[412]), "{level:?}");
            assert_eq!(sendable(level, &[]), !level.is_bad(), "{level:?}");
        }
    }

    #[test]
    fn the_two_codings_are_mirror_images() {
        for level in Level::ALL {
            assert_eq!(level.national_code() + level.gbt39046_code(), 6);
        }
        assert_eq!(Level::VerySatisfied.national_code(), 5);
        assert_eq!(Level::VeryDissatisfied.gbt39046_code(), 5);
    }

    #[test]
    fn bad_means_the_two_right_keys() {
        let bad: Vec<_> = Level::ALL.into_iter().filter(|l| l.is_bad()).collect();
        assert_eq!(bad, [Level::Dissatisfied, Level::VeryDissatisfied]);
    }
}
