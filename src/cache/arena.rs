//! `Arena`: one small block of locked memory for the tokens of all entries.

use std::ops::Range;

use zeroize::Zeroize;

use crate::secret::bytes::Secret;
use crate::sys::LockedMemory;

/// The first size of the block: room for about ten tokens.
const FIRST_SIZE: usize = 16 * 1024;

/// The place of a token. It is valid only in the arena that returned it, and only until it is wiped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    start: usize,
    len: usize,
}

impl Place {
    fn range(self) -> Range<usize> {
        self.start..self.start + self.len
    }
}

/// Tokens, one after the other. Only [`Arena::make_room`] moves them, and it updates the places.
#[derive(Default)]
pub(super) struct Arena {
    memory: Option<LockedMemory>,
    end: usize,
}

impl Arena {
    /// Copies `token` into the block. `None` if there is no room after the last token.
    pub(super) fn put(&mut self, token: &[u8]) -> Option<Place> {
        let place = Place { start: self.end, len: token.len() };
        let room = self.memory.as_mut()?.bytes_mut().get_mut(place.range())?;
        room.copy_from_slice(token);
        self.end = place.range().end;
        Some(place)
    }

    /// A copy of the token at `place`.
    pub(super) fn get(&self, place: Place) -> Option<Secret> {
        Some(Secret::new(self.memory.as_ref()?.bytes().get(place.range())?))
    }

    /// Wipes the token at `place`.
    pub(super) fn wipe(&mut self, place: Place) {
        if let Some(room) = self.memory.as_mut().and_then(|memory| memory.bytes_mut().get_mut(place.range())) {
            room.zeroize();
        }
        if place.range().end == self.end {
            self.end = place.start;
        }
    }

    /// Makes room for `len` more bytes: moves the tokens at `places` into a new block, without gaps. False when the system has no
    /// memory left; nothing is changed then.
    pub(super) fn make_room<'a>(&mut self, len: usize, places: impl Iterator<Item = &'a mut Place>) -> bool {
        let places: Vec<_> = places.collect();
        let needed = places.iter().map(|place| place.len).sum::<usize>() + len;
        // The new block has twice the needed size, so that the tokens do not move with each new one.
        let Some(memory) = LockedMemory::new((needed * 2).max(FIRST_SIZE)) else { return false };
        let mut moved = Arena { memory: Some(memory), end: 0 };
        for place in places {
            let token = self.memory.as_ref().and_then(|memory| memory.bytes().get(place.range()));
            let new_place = token.and_then(|token| moved.put(token));
            *place = new_place.unwrap_or(Place { start: 0, len: 0 });
        }
        *self = moved; // The old block wipes itself.
        true
    }

    /// Wipes all tokens, and gives the block back to the system.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    #[cfg(test)]
    pub(super) fn bytes(&self) -> &[u8] {
        self.memory.as_ref().map_or(&[], LockedMemory::bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(tokens: &[&[u8]]) -> (Arena, Vec<Place>) {
        let mut arena = Arena::default();
        assert!(arena.make_room(1, std::iter::empty()));
        let places = tokens.iter().map(|token| arena.put(token).unwrap()).collect();
        (arena, places)
    }

    #[test]
    fn tokens_come_out_as_they_went_in_and_wiped_ones_are_gone() {
        let (mut arena, places) = filled(&[b"one", b"two", b"three"]);
        arena.wipe(places[1]);
        assert_eq!(arena.get(places[0]).unwrap().expose(), b"one");
        assert_eq!(arena.get(places[2]).unwrap().expose(), b"three");
        assert!(!arena.bytes().windows(3).any(|window| window == b"two"));
    }

    #[test]
    fn a_full_arena_moves_and_keeps_what_is_named() {
        let big = vec![b'x'; FIRST_SIZE - 3];
        let (mut arena, mut places) = filled(&[b"one", &big]);
        assert!(arena.put(&[b'y'; 5000]).is_none());
        let gone = places.pop().unwrap();
        arena.wipe(gone);
        assert!(arena.make_room(50_000, places.iter_mut()));
        let new = arena.put(&[b'y'; 50_000]).unwrap();
        assert_eq!(arena.get(places[0]).unwrap().expose(), b"one");
        assert_eq!(arena.get(new).unwrap().expose(), [b'y'; 50_000]);
    }

    #[test]
    fn the_last_ones_room_is_used_again() {
        let (mut arena, places) = filled(&[b"one", b"two"]);
        arena.wipe(places[1]);
        assert_eq!(arena.put(b"six"), Some(places[1]));
    }

    /// A system may forbid this, but it must work on Linux with an ordinary limit.
    #[test]
    #[cfg(target_os = "linux")]
    fn the_memory_is_locked_and_kept_out_of_core_dumps_and_children() {
        let (arena, _) = filled(&[b"one"]);
        let address = arena.bytes().as_ptr() as usize;
        let smaps = std::fs::read_to_string("/proc/self/smaps").unwrap();
        let mut ours = false;
        for line in smaps.lines() {
            let range = line.split(' ').next().and_then(|range| range.split_once('-'));
            let ends = range.and_then(|(a, b)| Some((usize::from_str_radix(a, 16).ok()?, usize::from_str_radix(b, 16).ok()?)));
            if let Some((start, end)) = ends {
                ours = (start..end).contains(&address);
            } else if let Some(flags) = line.strip_prefix("VmFlags:").filter(|_| ours) {
                let flags: Vec<_> = flags.split_whitespace().collect();
                assert!(["lo", "dd", "wf"].iter().all(|flag| flags.contains(flag)), "{flags:?}");
                return;
            }
        }
        panic!("the arena is in no mapping");
    }
}
