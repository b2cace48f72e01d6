//! Reads the agent's JSON: a token, or an error.

use std::fmt;

use chrono::{DateTime, NaiveDateTime};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::claims::LATEST;
use crate::error::ErrorKind;
use crate::json::{Checked, problem, visit_members, without_bom};
use crate::secret::Secret;
use crate::text::shown;

/// What is of use in an answer.
#[derive(Default)]
pub(crate) struct Body {
    token: Option<Scalar>,
    expires_on: Option<Scalar>,
    expires_in: Option<Scalar>,
    client_id: Option<Scalar>,
    object_id: Option<Scalar>,
    msi_res_id: Option<Scalar>,
    mi_res_id: Option<Scalar>,
    error: Option<Scalar>,
    error_description: Option<Scalar>,
}

/// Which identity a token is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Identity {
    #[default]
    SystemAssigned,
    ClientId(String),
    ObjectId(String),
    ResourceId(String),
}

impl Identity {
    /// The query parameter that asks the agent for it.
    pub(crate) fn selector(&self) -> Option<(&'static str, &str)> {
        match self {
            Identity::SystemAssigned => None,
            Identity::ClientId(id) => Some(("client_id", id)),
            Identity::ObjectId(id) => Some(("object_id", id)),
            // `mi_res_id` is ignored by the agent (seen on 1.67).
            Identity::ResourceId(id) => Some(("msi_res_id", id)),
        }
    }
}

impl Body {
    /// Reads an answer; what is wrong with it, if it is not a JSON object that passes the rules.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(without_bom(bytes)).map_err(|error| problem(&error))
    }

    /// The agent's own `error` and `error_description`; empty where there are none.
    pub(crate) fn agent_error(&self) -> (String, String) {
        let (error, description) = match &self.error {
            // As Azure Resource Manager words it.
            Some(Scalar::Object { code, message }) => (code.as_deref(), message.as_deref()),
            error => (error.as_ref(), self.error_description.as_ref()),
        };
        let text = |scalar: Option<&Scalar>| scalar.and_then(Scalar::as_text).map(shown).unwrap_or_default();
        (text(error), text(description))
    }

    /// True when the answer has a member `access_token`, usable or not.
    pub(crate) fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// The token: one word of printable ASCII, since it becomes part of a header line.
    pub(crate) fn take_token(&mut self) -> Result<Secret, ErrorKind> {
        let bad = |what: &str| Err(ErrorKind::BadResponse { what: what.to_owned() });
        match self.token.take() {
            None => bad("it has no access_token"),
            Some(Scalar::Text(token)) if token.expose().is_empty() => bad("its access_token is empty"),
            Some(Scalar::Text(token)) if token.expose().iter().all(u8::is_ascii_graphic) => Ok(token),
            Some(Scalar::Text(_)) => bad("its access_token has characters in it that no token has"),
            Some(_) => bad("its access_token is not a string"),
        }
    }

    /// When the token ends, in Unix seconds: the earlier of what `expires_on` and `expires_in` say, if they say anything.
    pub(crate) fn expires_on(&self, now: i64) -> Option<i64> {
        let absolute = self.expires_on.as_ref().and_then(Scalar::as_time);
        let relative = self.expires_in.as_ref().and_then(Scalar::as_number).map(|seconds| now.saturating_add(seconds));
        [absolute, relative].into_iter().flatten().filter(|time| *time <= LATEST).min()
    }

    /// Checks that the answer says that it is for `identity`. The agent echoes a selector only when it honoured it; an agent
    /// older than 1.66 ignores selectors and returns the other identity's token.
    pub(crate) fn confirms(&self, identity: &Identity) -> Result<(), ErrorKind> {
        let Some((name, wanted)) = identity.selector() else { return Ok(()) };
        let echoes: Vec<(&str, &Option<Scalar>)> = match identity {
            Identity::ResourceId(_) => vec![("msi_res_id", &self.msi_res_id), ("mi_res_id", &self.mi_res_id)],
            Identity::ObjectId(_) => vec![(name, &self.object_id)],
            _ => vec![(name, &self.client_id)],
        };
        let mut confirmed = false;
        for (field, echo) in echoes {
            match echo {
                None | Some(Scalar::Null) => continue,
                Some(echo) if echo.as_text().is_some_and(|text| text.eq_ignore_ascii_case(wanted)) => confirmed = true,
                Some(echo) => {
                    let got = echo.as_text().map(shown).unwrap_or_else(|| "something that is no text".to_owned());
                    let what = format!("{name} '{}' was asked for, and {field} '{got}' came back", shown(wanted));
                    return Err(ErrorKind::SelectorNotHonoured { what });
                }
            }
        }
        if confirmed {
            Ok(())
        } else {
            Err(ErrorKind::SelectorNotHonoured { what: format!("the answer does not repeat {name} '{}'", shown(wanted)) })
        }
    }
}

/// A JSON value as far as it matters here. Text is held as a secret, since one of them is the token.
enum Scalar {
    Text(Secret),
    Number(i64),
    Null,
    Object { code: Option<Box<Scalar>>, message: Option<Box<Scalar>> },
    Other,
}

impl Scalar {
    fn as_text(&self) -> Option<&str> {
        match self {
            Scalar::Text(text) => Some(text.expose_text()),
            _ => None,
        }
    }

    /// A number, or a string that is one.
    fn as_number(&self) -> Option<i64> {
        match self {
            Scalar::Number(number) => Some(*number),
            Scalar::Text(text) => text.expose_text().trim().parse::<f64>().ok().and_then(whole),
            _ => None,
        }
    }

    /// A time in Unix seconds, or as RFC 3339 (without a time zone: UTC) or RFC 1123 text.
    fn as_time(&self) -> Option<i64> {
        self.as_number().or_else(|| {
            let text = self.as_text()?.trim();
            let zoned = DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_rfc2822(text)).map(|time| time.timestamp());
            zoned.or_else(|_| text.parse::<NaiveDateTime>().map(|time| time.and_utc().timestamp())).ok()
        })
    }
}

/// Seconds before 2^53 are exact as floating point; others are no times.
fn whole(number: f64) -> Option<i64> {
    (number.is_finite() && number.abs() < 9e15).then_some(number as i64)
}

impl<'de> Deserialize<'de> for Body {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BodyVisitor;

        impl<'de> Visitor<'de> for BodyVisitor {
            type Value = Body;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Body, A::Error> {
                let mut body = Body::default();
                visit_members(members, |name, member| {
                    let slot = match name {
                        "access_token" => &mut body.token,
                        "expires_on" => &mut body.expires_on,
                        "expires_in" => &mut body.expires_in,
                        "client_id" => &mut body.client_id,
                        "object_id" => &mut body.object_id,
                        "msi_res_id" => &mut body.msi_res_id,
                        "mi_res_id" => &mut body.mi_res_id,
                        "error" => &mut body.error,
                        "error_description" => &mut body.error_description,
                        _ => return member.skip(),
                    };
                    *slot = Some(member.read()?);
                    Ok(())
                })?;
                Ok(body)
            }
        }

        deserializer.deserialize_map(BodyVisitor)
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ScalarVisitor;

        impl<'de> Visitor<'de> for ScalarVisitor {
            type Value = Scalar;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a JSON value")
            }

            fn visit_bool<E>(self, _: bool) -> Result<Scalar, E> {
                Ok(Scalar::Other)
            }
            fn visit_i64<E>(self, number: i64) -> Result<Scalar, E> {
                Ok(Scalar::Number(number))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Scalar, E> {
                Ok(i64::try_from(number).map_or(Scalar::Other, Scalar::Number))
            }
            fn visit_f64<E>(self, number: f64) -> Result<Scalar, E> {
                Ok(whole(number).map_or(Scalar::Other, Scalar::Number))
            }
            fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
                Ok(Scalar::Text(Secret::new(text.as_bytes())))
            }
            fn visit_unit<E>(self) -> Result<Scalar, E> {
                Ok(Scalar::Null)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Scalar, A::Error> {
                Checked.visit_seq(items).map(|_| Scalar::Other)
            }
            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Scalar, A::Error> {
                let (mut code, mut message) = (None, None);
                visit_members(members, |name, member| {
                    let slot = match name {
                        "code" => &mut code,
                        "message" => &mut message,
                        _ => return member.skip(),
                    };
                    *slot = Some(Box::new(member.read()?));
                    Ok(())
                })?;
                Ok(Scalar::Object { code, message })
            }
        }

        deserializer.deserialize_any(ScalarVisitor)
    }
}

#[cfg(test)]
#[path = "token_response_tests.rs"]
mod tests;
