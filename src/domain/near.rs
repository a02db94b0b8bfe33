//! How far other places are from the kiosk, and in which direction: the service circle of 15 minutes
//! on foot in town, of 5 km in the country (`domain.md` §1.0). Straight lines: nobody here knows the
//! streets.

use jiff::civil::Date;

use crate::domain::outlet::{Outlet, Spot};
use crate::domain::pack::Pack;
use crate::say::{self, Lang, Sentence};

/// Metres that somebody walks in a minute.
const PACE: f64 = 75.0;
/// 15分钟服务圈
const CIRCLE_MINUTES: u32 = 15;
/// 5公里服务圈, in metres.
const CIRCLE_METRES: f64 = 5000.0;
/// Nearer than this nobody needs a direction, in metres.
const HERE: f64 = 50.0;
/// Beyond this a walk is told in kilometres in town, too.
const LONGEST_WALK: u32 = 60;
/// Mean radius of the earth in metres.
const EARTH: f64 = 6_371_008.8;

/// From one place to another as the crow flies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Way {
    /// Metres to the east; to the west below 0.
    pub east: f64,
    /// Metres to the north; to the south below 0.
    pub north: f64,
}

/// One of eight directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wind {
    North,
    NorthEast,
    East,
    SouthEast,
    South,
    SouthWest,
    West,
    NorthWest,
}

/// An outlet as it lies from the kiosk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Near<'a> {
    /// Its place in the pack.
    pub place: usize,
    pub outlet: &'a Outlet,
    /// `None` where the pack does not say where one of the two is.
    pub way: Option<Way>,
}

impl Spot {
    /// The way to another place, on the plane that touches the earth between them: within a county
    /// no more than a few metres wrong.
    pub fn way_to(self, other: Spot) -> Way {
        let middle = ((self.lat + other.lat) / 2.0).to_radians();
        Way {
            east: (other.lon - self.lon).to_radians() * middle.cos() * EARTH,
            north: (other.lat - self.lat).to_radians() * EARTH,
        }
    }
}

impl Way {
    pub fn metres(self) -> f64 {
        self.east.hypot(self.north)
    }

    /// `None` for what is almost here.
    pub fn wind(self) -> Option<Wind> {
        (self.metres() >= HERE).then(|| {
            // Clockwise from the north.
            let degrees = self.east.atan2(self.north).to_degrees().rem_euclid(360.0);
            Wind::ALL[(degrees / 45.0).round() as usize % Wind::ALL.len()]
        })
    }

    /// Whole minutes on foot, rounded up.
    pub fn minutes(self) -> u32 {
        ((self.metres() / PACE).ceil() as u32).max(1)
    }

    /// Whether it lies in the circle of the kiosk.
    pub fn in_circle(self, rural: bool) -> bool {
        self.metres() <= circle(rural)
    }

    /// `650米`, `1.2公里`, `12公里`: rounded to what a straight line is worth.
    pub fn distance(self, lang: Lang) -> String {
        let tens = (self.metres() / 10.0).round().max(1.0) * 10.0;
        if tens < 1000.0 {
            return say::METRES.fill(lang, &[("metres", &format!("{tens:.0}"))]);
        }
        let km = self.metres() / 1000.0;
        let tenths = (km * 10.0).round() / 10.0;
        let whole = tenths >= 10.0 || tenths.fract() == 0.0;
        let km = if whole { format!("{:.0}", km.round()) } else { format!("{tenths:.1}") };
        say::KILOMETRES.fill(lang, &[("km", &km)])
    }

    /// How far, for a list: `步行约9分钟` in town, `直线2.3公里` in the country.
    pub fn how_far(self, rural: bool, lang: Lang) -> String {
        let minutes = self.minutes();
        if rural || minutes > LONGEST_WALK {
            say::AS_THE_CROW_FLIES.fill(lang, &[("distance", &self.distance(lang))])
        } else {
            say::ON_FOOT.fill(lang, &[("minutes", &minutes.to_string())])
        }
    }

    /// Direction and distance in words: `东北方向约650米（直线距离），步行约9分钟`.
    pub fn words(self, rural: bool, lang: Lang) -> String {
        let Some(wind) = self.wind() else { return say::ALMOST_HERE.text(lang).to_owned() };
        let (wind, distance) = (wind.sentence().text(lang), self.distance(lang));
        let values = [("wind", wind), ("distance", distance.as_str())];
        let minutes = self.minutes();
        if rural || minutes > LONGEST_WALK {
            return say::WAY.fill(lang, &values);
        }
        let minutes = minutes.to_string();
        say::WAY_ON_FOOT.fill(lang, &[&values[..], &[("minutes", &minutes)]].concat())
    }
}

impl Wind {
    const ALL: [Wind; 8] = [
        Wind::North,
        Wind::NorthEast,
        Wind::East,
        Wind::SouthEast,
        Wind::South,
        Wind::SouthWest,
        Wind::West,
        Wind::NorthWest,
    ];

    fn sentence(self) -> Sentence {
        match self {
            Wind::North => say::WIND_NORTH,
            Wind::NorthEast => say::WIND_NORTH_EAST,
            Wind::East => say::WIND_EAST,
            Wind::SouthEast => say::WIND_SOUTH_EAST,
            Wind::South => say::WIND_SOUTH,
            Wind::SouthWest => say::WIND_SOUTH_WEST,
            Wind::West => say::WIND_WEST,
            Wind::NorthWest => say::WIND_NORTH_WEST,
        }
    }
}

/// Radius of the service circle in metres.
pub fn circle(rural: bool) -> f64 {
    if rural { CIRCLE_METRES } else { f64::from(CIRCLE_MINUTES) * PACE }
}

impl Pack {
    /// The outlets that are there on a day, the nearest first; those of which nobody knows where
    /// they are behind them, in the order of the pack.
    pub fn nearest(&self, day: Date) -> Vec<Near<'_>> {
        let here = self.place.at;
        let standing = self.outlets.iter().enumerate().filter(|(_, outlet)| outlet.stands_on(day));
        let near = |(place, outlet)| Near { place, outlet, way: self.way_between(here, outlet) };
        let mut all: Vec<_> = standing.map(near).collect();
        let metres = |near: &Near<'_>| near.way.map_or(f64::INFINITY, Way::metres);
        all.sort_by(|a, b| metres(a).total_cmp(&metres(b)));
        all
    }

    /// The same of those with people (人工网点).
    pub fn staffed(&self, day: Date) -> impl Iterator<Item = &Outlet> {
        self.nearest(day).into_iter().map(|near| near.outlet).filter(|outlet| outlet.staffed)
    }

    /// The way from the kiosk to an outlet, where the pack says where both are.
    pub fn way_to(&self, outlet: &Outlet) -> Option<Way> {
        self.way_between(self.place.at, outlet)
    }

    fn way_between(&self, here: Option<Spot>, outlet: &Outlet) -> Option<Way> {
        Some(here?.way_to(outlet.at?))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn way(east: f64, north: f64) -> Way {
        Way { east, north }
    }

    #[test]
    fn a_degree_is_as_long_as_it_is() {
        let here = Spot { lon: 117.0, lat: 36.0 };
        let north = here.way_to(Spot { lat: 36.01, ..here });
        assert!((north.metres() - 1112.0).abs() < 1.0 && north.wind() == Some(Wind::North));
        let east = here.way_to(Spot { lon: 117.01, ..here });
        assert!((east.metres() - 899.6).abs() < 1.0 && east.wind() == Some(Wind::East));
        let back = Spot { lon: 117.01, ..here }.way_to(here);
        assert_eq!(back.wind(), Some(Wind::West));
    }

    #[test]
    fn every_direction_has_its_name() {
        for (degrees, wind) in (0..).step_by(45).zip(Wind::ALL) {
            for off in [-22.0, 0.0, 22.0] {
                let (east, north) = (f64::from(degrees) + off).to_radians().sin_cos();
                assert_eq!(way(east * 100.0, north * 100.0).wind(), Some(wind), "{degrees}{off:+}");
            }
        }
        assert_eq!(way(30.0, 30.0).wind(), None);
    }

    #[test]
    fn how_far_is_told_as_one_walks_in_town_and_as_the_crow_flies_in_the_country() {
        for (metres, minutes, distance, town, country) in [
            (3.0, 1, "10米", true, true),
            (75.0, 1, "80米", true, true),
            (75.1, 2, "80米", true, true),
            (654.0, 9, "650米", true, true),
            (996.0, 14, "1公里", true, true),
            (1125.0, 15, "1.1公里", true, true),
            (1125.1, 16, "1.1公里", false, true),
            (5000.0, 67, "5公里", false, true),
            (5000.1, 67, "5公里", false, false),
            (12_340.0, 165, "12公里", false, false),
        ] {
            let way = way(0.0, metres);
            let circle = (way.in_circle(false), way.in_circle(true));
            assert_eq!((way.minutes(), way.distance(Lang::Zh).as_str()), (minutes, distance));
            assert_eq!(circle, (town, country), "{metres}");
        }
        let north_east = way(460.0, 462.0);
        let words = north_east.words(false, Lang::Zh);
        assert_eq!(words, "东北方向约650米（直线距离），步行约9分钟");
        assert_eq!(north_east.words(true, Lang::Zh), "东北方向约650米（直线距离）");
        assert_eq!(way(0.0, 9000.0).words(false, Lang::Zh), "正北方向约9公里（直线距离）");
        assert!(!way(9.0, 0.0).words(false, Lang::Zh).contains("方向"));
        assert!(!way(0.0, 9000.0).how_far(false, Lang::Zh).contains("步行"));
    }

    #[test]
    fn the_nearest_stands_first_and_what_has_no_place_last_as_the_pack_has_it() {
        let mut pack = crate::slip::samples::pack();
        let day = date(2026, 11, 22);
        let outlet = |name: &str, lat: Option<f64>| {
            let mut outlet = pack.outlets[0].clone();
            outlet.name.zh = name.to_owned();
            outlet.at = lat.map(|lat| Spot { lon: 117.0, lat });
            outlet
        };
        let outlets = vec![
            outlet("无坐标甲", None),
            outlet("远", Some(36.02)),
            outlet("无坐标乙", None),
            outlet("近", Some(36.001)),
            Outlet { until: Some(date(2026, 11, 21)), ..outlet("已撤", Some(36.0)) },
            Outlet { from: Some(date(2026, 11, 23)), ..outlet("未开", Some(36.0)) },
            Outlet { staffed: false, until: Some(day), ..outlet("无人", Some(36.0)) },
        ];
        pack.outlets = outlets;
        let names = |pack: &Pack, day| {
            let all = pack.nearest(day).into_iter();
            all.map(|near| near.outlet.name.zh.clone()).collect::<Vec<_>>()
        };
        let in_order = ["无坐标甲", "远", "无坐标乙", "近", "无人"];
        assert_eq!(names(&pack, day), in_order, "nobody knows where the kiosk is");
        pack.place.at = Some(Spot { lon: 117.0, lat: 36.0 });
        assert_eq!(names(&pack, day), ["无人", "近", "远", "无坐标甲", "无坐标乙"]);
        assert_eq!(names(&pack, date(2026, 11, 23))[0], "未开", "one opens, and one is gone");
        assert_eq!(names(&pack, date(2026, 11, 23)).len(), 5);
        assert_eq!(pack.nearest(day)[1].place, 3);
        assert!(pack.staffed(day).all(|outlet| outlet.staffed));
    }
}
