//! `numbered!`: makes an enum with stable numbers, and the list and names of its variants. So none of them can be forgotten.
//!
//! cbindgen does not expand macros: build.rs gives it the plain enum without the macro.

macro_rules! numbered {
    ($(#[$attribute:meta])* $visibility:vis enum $name:ident {
        $($(#[$variant_attribute:meta])* $variant:ident = $number:literal,)+
    }) => {
        $(#[$attribute])*
        $visibility enum $name {
            $($(#[$variant_attribute])* $variant = $number,)+
        }

        impl $name {
            /// All values, in the order of the numbers.
            pub const ALL: [Self; [$($number),+].len()] = [$(Self::$variant),+];

            /// The name, as in the source: `AgentNotRunning`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($variant),)+
                }
            }

            /// The value with this number. `None` for every other number.
            pub const fn from_number(number: i32) -> Option<Self> {
                match number {
                    $($number => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

pub(crate) use numbered;
