//! Reads JSON from strangers. Its depth is bounded, and no object may have the same key twice.
//!
//! If a key comes twice, two programs can take two different values from the same document.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::error::Category;

use super::plain::shown;

/// Accepts any JSON value and keeps nothing of it. The depth is bounded by `serde_json` (128).
pub(crate) struct Checked;

impl<'de> Deserialize<'de> for Checked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Checked)
    }
}

impl<'de> Visitor<'de> for Checked {
    type Value = Checked;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Checked, E> {
        Ok(Checked)
    }
    fn visit_i64<E>(self, _: i64) -> Result<Checked, E> {
        Ok(Checked)
    }
    fn visit_u64<E>(self, _: u64) -> Result<Checked, E> {
        Ok(Checked)
    }
    fn visit_f64<E>(self, _: f64) -> Result<Checked, E> {
        Ok(Checked)
    }
    fn visit_str<E>(self, _: &str) -> Result<Checked, E> {
        Ok(Checked)
    }
    fn visit_unit<E>(self) -> Result<Checked, E> {
        Ok(Checked)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Checked, A::Error> {
        while items.next_element::<Checked>()?.is_some() {}
        Ok(Checked)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Checked, A::Error> {
        visit_members(members, |_, value| value.skip()).map(|()| Checked)
    }
}

/// The beginning of the error for a doubled key.
const DOUBLED: &str = "it has twice the key";

/// The value of a member, not read yet.
pub(crate) struct Member<'a, A>(&'a mut A);

impl<'de, A: MapAccess<'de>> Member<'_, A> {
    pub(crate) fn read<T: Deserialize<'de>>(self) -> Result<T, A::Error> {
        self.0.next_value()
    }

    pub(crate) fn skip(self) -> Result<(), A::Error> {
        self.read::<Checked>().map(|_| ())
    }
}

/// Gives each member of an object to `take`, which must read or skip it. A name that comes twice is an error.
pub(crate) fn visit_members<'de, A: MapAccess<'de>>(
    mut members: A,
    mut take: impl FnMut(&str, Member<'_, A>) -> Result<(), A::Error>,
) -> Result<(), A::Error> {
    let mut names = BTreeSet::new();
    while let Some(Name(name)) = members.next_key()? {
        take(&name, Member(&mut members))?;
        if let Some(twice) = names.replace(name) {
            return Err(serde::de::Error::custom(format_args!("{DOUBLED} '{}'", shown(&twice))));
        }
    }
    Ok(())
}

/// A name in a document: a copy only where it is written with escapes.
struct Name<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;

        impl<'de> Visitor<'de> for NameVisitor {
            type Value = Name<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a name")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }
            fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }

        deserializer.deserialize_str(NameVisitor)
    }
}

/// `body` without a byte-order mark. Some programs write one before JSON, and RFC 8259 allows a reader to skip it.
pub(crate) fn without_bom(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// True when `body` is a JSON document that passes the rules above.
pub(crate) fn is_json(body: &[u8]) -> bool {
    serde_json::from_slice::<Checked>(without_bom(body)).is_ok()
}

/// Reads a JSON document that passes the rules above. The error is a text. Only for documents without secrets: the value is not
/// wiped.
pub(crate) fn parse(body: &[u8]) -> Result<Value, String> {
    let body = without_bom(body);
    serde_json::from_slice::<Checked>(body).and_then(|_| serde_json::from_slice(body)).map_err(|error| problem(&error))
}

/// The error text for a document. It quotes only the name of a doubled key.
pub(crate) fn problem(error: &serde_json::Error) -> String {
    let twice = error.to_string();
    match error.classify() {
        Category::Data if twice.starts_with(DOUBLED) => shown(&twice),
        Category::Data => "it is not a JSON object".to_owned(),
        _ => format!("its JSON is broken at line {}, column {}", error.line(), error.column()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_documents_pass() {
        for text in ["{}", "[]", "0", "\u{feff}{\"a\":[1,2.5,-3,true,null,\"x\"],\"b\":{\"a\":1}}", "[{\"a\":1},{\"a\":1}]"] {
            assert!(is_json(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_parsed_document_keeps_the_same_rules() {
        assert_eq!(parse(b"\xef\xbb\xbf{\"a\":[1]}"), Ok(serde_json::json!({ "a": [1] })));
        assert_eq!(parse(b"{\"a\":1,\"a\":1}"), Err("it has twice the key 'a' at line 1 column 13".to_owned()));
        assert_eq!(parse(b"{\"a\":"), Err("its JSON is broken at line 1, column 5".to_owned()));
    }

    #[test]
    fn doubled_keys_depth_and_nonsense_do_not() {
        let deep = "[".repeat(200_000);
        let deep_whole = format!("{}{}", "[".repeat(200), "]".repeat(200));
        for text in
            ["{\"a\":1,\"a\":1}", "{\"x\":{\"a\":1,\"a\":2}}", "{\"a\":1,\"\\u0061\":2}", "", "{", "<html>", "{} {}", &deep, &deep_whole]
        {
            assert!(!is_json(text.as_bytes()), "{:.40}", text);
        }
        assert!(!is_json(b"{\"a\":\"\xff\"}"));
    }
}
