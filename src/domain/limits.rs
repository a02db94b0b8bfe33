//! How long the texts of a site pack may be, as schemas: fields name one of these with
//! `#[schemars(with = "limits::Label")]`. Lengths are in characters. Each schema says under
//! `x-needed` what is needed, for whoever reads a fault.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident: zh $zh:literal, en $en:literal $(, $plain:ident)?;)*) => {$(
        $(#[$doc])*
        pub enum $name {}

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                concat!("Bilingual", stringify!($name)).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                bilingual($zh, $en, [$(Texts::$plain)?].first())
            }
        }
    )*};
}

texts! {
    /// Where there is little room: a badge, a bar.
    Short: zh 12, en 24;
    /// On a button, a chip, a heading.
    Label: zh 30, en 90;
    /// A sentence under a heading.
    Summary: zh 40, en 120;
    /// In plain words what something long comes to (`domain.md` §1.0).
    Plain: zh 100, en 300;
    /// A paragraph.
    Text: zh 200, en 600;
    /// A greeting in large letters, with nothing to be filled in.
    Greeting: zh 16, en 40, Said;
    /// What somebody should do, with nothing to be filled in.
    Advice: zh 40, en 120, Said;
}

/// What is special about a text.
enum Texts {
    /// It is said as it stands: who writes `{hotline}` expects that it is filled in.
    Said,
}

macro_rules! strings {
    ($($(#[$doc:meta])* $name:ident: $pattern:literal, $example:literal, $needed:literal;)*) => {$(
        $(#[$doc])*
        pub enum $name {}

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "type": "string",
                    "pattern": $pattern,
                    "examples": [$example],
                    "description": $needed,
                    "x-needed": $needed,
                })
            }
        }
    )*};
}

strings! {
    /// A telephone number as it is printed.
    Telephone: "^[0-9](?:[ -]?[0-9]){4,14}$", "12333",
        "5 to 15 digits, with - or a space between them, are needed";
    /// A name that the store and the contract carry.
    Name: "^[a-z][a-z0-9_]{0,39}$", "a_name",
        "at most 40 lower-case letters, digits and _, a letter first, are needed";
    /// A folder beside the one in which it is named.
    Beside: "^\\.\\./[a-z0-9][a-z0-9-]{0,39}$", "../national",
        "../ and the name of the folder beside this one, of lower-case letters, digits and -, is needed";
    /// Version of a pack or of a set of tags.
    Version: "^[!-~]{1,40}$", "2026.11",
        "1 to 40 letters, digits and signs without a space are needed";
    /// A region of GB/T 2260.
    Region: "^[0-9]{6}$", "370200",
        "six digits of GB/T 2260 are needed";
    /// An address on the web.
    WebUrl: "^https://[!-z|~]{1,180}$", "https://hrss.example",
        "a web address that begins with https:// and is short enough for a small QR code is needed";
    /// An address on the web with a place for the query token.
    QueryUrl: "^https://[!-z|~]{1,120}\\{query_token\\}[!-z|~]{0,60}$", "https://hrss.example/{query_token}",
        "a web address that begins with https:// and has {query_token} once is needed, short \
         enough for a small QR code; the {case_number} of older packs can be guessed";
    /// An address on the web with a place for a verification code.
    VerificationUrl: "^https://[!-z|~]{1,120}\\{verification_code\\}[!-z|~]{0,60}$",
        "https://hrss.example/verify/{verification_code}",
        "a web address that begins with https:// and has {verification_code} once is needed, short \
         enough for a small QR code";
}

fn bilingual(zh: u32, en: u32, special: Option<&Texts>) -> Schema {
    let (pattern, without) = match special {
        None => ("\\S", ""),
        Some(Texts::Said) => ("^[^{}]*[^{}\\s][^{}]*$", " without { and }"),
    };
    let text = |most: u32, language: &str| {
        let needed = format!("a text in {language} of 1 to {most} characters{without} is needed");
        json_schema!({
            "type": "string",
            "minLength": 1,
            "maxLength": most,
            "pattern": pattern,
            "examples": ["一"],
            "x-needed": needed,
        })
    };
    json_schema!({
        "type": "object",
        "description": "A text in Chinese and in English.",
        "properties": { "zh": text(zh, "Chinese"), "en": text(en, "English") },
        "required": ["zh", "en"],
        "additionalProperties": false,
    })
}
