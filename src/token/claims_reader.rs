//! Reads a JWT's claims as they come, without keeping the document: most of it is of no use here.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::text::plain::shown;

/// What matters of the claims.
#[derive(Default)]
pub(super) struct Read {
    /// A name, or a text anywhere in the claims, is a secret.
    pub(super) has_secret: bool,
    pub(super) tenant: Option<String>,
    pub(super) client: Option<String>,
    pub(super) object: Option<String>,
    /// `xms_az_rid`
    pub(super) resource: Option<String>,
    /// `xms_mirid`
    pub(super) managed_identity: Option<String>,
    pub(super) end: Option<i64>,
    pub(super) begin: Option<i64>,
}

/// Reads the claims. Fails when they are no JSON object. Of a claim that comes twice the last one counts, as for most readers.
pub(super) fn read(json: &[u8], is_secret: &dyn Fn(&str) -> bool) -> serde_json::Result<Read> {
    let mut read = Read::default();
    let mut reader = serde_json::Deserializer::from_slice(json);
    reader.deserialize_map(Claims { read: &mut read, is_secret })?;
    reader.end()?;
    Ok(read)
}

struct Claims<'a> {
    read: &'a mut Read,
    is_secret: &'a dyn Fn(&str) -> bool,
}

#[derive(Clone, Copy)]
enum Name {
    Tenant,
    Client,
    Object,
    Resource,
    ManagedIdentity,
    End,
    Begin,
}

fn known(name: &str) -> Option<Name> {
    Some(match name {
        "tid" => Name::Tenant,
        "appid" => Name::Client,
        "oid" => Name::Object,
        "xms_az_rid" => Name::Resource,
        "xms_mirid" => Name::ManagedIdentity,
        "exp" => Name::End,
        "nbf" => Name::Begin,
        _ => return None,
    })
}

/// An id needs no change to be shown. Other texts are not ids.
fn id(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| shown(text)).filter(|shown| shown == text)
}

fn nothing(_: &str) -> Option<()> {
    None
}

impl<'de> Visitor<'de> for Claims<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Self { read, is_secret } = self;
        while let Some(name) = members.next_key_seed(Look { has_secret: &mut read.has_secret, is_secret, text: known })? {
            let Some(name) = name.text else {
                members.next_value_seed(Look { has_secret: &mut read.has_secret, is_secret, text: nothing })?;
                continue;
            };
            let value = members.next_value_seed(Look { has_secret: &mut read.has_secret, is_secret, text: id })?;
            match name {
                Name::Tenant => read.tenant = value.text,
                Name::Client => read.client = value.text,
                Name::Object => read.object = value.text,
                Name::Resource => read.resource = value.text,
                Name::ManagedIdentity => read.managed_identity = value.text,
                Name::End => read.end = value.number,
                Name::Begin => read.begin = value.number,
            }
        }
        Ok(())
    }
}

/// Looks at a value: what it is itself, and whether a secret is anywhere in it.
struct Look<'a, T> {
    has_secret: &'a mut bool,
    is_secret: &'a dyn Fn(&str) -> bool,
    /// What to keep of a text.
    text: fn(&str) -> Option<T>,
}

struct Value<T> {
    text: Option<T>,
    number: Option<i64>,
}

impl<T> Value<T> {
    const OTHER: Self = Self { text: None, number: None };

    fn number(number: i64) -> Self {
        Self { number: Some(number), ..Self::OTHER }
    }
}

impl<T> Look<'_, T> {
    /// The same for what is in the value.
    fn inside(&mut self) -> Look<'_, ()> {
        Look { has_secret: self.has_secret, is_secret: self.is_secret, text: nothing }
    }
}

impl<'de, T> DeserializeSeed<'de> for Look<'_, T> {
    type Value = Value<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value<T>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T> Visitor<'de> for Look<'_, T> {
    type Value = Value<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Value<T>, E> {
        Ok(Value::OTHER)
    }
    fn visit_unit<E>(self) -> Result<Value<T>, E> {
        Ok(Value::OTHER)
    }
    fn visit_i64<E>(self, number: i64) -> Result<Value<T>, E> {
        Ok(Value::number(number))
    }
    fn visit_u64<E>(self, number: u64) -> Result<Value<T>, E> {
        Ok(Value::number(i64::try_from(number).unwrap_or(i64::MAX)))
    }
    fn visit_f64<E>(self, number: f64) -> Result<Value<T>, E> {
        Ok(Value::number(number as i64))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value<T>, E> {
        *self.has_secret |= (self.is_secret)(text);
        Ok(Value { text: (self.text)(text), ..Value::OTHER })
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<Value<T>, A::Error> {
        while items.next_element_seed(self.inside())?.is_some() {}
        Ok(Value::OTHER)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<Value<T>, A::Error> {
        while members.next_key_seed(self.inside())?.is_some() {
            members.next_value_seed(self.inside())?;
        }
        Ok(Value::OTHER)
    }
}
