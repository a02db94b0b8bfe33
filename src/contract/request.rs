//! A request to people (预约、上门、代办、回电), as an application carries it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::outlet::TimeOfDay;
use crate::domain::request::{Request, Requested};
use crate::domain::window::{Half, TimeWindow};

/// What is asked of people, when, and whether it goes first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ServiceRequest {
    #[cfg_attr(test, schema(value_type = super::document::RequestKind))]
    pub kind: Requested,
    /// 绿色通道: of somebody who is old or can hardly get about. First in every inbox: whoever takes
    /// requests on sees to these before all others.
    pub priority: bool,
    pub window: Window,
}

/// When somebody shall come or call, in China's time. A half day without a date is the next working
/// day: the kiosk's clock was not known to be right, or it knows no opening.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Window {
    pub part: DayPart,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = jiff::civil::Date, nullable = false))]
    pub date: Option<Date>,
    /// `09:00`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = String, nullable = false,
        pattern = "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"))]
    pub from: Option<TimeOfDay>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = String, nullable = false,
        pattern = "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"))]
    pub to: Option<TimeOfDay>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DayPart {
    /// 随时; has no date.
    AnyTime,
    Morning,
    Afternoon,
}

impl From<Request> for ServiceRequest {
    fn from(request: Request) -> ServiceRequest {
        // Whether they can be called stands among the answers.
        let Request { of: kind, window, priority, by_phone: _ } = request;
        ServiceRequest { kind, priority, window: window.into() }
    }
}

impl From<TimeWindow> for Window {
    fn from(window: TimeWindow) -> Window {
        let part = |half| match half {
            Half::Morning => DayPart::Morning,
            Half::Afternoon => DayPart::Afternoon,
        };
        let undated = |part| Window { part, date: None, from: None, to: None };
        match window {
            TimeWindow::AnyTime => undated(DayPart::AnyTime),
            TimeWindow::NextWorkingDay { half } => undated(part(half)),
            TimeWindow::On { day, half, from, to, .. } => {
                Window { part: part(half), date: Some(day), from: Some(from), to: Some(to) }
            }
        }
    }
}
