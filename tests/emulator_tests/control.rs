//! The control port obeys only those who know its word, and within bounds.

use crate::support::Emulator;

#[test]
fn without_the_word_nothing_is_read_and_nothing_is_changed() {
    let emulator = Emulator::start(&[]);
    let requests =
        [("GET", "/issued"), ("GET", "/requests"), ("POST", "/reset"), ("POST", "/fault?name=late-before-challenge"), ("GET", "/nothing")];
    for (method, path) in requests {
        for word in ["", "/", "//", "/00000000000000000000000000000000", &emulator.control_word()[..32]] {
            let answer = emulator.control_answer(method, &format!("{word}{path}"));
            assert!(answer.starts_with("HTTP/1.1 403 "), "{method} {word}{path}: {answer}");
        }
        let answer = emulator.control_answer(method, &format!("{}{path}", emulator.control_word()));
        assert!(!answer.starts_with("HTTP/1.1 403 "), "{method} {path}: {answer}");
    }
}

#[test]
fn each_emulator_has_a_word_of_its_own() {
    let [one, other] = [Emulator::start(&[]), Emulator::start(&[])];
    assert_eq!(one.control_word().len(), "/".len() + 32);
    assert_ne!(one.control_word(), other.control_word());
    assert!(one.control_answer("GET", &format!("{}/counts", other.control_word())).starts_with("HTTP/1.1 403 "));
}

#[test]
fn tokens_have_at_most_16_mib() {
    let emulator = Emulator::start(&[]);
    for (bytes, status) in [("16777216", 200), ("16777217", 400), ("9000000000", 400), ("99999999999999999999999", 400), ("-1", 400)] {
        let answer = emulator.control_answer("POST", &format!("{}/token-size?bytes={bytes}", emulator.control_word()));
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{bytes}: {answer}");
    }
}
