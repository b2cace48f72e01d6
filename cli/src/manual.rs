//! The command `man`: manual pages, with the sections that such pages have.

use std::io;
use std::process::ExitCode;

use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::args::Cli;
use crate::failure::Failure;
use crate::output;
use crate::reference::{self, Body};

/// Prints the page of the program, or of its command `name`.
pub(crate) fn print(name: Option<&str>) -> Result<ExitCode, Failure> {
    let mut program = Cli::command();
    // This sets the full names of the commands.
    program.build();
    let command = name.and_then(|name| program.find_subcommand(name));
    let mut page = Vec::new();
    page_of(command.unwrap_or(&program), command.is_none(), &mut page)?;
    output::print(&page)
}

fn page_of(command: &Command, is_program: bool, page: &mut Vec<u8>) -> io::Result<()> {
    let man = Man::new(command.clone()).source(concat!("arc-token ", env!("CARGO_PKG_VERSION"))).manual("User Commands");
    man.render_title(page)?;
    page.extend_from_slice(b".nr HY 0\n.nh\n.ad l\n"); // What is broken or stretched cannot be copied.
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    man.render_options_section(page)?;
    let mut roff = Roff::new();
    if is_program {
        commands(command, &mut roff);
        for section in reference::SECTIONS {
            roff.control("SH", [section.manual]);
            body(section.body, &mut roff);
        }
    }
    see_also(is_program, &mut roff);
    roff.to_writer(page)
}

fn commands(program: &Command, roff: &mut Roff) {
    roff.control("SH", ["COMMANDS"]);
    for command in program.get_subcommands() {
        entry(command.get_name(), &command.get_about().map(ToString::to_string).unwrap_or_default(), roff);
    }
}

fn body(body: Body, roff: &mut Roff) {
    match body {
        Body::Lines { lines, notes } => {
            // `man` neither joins nor breaks these lines, so that commands and addresses in them can be copied.
            roff.control("EX", []);
            for line in lines.lines() {
                roff.text([roman(line)]);
            }
            roff.control("EE", []);
            for note in notes {
                roff.control("PP", []);
                roff.text([roman(*note)]);
            }
        }
        Body::List(rows) => {
            for (word, text) in rows {
                entry(word, text, roff);
            }
        }
    }
}

fn entry(word: &str, text: &str, roff: &mut Roff) {
    roff.control("TP", []);
    roff.text([bold(word)]);
    roff.text([roman(text)]);
}

/// Only what is there: the pages of the commands are not installed, but printed.
fn see_also(is_program: bool, roff: &mut Roff) {
    roff.control("SH", ["SEE ALSO"]);
    let pages: &[&str] =
        if is_program { &["arc-token man check | man -l -", "curl(1)"] } else { &["arc-token man | man -l -", "arc-token --help"] };
    for (at, page) in pages.iter().enumerate() {
        if at > 0 {
            roff.control("br", []);
        }
        roff.text([roman(*page)]);
    }
}
