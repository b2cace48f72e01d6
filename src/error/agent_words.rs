//! `AgentWords`: what the agent says of an error. The words of Microsoft Entra come through it.

/// What the agent says of an error, and Microsoft Entra through it. Each text is empty where there is none.
#[non_exhaustive]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgentWords {
    /// The agent's `error`.
    pub code: String,
    /// The agent's `error_description`.
    pub description: String,
    /// Entra's trace id, which Microsoft's support asks for.
    pub trace_id: String,
    /// Entra's correlation id, which Microsoft's support asks for.
    pub correlation_id: String,
    /// The time of Entra's answer, as it wrote it.
    pub timestamp: String,
}

impl AgentWords {
    /// The same words. Ids that are not there yet are taken from the description, at the end of which Entra repeats them.
    pub(crate) fn with_ids_of_description(mut self) -> Self {
        let is_id = |c: char| c.is_ascii_hexdigit() || c == '-';
        let is_time = |c: char| c.is_ascii_digit() || "-: TZ.+".contains(c);
        let found = [
            after(&self.description, &["Trace ID", "trace_id", "traceId"], is_id),
            after(&self.description, &["Correlation ID", "correlation_id", "correlationId"], is_id),
            after(&self.description, &["Timestamp", "timestamp"], is_time),
        ];
        for (known, found) in [&mut self.trace_id, &mut self.correlation_id, &mut self.timestamp].into_iter().zip(found) {
            if known.is_empty() {
                *known = found.unwrap_or_default();
            }
        }
        self
    }

    /// The number of Entra's error: 500011 for "AADSTS500011: The resource principal …". `None` where Entra says nothing.
    pub(crate) fn entra_error(&self) -> Option<u32> {
        [&self.description, &self.code].into_iter().find_map(|text| {
            let (_, rest) = text.split_once("AADSTS")?;
            rest[..rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())].parse().ok()
        })
    }

    /// All texts.
    pub(super) fn texts_mut(&mut self) -> [&mut String; 5] {
        let Self { code, description, trace_id, correlation_id, timestamp } = self;
        [code, description, trace_id, correlation_id, timestamp]
    }
}

/// The value that follows the last of a label's appearances: `Trace ID: VALUE`, or `"trace_id":"VALUE"` in JSON inside of the text.
fn after(text: &str, labels: &[&str], allowed: impl Fn(char) -> bool) -> Option<String> {
    labels.iter().find_map(|label| {
        let rest = &text[text.rfind(label)? + label.len()..];
        let rest = rest.trim_start_matches(['\\', '"', ':', ' ']);
        let value = rest[..rest.find(|c: char| !allowed(c)).unwrap_or(rest.len())].trim().trim_end_matches('.');
        (value.len() >= 8).then(|| value.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(description: &str) -> AgentWords {
        AgentWords { description: description.to_owned(), ..AgentWords::default() }.with_ids_of_description()
    }

    #[test]
    fn entras_ids_are_read_from_its_text() {
        let words = of("AADSTS500011: No such resource. Trace ID: 0a11ce00-7ace-4000-8000-000000000001 Correlation ID: \
            0a11ce00-c044-4000-8000-000000000002 Timestamp: 2026-11-29 12:00:00Z");
        assert_eq!(words.entra_error(), Some(500_011));
        assert_eq!(words.trace_id, "0a11ce00-7ace-4000-8000-000000000001");
        assert_eq!(words.correlation_id, "0a11ce00-c044-4000-8000-000000000002");
        assert_eq!(words.timestamp, "2026-11-29 12:00:00Z");
    }

    #[test]
    fn ids_are_found_between_replaced_line_ends_and_in_json_inside_of_the_text() {
        assert_eq!(of("no.??Trace ID: 0a11ce00-7ace??Correlation ID: 0a11ce00-c044??").correlation_id, "0a11ce00-c044");
        let words = of(r#"failed: {\"error\":\"x\",\"trace_id\":\"0a11ce00-7ace\",\"timestamp\":\"2026-11-29 12:00:00Z\"}"#);
        assert_eq!((words.trace_id.as_str(), words.timestamp.as_str()), ("0a11ce00-7ace", "2026-11-29 12:00:00Z"));
    }

    #[test]
    fn ids_of_their_own_count_more_and_words_without_any_have_none() {
        let words = AgentWords { description: "Trace ID: 0a11ce00-7ace".into(), trace_id: "own".into(), ..AgentWords::default() };
        assert_eq!(words.with_ids_of_description().trace_id, "own");
        for text in ["", "Trace ID", "Trace ID: ", "the timestamp is wrong", "AADSTS", "AADSTSx"] {
            assert_eq!(of(text), AgentWords { description: text.into(), ..AgentWords::default() });
            assert_eq!(of(text).entra_error(), None, "{text}");
        }
    }
}
