//! Dice that proptest rolls before anything is made of them: what is made may be written as it comes,
//! and a failure still shrinks, for fewer and lower rolls make less and plainer things.

use std::ops::RangeInclusive;

use proptest::prelude::*;

/// Rolls, one after the other; when they run out, zeros.
#[derive(Clone)]
pub struct Dice {
    rolls: Vec<u32>,
    next: usize,
}

impl std::fmt::Debug for Dice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} rolls, {} of them used", self.rolls.len(), self.next)
    }
}

impl Dice {
    /// At most so many rolls.
    pub fn any(most: usize) -> impl Strategy<Value = Dice> {
        prop::collection::vec(any::<u32>(), most / 2..=most)
            .prop_map(|rolls| Dice { rolls, next: 0 })
    }

    fn roll(&mut self) -> u32 {
        let roll = self.rolls.get(self.next).copied().unwrap_or(0);
        self.next += 1;
        roll
    }

    /// A number below this one; 0 below 0.
    pub fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.roll()) * end as u128) >> 32) as usize
    }

    pub fn within(&mut self, range: RangeInclusive<usize>) -> usize {
        range.start() + self.below(range.end() - range.start() + 1)
    }

    /// Once in so many times, and never when the rolls have run out.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// Some of several, each at most once and in their order.
    pub fn some<T: Clone>(&mut self, from: &[T]) -> Vec<T> {
        from.iter().filter(|_| self.once_in(2)).cloned().collect()
    }
}
