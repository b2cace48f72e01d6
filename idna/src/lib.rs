//! What the `url` crate knows of Unicode: nothing, so that its tables (a seventh of the native library) stay out.
//!
//! `url` asks the crate `idna_adapter` for the properties of characters in host names, and that crate is meant to be chosen: its
//! versions 1.2 and 1.1 have tables, 1.0 has none. This takes the place of the latter, which not every source of crates
//! has. No host beyond ASCII is accepted then, and none is ever asked: an agent's address is on the loopback interface.

#![no_std]

/// No character is of any such kind.
#[derive(Clone, Copy, Debug)]
pub struct Class;

/// A set of kinds, which no character is in.
#[derive(Clone, Copy, Debug)]
pub struct Classes;

/// The way that a character joins others.
pub type JoiningType = Class;
/// Some of them.
pub type JoiningTypeMask = Classes;
/// The direction of a character.
pub type BidiClass = Class;
/// Some of them.
pub type BidiClassMask = Classes;

macro_rules! masks {
    ($($name:ident)*) => { $(#[doc = "Named by `idna`."] pub const $name: Classes = Classes;)* };
}

masks!(LEFT_OR_DUAL_JOINING_MASK RIGHT_OR_DUAL_JOINING_MASK RTL_MASK FIRST_BC_MASK LAST_LTR_MASK LAST_RTL_MASK MIDDLE_LTR_MASK MIDDLE_RTL_MASK);

impl Classes {
    /// Whether both have a kind in common.
    pub fn intersects(self, _: Classes) -> bool {
        false
    }
}

impl Class {
    /// The set of this one.
    pub fn to_mask(self) -> Classes {
        Classes
    }

    /// Whether it is passed over when characters join.
    pub fn is_transparent(self) -> bool {
        false
    }

    /// Whether it runs from left to right, as all of ASCII's letters do.
    pub fn is_ltr(self) -> bool {
        true
    }

    /// Whether it is a mark on another.
    pub fn is_nonspacing_mark(self) -> bool {
        false
    }

    /// Whether it is a digit as Europeans write them.
    pub fn is_european_number(self) -> bool {
        false
    }

    /// Whether it is a digit as Arabs write them.
    pub fn is_arabic_number(self) -> bool {
        false
    }
}

/// What `idna` asks.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Adapter {}

impl Adapter {
    /// The one there is.
    pub const fn new() -> Self {
        Adapter {}
    }

    /// Whether `c` suppresses a vowel.
    pub fn is_virama(&self, _: char) -> bool {
        false
    }

    /// Whether `c` is a mark on another.
    pub fn is_mark(&self, _: char) -> bool {
        false
    }

    /// Its direction.
    pub fn bidi_class(&self, _: char) -> BidiClass {
        Class
    }

    /// The way it joins others.
    pub fn joining_type(&self, _: char) -> JoiningType {
        Class
    }

    /// Small letters for capital ones, and for what is not ASCII the character that `idna` takes for an error.
    pub fn map_normalize<'a, I: Iterator<Item = char> + 'a>(&'a self, characters: I) -> impl Iterator<Item = char> + 'a {
        characters.map(|c| if c.is_ascii() { c.to_ascii_lowercase() } else { char::REPLACEMENT_CHARACTER })
    }

    /// The same.
    pub fn normalize_validate<'a, I: Iterator<Item = char> + 'a>(&'a self, characters: I) -> impl Iterator<Item = char> + 'a {
        self.map_normalize(characters)
    }
}
