//! The relay attack: a process on another port passes every request on to the real agent. No rule about key files stops it, and
//! it has the key as soon as a client sends one.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use crate::http::Request;
use crate::wire::{End, Script};

pub(crate) fn forward(request: &Request, real: SocketAddr) -> Script {
    match exchange(request, real) {
        Ok(answer) => Script::send(answer).end(End::Close),
        Err(error) => {
            eprintln!("emulator: cannot reach {real}: {error}");
            Script::nothing().end(End::Close)
        }
    }
}

fn exchange(request: &Request, real: SocketAddr) -> io::Result<Vec<u8>> {
    let mut text = format!("{} {}?{} HTTP/1.1\r\n", request.method, request.path, request.query);
    for (name, value) in request.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("Connection")) {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("Connection: close\r\n\r\n");
    let mut stream = TcpStream::connect(real)?;
    stream.write_all(text.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer)
}
