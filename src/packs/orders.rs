//! A technician goes back to an earlier pack, and forward again. Only noted here: the kiosk obeys
//! when nobody is there, or at its next start, and writes it into its journal.

use jiff::civil::Date;

use super::choice::{Situation, choose};
use super::notes::Orders;
use super::{Act, Bar, Candidate, PackId, Packs, What};

/// Acts that are kept until the kiosk has obeyed them.
const MOST_ACTS: usize = 16;
const MOST_BLOCKED: usize = 64;

/// Why an order was not given.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    #[error("no pack of version {version} is here; there are {}", here.join(", "))]
    Unknown { version: String, here: Vec<String> },
    #[error("version {0} is in force")]
    InForce(String),
    #[error("version {version} waits for {from}; it comes in force by itself then")]
    Waits { version: String, from: Date },
    #[error("version {version} cannot be used: {why}")]
    Unusable { version: String, why: String },
    #[error("there is no other pack to go back to; kuaiban pack list says what is here")]
    NothingBefore,
    #[error("nobody went back from a pack")]
    NothingAhead,
    #[error("{0}: {1}")]
    Disk(std::path::PathBuf, std::io::Error),
}

impl Packs {
    /// Goes back: to the pack with this version, or to the one that would be in force without the one
    /// that is. Whatever stands between is not used, nor fetched again; what is newer still comes
    /// in force on its day. `today` where the clock can be trusted.
    ///
    /// # Errors
    /// There is none, or it may not be used.
    pub fn back(&self, to: Option<&str>, today: Option<Date>) -> Result<Act, OrderError> {
        let (candidates, mut orders) = (self.candidates(), self.orders());
        let now = self.chosen(&candidates, &orders, today);
        let now = candidates.iter().find(|candidate| candidate.id == now);
        let today = today.or(now.map(|now| now.due));
        let due = |candidate: &Candidate| today.is_none_or(|today| candidate.due <= today);
        let sample = |candidate: &Candidate| {
            now.is_some_and(Candidate::is_official) && !candidate.is_official()
        };
        let target = match to {
            Some(version) => self.named(version, &candidates, now, due, sample)?,
            None => {
                let others = candidates.iter().filter(|candidate| {
                    Some(*candidate) != now
                        && candidate.bar.is_none()
                        && due(candidate)
                        && !sample(candidate)
                });
                others.max_by_key(|candidate| candidate.rank()).ok_or(OrderError::NothingBefore)?
            }
        };
        orders.blocked.retain(|id| *id != target.id);
        let between = candidates.iter().filter(|candidate| {
            candidate.id != target.id && due(candidate) && candidate.rank() > target.rank()
        });
        for candidate in between.chain(now) {
            if !orders.blocked.contains(&candidate.id) {
                orders.blocked.push(candidate.id.clone());
            }
        }
        let left = now.map_or_else(String::new, |now| now.version.clone());
        self.order(orders, What::Back, left, target)
    }

    /// Takes all of going back back: what is due comes in force again.
    ///
    /// # Errors
    /// Nobody went back.
    pub fn forward(&self, today: Option<Date>) -> Result<Act, OrderError> {
        let (mut candidates, mut orders) = (self.candidates(), self.orders());
        let last = orders.blocked.last().cloned().ok_or(OrderError::NothingAhead)?;
        let now = self.chosen(&candidates, &orders, today);
        orders.blocked.clear();
        for candidate in candidates.iter_mut().filter(|it| it.bar == Some(Bar::Blocked)) {
            candidate.bar = None;
        }
        // Where no clock says what is due, the one that was left last.
        let acts = vec![Act { number: u64::MAX, ..Act::default() }];
        let wish = Orders { acts, to: Some(last), ..Orders::default() };
        let target = self.chosen(&candidates, &wish, today);
        let of = |id: &PackId| candidates.iter().find(|candidate| candidate.id == *id);
        let left = of(&now).map_or_else(String::new, |now| now.version.clone());
        let target = of(&target).ok_or(OrderError::NothingAhead)?;
        self.order(orders, What::Forward, left, target)
    }

    fn named<'c>(
        &self,
        version: &str,
        candidates: &'c [Candidate],
        now: Option<&Candidate>,
        due: impl Fn(&Candidate) -> bool,
        sample: impl Fn(&Candidate) -> bool,
    ) -> Result<&'c Candidate, OrderError> {
        let version = version.to_owned();
        let Some(found) = candidates.iter().find(|candidate| candidate.version == version) else {
            let here = candidates.iter().map(|candidate| candidate.version.clone()).collect();
            return Err(OrderError::Unknown { version, here });
        };
        let why = match &found.bar {
            Some(Bar::Broken(why)) => why.clone(),
            Some(Bar::OtherRegion(region)) => format!("it is for region {region}"),
            Some(Bar::Blocked) | None if sample(found) => {
                "a sample never takes the place of an official pack".to_owned()
            }
            Some(Bar::Blocked) | None if Some(found) == now => {
                return Err(OrderError::InForce(version));
            }
            Some(Bar::Blocked) | None if !due(found) => {
                return Err(OrderError::Waits { version, from: found.from });
            }
            Some(Bar::Blocked) | None => return Ok(found),
        };
        Err(OrderError::Unusable { version, why })
    }

    /// What will be in force by these orders.
    pub(super) fn chosen(
        &self,
        candidates: &[Candidate],
        orders: &Orders,
        today: Option<Date>,
    ) -> PackId {
        let noted = self.in_force();
        let in_force = candidates.iter().find(|candidate| candidate.id == noted.pack);
        choose(
            candidates,
            &Situation {
                in_force: &noted.pack,
                official: in_force.map_or(noted.official, Candidate::is_official),
                today,
                to: orders.to.as_ref(),
                obeyed: noted.obeyed >= orders.newest(),
            },
        )
    }

    fn order(
        &self,
        mut orders: Orders,
        what: What,
        left: String,
        target: &Candidate,
    ) -> Result<Act, OrderError> {
        let number = orders.newest().max(self.in_force().obeyed) + 1;
        let act = Act { number, what, left, to: target.version.clone() };
        orders.to = Some(target.id.clone());
        orders.acts.push(act.clone());
        let keep = |length: usize, most: usize| length.saturating_sub(most);
        orders.acts.drain(..keep(orders.acts.len(), MOST_ACTS));
        orders.blocked.drain(..keep(orders.blocked.len(), MOST_BLOCKED));
        self.put_orders(&orders).map_err(|error| self.disk(error))?;
        Ok(act)
    }

    fn disk(&self, error: std::io::Error) -> OrderError {
        OrderError::Disk(self.folder().to_owned(), error)
    }
}
