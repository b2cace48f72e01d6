//! `EndpointSecret`: what a client must know to be answered. 256 random bits, new for each run.

use arc_token::Secret;

/// The secret, as 64 hexadecimal digits: it goes into headers and paths. It wipes itself and does not print.
pub(super) struct EndpointSecret(Secret);

impl EndpointSecret {
    pub(super) fn new() -> Result<Self, getrandom::Error> {
        let mut random = [0; 32];
        getrandom::fill(&mut random)?;
        let mut digits = [0; 64];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(random) {
            pair[0] = b"0123456789abcdef"[usize::from(byte >> 4)];
            pair[1] = b"0123456789abcdef"[usize::from(byte & 15)];
        }
        let secret = Secret::new(&digits);
        digits.fill(0);
        random.fill(0);
        std::hint::black_box((&digits, &random));
        Ok(Self(secret))
    }

    /// For the child's environment alone.
    pub(super) fn text(&self) -> &str {
        self.0.expose_text()
    }

    /// Compares in a time that does not depend on where the two differ.
    pub(super) fn is(&self, given: &[u8]) -> bool {
        let own = self.0.expose();
        own.len() == given.len() && own.iter().zip(given).fold(0, |all, (a, b)| std::hint::black_box(all | (a ^ b))) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_secret_is_another_and_only_the_whole_of_it_counts() {
        let (one, other) = (EndpointSecret::new().expect("random bytes"), EndpointSecret::new().expect("random bytes"));
        let text = one.text();
        assert!(text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert!(one.is(text.as_bytes()) && !one.is(other.text().as_bytes()));
        assert!(!one.is(b"") && !one.is(&text.as_bytes()[..63]) && !one.is(format!("{text}0").as_bytes()));
        for at in 0..64 {
            let mut wrong = text.as_bytes().to_vec();
            wrong[at] ^= 1;
            assert!(!one.is(&wrong), "{at}");
        }
    }
}
