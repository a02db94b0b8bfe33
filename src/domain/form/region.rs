//! The regions of a pack (`regions.toml`), by their codes of GB/T 2260: two digits for the province,
//! two for the city, two for the county.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::domain::limits;
use crate::domain::pack::Bilingual;

/// Most regions of a pack: the whole country has some 3,200 down to the county.
const MOST_REGIONS: usize = 4000;

/// `regions.toml`: the regions that a citizen can choose from, in the order in which they are shown.
///
/// ```toml
/// [[regions]]
/// code = "370200"
/// name = { zh = "青岛市", en = "Qingdao" }
///
/// [[regions]]
/// code = "370202"
/// name = { zh = "市南区", en = "Shinan District" }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegionList {
    #[schemars(length(min = 1, max = MOST_REGIONS))]
    pub regions: Vec<Region>,
}

/// The regions of a pack, to be chosen from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Regions {
    /// In the order of the file.
    listed: Vec<Region>,
    /// Places in `listed` in the order of their codes: some lists have thousands.
    by_code: Vec<usize>,
}

/// One region. It lies within the nearest listed one that its code begins with, such as 370200 or
/// 370000 of 370202; where none is listed it stands by itself, such as 419001 without 410000.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Region {
    #[schemars(with = "limits::Region")]
    pub code: String,
    #[schemars(with = "limits::Label")]
    pub name: Bilingual,
}

/// How fine a region is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RegionLevel {
    /// 省级
    Province,
    /// 地级
    City,
    /// 县级
    #[default]
    County,
}

impl Region {
    pub fn level(&self) -> RegionLevel {
        match self.code.as_str().trim_end_matches("00").len() {
            0..=2 => RegionLevel::Province,
            3 | 4 => RegionLevel::City,
            _ => RegionLevel::County,
        }
    }
}

impl From<RegionList> for Regions {
    fn from(list: RegionList) -> Regions {
        let listed = list.regions;
        let mut by_code: Vec<usize> = (0..listed.len()).collect();
        by_code.sort_by(|a, b| listed[*a].code.cmp(&listed[*b].code));
        Regions { listed, by_code }
    }
}

impl Regions {
    pub fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    pub fn find(&self, code: &str) -> Option<&Region> {
        let place = self.by_code.binary_search_by(|at| self.listed[*at].code.as_str().cmp(code));
        Some(&self.listed[*self.by_code.get(place.ok()?)?])
    }

    /// What a region lies within.
    pub fn parent(&self, region: &Region) -> Option<&Region> {
        let code = region.code.as_str();
        [4, 2].into_iter().find_map(|digits| {
            let outer = format!("{}{}", code.get(..digits)?, &"0000"[digits - 2..]);
            self.find(&outer).filter(|outer| outer.code != code)
        })
    }

    /// What lies directly within a region; without one, what lies within none.
    pub fn within<'a>(&'a self, outer: Option<&'a str>) -> impl Iterator<Item = &'a Region> {
        self.listed
            .iter()
            .filter(move |region| self.parent(region).map(|parent| parent.code.as_str()) == outer)
    }

    /// Whether a chosen region is an answer: it is as fine as asked for, or the list goes no further.
    pub fn is_final(&self, code: &str, level: RegionLevel) -> bool {
        let Some(region) = self.find(code) else { return false };
        region.level() >= level || self.within(Some(code)).next().is_none()
    }

    /// From what a question begins with down to a region: the steps by which it is chosen. Empty where
    /// it does not lie within `under`.
    pub fn path<'a>(&'a self, code: &str, under: Option<&str>) -> Vec<&'a Region> {
        let mut path = Vec::new();
        let mut at = self.find(code);
        while let Some(region) = at.filter(|region| Some(region.code.as_str()) != under) {
            path.insert(0, region);
            at = self.parent(region);
        }
        // Whoever came to the top did not come by `under`.
        if under.is_some() && at.is_none() { Vec::new() } else { path }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regions(codes: &[&str]) -> Regions {
        let name = Bilingual { zh: "样例".into(), en: "sample".into() };
        let of = |code: &&str| Region { code: (*code).to_owned(), name: name.clone() };
        RegionList { regions: codes.iter().map(of).collect() }.into()
    }

    fn codes<'a>(regions: impl IntoIterator<Item = &'a Region>) -> Vec<&'a str> {
        regions.into_iter().map(|region| region.code.as_str()).collect()
    }

    #[test]
    fn a_region_lies_within_the_nearest_that_is_listed() {
        let all = regions(&[
            "370000", "370200", "370202", "370215", "370100", "419001", "110000", "110101",
            "441900",
        ]);
        assert_eq!(codes(all.within(None)), ["370000", "419001", "110000", "441900"]);
        assert_eq!(codes(all.within(Some("370000"))), ["370200", "370100"]);
        assert_eq!(codes(all.within(Some("370200"))), ["370202", "370215"]);
        assert_eq!(codes(all.within(Some("110000"))), ["110101"], "no city between");
        assert_eq!(codes(all.path("370202", None)), ["370000", "370200", "370202"]);
        assert_eq!(codes(all.path("370202", Some("370200"))), ["370202"]);
        assert_eq!(codes(all.path("110101", Some("370200"))), [""; 0]);
        assert_eq!(codes(all.path("370200", Some("370200"))), [""; 0], "the outer is no answer");
        assert_eq!(codes(all.path("999999", None)), [""; 0]);
    }

    #[test]
    fn a_choice_ends_where_it_is_fine_enough_or_goes_no_further() {
        let all = regions(&["370000", "370200", "370202", "370100", "441900"]);
        for (code, level, ends) in [
            ("370000", RegionLevel::County, false),
            ("370000", RegionLevel::Province, true),
            ("370200", RegionLevel::City, true),
            ("370200", RegionLevel::County, false),
            ("370202", RegionLevel::City, true),
            ("441900", RegionLevel::County, true),
            ("370100", RegionLevel::County, true),
            ("000000", RegionLevel::Province, false),
        ] {
            assert_eq!(all.is_final(code, level), ends, "{code} {level:?}");
        }
    }
}
