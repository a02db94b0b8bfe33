//! What the simulated platform says when it does not do what it was asked (RFC 9457).

use std::time::{Duration, SystemTime};

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::RetryAfter;
use crate::contract::{Problem, codes};
use crate::domain::fact::Private;

pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: &'static str,
    /// For the citizen; without them a sample.
    pub(super) words: Option<String>,
    pub(super) retry_after: RetryAfter,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Refusal { status, code, words, retry_after } = self;
        let sample = match code {
            codes::KEY_REUSED | codes::NUMBER_TAKEN => {
                "样例：这个编号已经登记过另一件，请联系 12333。"
            }
            codes::ALREADY_EVALUATED => "样例：该办件已评价，无需重复评价。",
            codes::REASON_REQUIRED => "样例：请至少选择一项原因。",
            codes::APPLICATION_UNKNOWN => "样例：没有这个办件。",
            codes::UNKNOWN => "样例：没有找到。",
            codes::CURSOR_EXPIRED | codes::DIGEST_MISMATCH => "样例：请重新发送。",
            SIMULATED => "样例：系统暂时不能办理。",
            _ => "样例：填写的内容不符合要求，请到服务窗口办理。",
        };
        let body = Problem {
            kind: "about:blank".to_owned(),
            title: code.replace('_', " "),
            status,
            detail: Private::new(words.unwrap_or_else(|| sample.to_owned())),
            code: code.to_owned(),
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut answer = (status, axum::Json(body)).into_response();
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        let pause = match retry_after {
            RetryAfter::Missing => None,
            RetryAfter::Seconds(seconds) => Some(seconds.to_string()),
            RetryAfter::Date(seconds) => {
                let until = SystemTime::now() + Duration::from_secs(seconds.into());
                Some(httpdate::fmt_http_date(until))
            }
        };
        if let Some(pause) = pause.and_then(|text| HeaderValue::from_str(&text).ok()) {
            headers.insert(header::RETRY_AFTER, pause);
        }
        answer
    }
}

/// Code of a failure that was ordered, not found.
pub(super) const SIMULATED: &str = "simulated_failure";
