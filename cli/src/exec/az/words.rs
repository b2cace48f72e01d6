//! Reads the words after `az`, as far as programs use them to get tokens.

use arc_token::service_named;

/// What is asked of `az`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Token { audience: Audience, tenant: Option<String>, subscription: Option<String> },
    Account,
    Version,
}

/// For which service a token is wanted.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Audience {
    Resource(String),
    /// By name: the audience is that of the machine's own cloud.
    Service(&'static str),
}

/// How the answer is printed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Form {
    /// One field, instead of all.
    pub(super) query: Option<String>,
    /// Text alone, without JSON's quotes.
    pub(super) tsv: bool,
}

/// The service where none is named, as in the Azure CLI.
const DEFAULT: Audience = Audience::Service("Arm");

/// `None` for another command. An error for an option that is not known here.
pub(super) fn read(words: &[String]) -> Option<Result<(Asked, Form), String>> {
    let options_at = words.iter().position(|word| word.starts_with('-')).unwrap_or(words.len());
    let command: Vec<_> = words[..options_at].iter().map(String::as_str).collect();
    let asked = match command[..] {
        ["account", "get-access-token"] => Asked::Token { audience: DEFAULT, tenant: None, subscription: None },
        ["account", "show"] => Asked::Account,
        ["version"] => Asked::Version,
        _ => return None,
    };
    Some(options(asked, &words[options_at..]))
}

fn options(mut asked: Asked, words: &[String]) -> Result<(Asked, Form), String> {
    let mut form = Form::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let (name, attached) = word.split_once('=').map_or((word.as_str(), None), |(name, value)| (name, Some(value.to_owned())));
        if matches!(name, "--only-show-errors" | "--verbose" | "--debug") {
            continue;
        }
        let mut value = || attached.clone().or_else(|| words.next().cloned()).ok_or_else(|| format!("{name} needs a value"));
        match (name, &mut asked) {
            ("--output" | "-o", _) => match value()?.as_str() {
                "json" | "jsonc" => form.tsv = false,
                "tsv" => form.tsv = true,
                other => return Err(format!("only the outputs json and tsv are known, not '{other}'")),
            },
            ("--query", _) => form.query = Some(value()?),
            ("--resource" | "--scope", Asked::Token { audience, .. }) => *audience = Audience::Resource(value()?),
            ("--resource-type", Asked::Token { audience, .. }) => *audience = Audience::Service(of_type(&value()?)?),
            ("--tenant" | "-t", Asked::Token { tenant, .. }) => *tenant = Some(value()?),
            ("--subscription" | "-s" | "--name" | "-n", Asked::Token { subscription, .. }) => *subscription = Some(value()?),
            _ => return Err(format!("the option '{name}' is not known here")),
        }
    }
    Ok((asked, form))
}

/// The service by the Azure CLI's name for it, which is the library's with dashes: `ms-graph`.
fn of_type(name: &str) -> Result<&'static str, String> {
    service_named(&name.replace('-', "")).ok_or_else(|| format!("the resource type '{name}' is not known here; use --resource"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_line(line: &str) -> Option<Result<(Asked, Form), String>> {
        read(&line.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn the_lines_of_the_sdks_are_read() {
        let resource = |text: &str| Audience::Resource(text.to_owned());
        for (line, wanted) in [
            ("account get-access-token --output json --resource https://management.azure.com", resource("https://management.azure.com")),
            ("account get-access-token -o json --scope https://storage.azure.com/.default", resource("https://storage.azure.com/.default")),
            ("account get-access-token -o=json --resource-type=ms-graph", Audience::Service("MSGraph")),
            ("account get-access-token --resource-type oss-rdbms", Audience::Service("OssRdbms")),
            ("account get-access-token --resource-type arm", DEFAULT),
            ("account get-access-token", DEFAULT),
        ] {
            let Some(Ok((Asked::Token { audience, tenant: None, subscription: None }, form))) = read_line(line) else { panic!("{line}") };
            assert_eq!((audience, form), (wanted, Form::default()), "{line}");
        }
        let narrow = read_line("account get-access-token --query accessToken -o tsv --tenant t -s s").expect("a command").expect("options");
        assert_eq!(narrow.1, Form { query: Some("accessToken".to_owned()), tsv: true });
        let Asked::Token { tenant, subscription, .. } = narrow.0 else { panic!("a token") };
        assert_eq!((tenant.as_deref(), subscription.as_deref()), (Some("t"), Some("s")));
        assert!(matches!(read_line("version -o json"), Some(Ok((Asked::Version, _)))));
    }

    #[test]
    fn other_commands_are_left_and_unknown_options_refused() {
        for line in ["login --identity", "account list", "vm list", "--version", "account get-access-token now"] {
            assert!(read_line(line).is_none(), "{line}");
        }
        for line in
            ["account show --all", "version --tenant t", "account get-access-token --output table", "account get-access-token --resource"]
        {
            assert!(read_line(line).expect("a command").is_err(), "{line}");
        }
    }
}
