//! `Body`: the agent's JSON, which holds a token or an error.

use std::fmt;

use chrono::{DateTime, NaiveDateTime};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::error::{AgentWords, ErrorKind};
use crate::request::wanted::Identity;
use crate::secret::bytes::Secret;
use crate::text::json::{Checked, problem, visit_members, without_bom};
use crate::text::plain::{shown, shown_whole};
use crate::token::claims::LATEST;

/// The members of an answer that matter.
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
    said: Said,
}

/// The members that say something of an error. They stand beside `error`, or in it where that is an object, as Azure Resource Manager
/// writes it.
#[derive(Default)]
struct Said {
    code: Option<Scalar>,
    description: Option<Scalar>,
    /// Some services write `message` in place of a description.
    message: Option<Scalar>,
    trace_id: Option<Scalar>,
    correlation_id: Option<Scalar>,
    timestamp: Option<Scalar>,
}

impl Said {
    /// The place of a member. `None` for others.
    fn slot(&mut self, name: &str) -> Option<&mut Option<Scalar>> {
        Some(match name {
            "code" => &mut self.code,
            "error_description" => &mut self.description,
            "message" | "Message" => &mut self.message,
            "trace_id" | "traceId" => &mut self.trace_id,
            "correlation_id" | "correlationId" => &mut self.correlation_id,
            "timestamp" => &mut self.timestamp,
            _ => return None,
        })
    }
}

impl Body {
    /// Reads an answer. The error is a text that says why it is not a JSON object that passes the rules.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(without_bom(bytes)).map_err(|error| problem(&error))
    }

    /// What the agent says of an error.
    pub(crate) fn agent_words(&self) -> AgentWords {
        let inside = match &self.error {
            Some(Scalar::Object(said)) => Some(&**said),
            _ => None,
        };
        // The first text there is: what stands in the error itself comes before what stands beside it.
        let text = |member: fn(&Said) -> &Option<Scalar>| {
            let members = [inside.map(member), Some(member(&self.said))].into_iter().flatten().flatten();
            members.filter_map(Scalar::as_text).find(|text| !text.is_empty()).map(shown_whole)
        };
        let error = self.error.as_ref().and_then(Scalar::as_text).filter(|text| !text.is_empty()).map(shown_whole);
        let words = AgentWords {
            code: error.or_else(|| text(|said| &said.code)).unwrap_or_default(),
            description: text(|said| &said.description).or_else(|| text(|said| &said.message)).unwrap_or_default(),
            trace_id: text(|said| &said.trace_id).unwrap_or_default(),
            correlation_id: text(|said| &said.correlation_id).unwrap_or_default(),
            timestamp: text(|said| &said.timestamp).unwrap_or_default(),
        };
        words.with_ids_of_description()
    }

    /// True when the answer has a member `access_token`, usable or not.
    pub(crate) fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// The token: one word of printable ASCII, because it becomes part of a header line.
    pub(crate) fn take_token(&mut self) -> Result<Secret, ErrorKind> {
        let bad = |what: &str| Err(ErrorKind::BadResponse { what: what.to_owned() });
        match self.token.take() {
            None => bad("it has no access_token"),
            Some(Scalar::Text(token)) if token.expose().is_empty() => bad("its access_token is empty"),
            Some(Scalar::Text(token)) if is_word(token.expose()) => Ok(token),
            Some(Scalar::Text(_)) => bad("its access_token has characters in it that no token has"),
            Some(_) => bad("its access_token is not a string"),
        }
    }

    /// The end of the token in Unix seconds: the earlier of the times in `expires_on` and `expires_in`.
    pub(crate) fn expires_on(&self, now: i64) -> Option<i64> {
        let absolute = self.expires_on.as_ref().and_then(Scalar::as_time);
        let relative = self.expires_in.as_ref().and_then(Scalar::as_number).map(|seconds| now.saturating_add(seconds));
        [absolute, relative].into_iter().flatten().filter(|time| *time <= LATEST).min()
    }

    /// Checks that the answer is for `identity`. Agents from 1.66 on repeat the selector in the answer. Older agents ignore the
    /// selector, and return the token of another identity.
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

/// A JSON value as far as it matters here. Every text is held as a secret, because one of them is the token.
enum Scalar {
    Text(Secret),
    Number(i64),
    Null,
    Object(Box<Said>),
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

    /// A time in Unix seconds, or as text: RFC 3339 (without a time zone: UTC), RFC 1123, or App Service's of 2017, `1/2/2027 3:04:05 PM +00:00`.
    fn as_time(&self) -> Option<i64> {
        self.as_number().or_else(|| {
            let text = self.as_text()?.trim();
            let zoned = DateTime::parse_from_rfc3339(text)
                .or_else(|_| DateTime::parse_from_rfc2822(text))
                .or_else(|_| DateTime::parse_from_str(text, "%m/%d/%Y %I:%M:%S %p %z"));
            zoned.map(|time| time.timestamp()).or_else(|_| text.parse::<NaiveDateTime>().map(|time| time.and_utc().timestamp())).ok()
        })
    }
}

/// True for printable ASCII without blanks. It looks at all bytes, so that the compiler can take many at once.
fn is_word(bytes: &[u8]) -> bool {
    bytes.iter().fold(true, |all, byte| all & byte.is_ascii_graphic())
}

/// The whole part of a number of seconds. Floating point is exact up to 2^53; a larger number is not a time.
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
                        other => match body.said.slot(other) {
                            Some(slot) => slot,
                            None => return member.skip(),
                        },
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
                let mut said = Box::<Said>::default();
                visit_members(members, |name, member| {
                    let Some(slot) = said.slot(name) else { return member.skip() };
                    *slot = Some(member.read()?);
                    Ok(())
                })?;
                Ok(Scalar::Object(said))
            }
        }

        deserializer.deserialize_any(ScalarVisitor)
    }
}

#[cfg(test)]
#[path = "token_response_tests.rs"]
mod tests;
