//! See Cargo.toml.
#![no_std]

pub use nothing::*;

#[derive(Debug, Default)]
pub struct Adapter(nothing::Adapter);

impl Adapter {
    pub const fn new() -> Self {
        Self(nothing::Adapter::new())
    }

    pub fn is_virama(&self, c: char) -> bool {
        self.0.is_virama(c)
    }

    pub fn is_mark(&self, c: char) -> bool {
        self.0.is_mark(c)
    }

    pub fn bidi_class(&self, c: char) -> BidiClass {
        self.0.bidi_class(c)
    }

    pub fn joining_type(&self, c: char) -> JoiningType {
        self.0.joining_type(c)
    }

    /// Full-width letters and digits, and the ideographic full stop, are those of ASCII.
    pub fn map_normalize<'a, I: Iterator<Item = char> + 'a>(&'a self, characters: I) -> impl Iterator<Item = char> + 'a {
        let narrow = |c| match c {
            '\u{3002}' => '.',
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            c => c,
        };
        self.0.map_normalize(characters.map(narrow))
    }

    pub fn normalize_validate<'a, I: Iterator<Item = char> + 'a>(&'a self, characters: I) -> impl Iterator<Item = char> + 'a {
        self.0.normalize_validate(characters)
    }
}
