//! How something is meant: its tone and its drawing. Colours and sizes are the screen's.

/// What a part of a page wants to be taken for; always with an icon and a word beside the colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tone {
    #[default]
    Plain,
    Info,
    Good,
    Care,
    Stop,
}

/// A drawing of the one icon family: lines of 2 units with round ends on a grid of 24 units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Drawing {
    Card,
    Reader,
    Printer,
    Slip,
    Clock,
    Phone,
    Check,
    Warning,
    Stop,
    NetworkOff,
    Person,
    People,
    Work,
    Shield,
    Skill,
    Scales,
    Search,
    Map,
    Hourglass,
    Eye,
    Document,
    Elder,
    House,
    Again,
    Pen,
    Door,
    Back,
    Forward,
    Up,
    Down,
    Undo,
    Erase,
    Megaphone,
    Bank,
    Letter,
    Shop,
}

impl Drawing {
    /// The drawing of a tone, where nothing more special says it.
    pub fn of(tone: Tone) -> Drawing {
        match tone {
            Tone::Plain => Drawing::Document,
            Tone::Info => Drawing::Hourglass,
            Tone::Good => Drawing::Check,
            Tone::Care => Drawing::Warning,
            Tone::Stop => Drawing::Stop,
        }
    }

    /// Its lines as the commands of an SVG path.
    pub fn strokes(self) -> &'static str {
        match self {
            Drawing::Card => {
                "M5 5 H19 A2 2 0 0 1 21 7 V17 A2 2 0 0 1 19 19 H5 A2 2 0 0 1 3 17 V7 A2 2 0 0 \
                 1 5 5 Z M6.5 9.5 H11.5 M6.5 14.5 H10 M14.5 9.5 H17.5 V14.5 H14.5 Z"
            }
            Drawing::Reader => {
                "M4 15 H20 V20 H4 Z M7.5 11.5 A6 6 0 0 1 16.5 11.5 M5 8 A9.5 9.5 0 0 1 19 8"
            }
            Drawing::Printer => {
                "M7 9 V3.5 H17 V9 M7 17 H5 A2 2 0 0 1 3 15 V11 A2 2 0 0 1 5 9 H19 A2 2 0 0 1 \
                 21 11 V15 A2 2 0 0 1 19 17 H17 M7 14 H17 V20.5 H7 Z"
            }
            Drawing::Slip => {
                "M6 3.5 H18 V20.5 L15 18.5 L12 20.5 L9 18.5 L6 20.5 Z M9.5 8 H14.5 M9.5 12.5 \
                 H14.5"
            }
            Drawing::Clock => "M12 3 A9 9 0 1 0 12.01 3 Z M12 7 V12 L15.5 14",
            Drawing::Phone => {
                "M6.5 3.5 H9.5 L11 8 L8.8 9.6 A12 12 0 0 0 14.4 15.2 L16 13 L20.5 14.5 V17.5 \
                 A2 2 0 0 1 18.5 19.5 A14 14 0 0 1 4.5 5.5 A2 2 0 0 1 6.5 3.5 Z"
            }
            Drawing::Check => "M12 3 A9 9 0 1 0 12.01 3 Z M7.8 12.3 L10.8 15.3 L16.2 9.2",
            Drawing::Warning => "M12 3.5 L21.5 20 H2.5 Z M12 10 V14.2 M12 17 V17.01",
            Drawing::Stop => "M12 3 A9 9 0 1 0 12.01 3 Z M12 7.5 V13 M12 16.4 V16.41",
            Drawing::NetworkOff => {
                "M3.5 3.5 L20.5 20.5 M8.6 15.6 A5 5 0 0 1 13.4 14.2 M5.4 12.2 A10 10 0 0 1 \
                 9.8 9.8 M2.5 8.6 A14.5 14.5 0 0 1 6.8 6 M12 19.5 V19.51 M11 4.9 A14.5 14.5 0 \
                 0 1 21.5 8.6 M14.8 9.8 A10 10 0 0 1 18.6 12.2"
            }
            Drawing::Person => "M12 3.5 A4 4 0 1 0 12.01 3.5 Z M4.5 20.5 A7.5 7 0 0 1 19.5 20.5",
            Drawing::People => {
                "M9 4.5 A3.5 3.5 0 1 0 9.01 4.5 Z M2.5 19.5 A6.5 6 0 0 1 15.5 19.5 M15.5 5 \
                 A3.2 3.2 0 0 1 16.2 11.2 M17.5 14 A6 6 0 0 1 21.5 19.5"
            }
            Drawing::Work => {
                "M5 8 H19 A2 2 0 0 1 21 10 V18 A2 2 0 0 1 19 20 H5 A2 2 0 0 1 3 18 V10 A2 2 0 \
                 0 1 5 8 Z M9 8 V6 A2 2 0 0 1 11 4 H13 A2 2 0 0 1 15 6 V8 M3 13.5 H21"
            }
            Drawing::Shield => {
                "M12 3 L19.5 6 V11.5 C19.5 16 16.5 19.3 12 21 C7.5 19.3 4.5 16 4.5 11.5 V6 Z \
                 M8.5 12 L11 14.5 L15.5 9.8"
            }
            Drawing::Skill => {
                "M12 5 L22 9.5 L12 14 L2 9.5 Z M6.5 12 V16.5 C9 19.1 15 19.1 17.5 16.5 V12"
            }
            Drawing::Scales => {
                "M12 4 V20 M7.5 20 H16.5 M5 7 H19 M5 7 L2.3 13.5 A2.9 2.9 0 0 0 7.7 13.5 Z \
                 M19 7 L16.3 13.5 A2.9 2.9 0 0 0 21.7 13.5 Z"
            }
            Drawing::Search => "M10.5 4 A6.5 6.5 0 1 0 10.51 4 Z M15.5 15.5 L20.5 20.5",
            Drawing::Map => {
                "M12 21 C7.5 16 5 13 5 10 A7 7 0 0 1 19 10 C19 13 16.5 16 12 21 Z M12 7.5 \
                 A2.5 2.5 0 1 0 12.01 7.5 Z"
            }
            Drawing::Hourglass => {
                "M6.5 3.5 H17.5 M6.5 20.5 H17.5 M8 3.5 V7 L12 12 L8 17 V20.5 M16 3.5 V7 L12 \
                 12 L16 17 V20.5"
            }
            Drawing::Eye => {
                "M2.5 12 C6.5 4.5 17.5 4.5 21.5 12 C17.5 19.5 6.5 19.5 2.5 12 Z M12 9 A3 3 0 \
                 1 0 12.01 9 Z"
            }
            Drawing::Document => {
                "M6 3.5 H14.5 L18.5 7.5 V20.5 H6 Z M14 3.5 V8 H18.5 M9 12.5 H15 M9 16.5 H15"
            }
            Drawing::Elder => {
                "M5 20.5 V11.5 A2.2 2.2 0 0 1 9.4 11.5 M13 3.5 A2.6 2.6 0 1 0 13.01 3.5 Z \
                 M10.5 20.5 L12 15.5 L11.3 11.8 C12 10.2 15 10.2 15.8 12 L16.5 16 V20.5"
            }
            Drawing::House => "M3.5 11.5 L12 4 L20.5 11.5 M6 9.5 V20 H18 V9.5 M10 20 V14.5 H14 V20",
            Drawing::Again => "M19.5 12 A7.5 7.5 0 1 1 17 6.4 M17.5 2.8 V7 H13.3",
            Drawing::Pen => "M4.5 19.5 L5.5 15 L16 4.5 L19.5 8 L9 18.5 Z M13.5 7 L17 10.5",
            Drawing::Back => "M15 4.5 L7.5 12 L15 19.5",
            Drawing::Forward => "M9 4.5 L16.5 12 L9 19.5",
            Drawing::Up => "M4.5 15.5 L12 8 L19.5 15.5",
            Drawing::Down => "M4.5 8.5 L12 16 L19.5 8.5",
            Drawing::Undo => "M8.5 4.5 L4 9 L8.5 13.5 M4 9 H14.5 A5.5 5.5 0 0 1 14.5 20 H9",
            Drawing::Erase => "M9 5.5 H21 V18.5 H9 L3 12 Z M12.5 9.5 L17 14.5 M17 9.5 L12.5 14.5",
            Drawing::Megaphone => {
                "M4 10 H8 L18 5 V19 L8 14 H4 Z M8 14 L9.5 20 H12 L10.8 15.3 M21 10 V14"
            }
            Drawing::Bank => {
                "M3.5 9.5 L12 4 L20.5 9.5 Z M6 12.5 V17 M10 12.5 V17 M14 12.5 V17 M18 12.5 V17 \
                 M3.5 20 H20.5"
            }
            Drawing::Letter => "M3 6 H21 V18.5 H3 Z M3.5 6.5 L12 13 L20.5 6.5",
            Drawing::Shop => {
                "M5 4 H19 L21 9.5 A3 2.5 0 0 1 15 9.5 A3 2.5 0 0 1 9 9.5 A3 2.5 0 0 1 3 9.5 Z \
                 M5 12.5 V20 H19 V12.5 M10 20 V15.5 H14 V20"
            }
            Drawing::Door => "M13.5 4 H5 V20 H13.5 M10.5 12 H20.5 M16.5 8 L20.5 12 L16.5 16",
        }
    }
}

#[cfg(test)]
mod tests {
    /// Contrast of two colours by WCAG 2, 1 to 21.
    fn contrast(one: &str, other: &str) -> f64 {
        let light = |colour: &str| {
            let part = |at: usize| {
                let byte = u8::from_str_radix(&colour[at..at + 2], 16).unwrap();
                let part = f64::from(byte) / 255.0;
                if part <= 0.03928 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
        };
        let (one, other) = (light(one) + 0.05, light(other) + 0.05);
        one.max(other) / one.min(other)
    }

    /// What a bureau may choose can be read wherever it is used.
    #[test]
    fn p11_every_colour_of_the_house_keeps_its_contrast() {
        let theme = include_str!("../../ui/theme.slint");
        let tints: Vec<&str> = theme.split("day: #").skip(1).collect();
        assert_eq!(tints.len(), 3);
        for tint in tints {
            let tint = format!("day: #{}", tint.split('}').next().unwrap());
            let of = |name: &str| {
                let named = tint.split([',', ' ', '\n']).collect::<Vec<_>>();
                let at = named.iter().position(|word| *word == format!("{name}:")).unwrap();
                named[at + 1].to_owned()
            };
            let (white, ground, sunken) = ("#FFFFFF", "#F6F4EF", "#ECE8DF");
            let (dark, dark_surface, on_dark) = ("#10171D", "#1A242C", "#0B1A24");
            let (soft, night_soft) = (of("soft"), of("night-soft"));
            for (name, on, least) in [
                ("day", white, 4.5),
                ("day", ground, 4.5),
                ("day", sunken, 4.5),
                ("day", &soft, 4.5),
                ("assisted", white, 7.0),
                ("assisted", ground, 7.0),
                ("assisted", &soft, 7.0),
                ("down", white, 7.0),
                ("night", dark, 4.5),
                ("night", dark_surface, 4.5),
                ("night", on_dark, 4.5),
                ("night", &night_soft, 4.5),
                ("night-down", on_dark, 4.5),
                ("sky", white, 4.5),
                ("night-sky", white, 4.5),
                ("far", white, 3.0),
            ] {
                let found = contrast(&of(name), on);
                assert!(found >= least, "{name} on {on}: {found:.2} of {least}: {tint}");
            }
        }
    }
}
