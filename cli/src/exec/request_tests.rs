use super::*;
use hyper::Request;

const PORT: u16 = 5;

struct Asked {
    method: &'static str,
    uri: String,
    headers: Vec<(&'static str, String)>,
    body: &'static str,
}

impl Asked {
    fn get(uri: impl Into<String>, headers: &[(&'static str, &str)]) -> Self {
        let own = [("host", "127.0.0.1:5")];
        let headers = own.iter().chain(headers).map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self { method: "GET", uri: uri.into(), headers, body: "" }
    }

    fn post(uri: impl Into<String>, headers: &[(&'static str, &str)], body: &'static str) -> Self {
        Self { method: "POST", body, ..Self::get(uri, headers) }
    }

    fn read(&self, secret: &EndpointSecret) -> Result<Wanted, Refusal> {
        let mut request = Request::builder().method(self.method).uri(&self.uri);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        Wanted::read(&request.body(()).expect("a request").into_parts().0, self.body.as_bytes(), PORT, secret)
    }

    fn status(&self, secret: &EndpointSecret) -> u16 {
        self.read(secret).map_or_else(|refusal| refusal.status, |_| 200)
    }
}

fn secret() -> EndpointSecret {
    EndpointSecret::new().expect("random bytes")
}

#[test]
fn each_family_is_known_by_its_form() {
    let secret = secret();
    let text = secret.text();
    let vm = format!("/{text}/metadata/identity/oauth2/token");
    for (asked, family, resource) in [
        (
            Asked::get("/msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fr%2F", &[("X-IDENTITY-HEADER", text)]),
            Family::AppService,
            "https://r/",
        ),
        (Asked::get("/msi/token?api-version=2017-09-01&resource=r", &[("Secret", text)]), Family::OldAppService, "r"),
        (Asked::get(format!("{vm}?api-version=2018-02-01&resource=r"), &[("Metadata", "True")]), Family::VirtualMachine, "r"),
        (
            Asked::get(format!("{vm}?api-version=2025-01-01&scope=r/.default"), &[("metadata", "true")]),
            Family::VirtualMachine,
            "r/.default",
        ),
        (Asked::get(format!("/{text}/msi/token/?resource=r&api-version=2017-09-01"), &[("secret", text)]), Family::OldAppService, "r"),
        (
            Asked::post(format!("/{text}/msi/token"), &[("Metadata", "true")], "resource=https%3A%2F%2Fr%2F"),
            Family::CloudShell,
            "https://r/",
        ),
        (Asked::get(format!("/{text}/az?resource=r"), &[]), Family::Az, "r"),
    ] {
        let wanted = asked.read(&secret).expect("a token is wanted");
        assert_eq!((wanted.family, wanted.audience.text()), (family, resource));
    }
}

#[test]
fn without_the_secret_nothing_is_answered() {
    let (secret, other) = (secret(), secret());
    let (own, wrong) = (secret.text(), other.text());
    let query = "api-version=2019-08-01&resource=r";
    let old = "api-version=2017-09-01&resource=r";
    let metadata = ("metadata", "true");
    let mut twice = Asked::get(format!("/msi/token?{query}"), &[("x-identity-header", own), ("x-identity-header", own)]);
    for asked in [
        Asked::get(format!("/msi/token?{query}"), &[]),
        Asked::get(format!("/msi/token?{query}"), &[("x-identity-header", wrong)]),
        Asked::get(format!("/msi/token?{query}"), &[("x-identity-header", "")]),
        Asked::get(format!("/msi/token?{query}"), &[("secret", own)]),
        Asked::get(format!("/msi/token?{old}"), &[("x-identity-header", own)]),
        Asked::get(format!("/msi/token?{query}&secret={own}"), &[metadata]),
        Asked::get(format!("/metadata/identity/oauth2/token?{query}"), &[metadata, ("x-identity-header", own)]),
        Asked::get(format!("/{wrong}/metadata/identity/oauth2/token?{query}"), &[metadata]),
        Asked::get(format!("/{own}?{query}"), &[metadata]),
        Asked::get(format!("/{own}/other?{query}"), &[metadata]),
        Asked::get(format!("/{}?{query}", &own[..63]), &[metadata]),
        Asked::get("/", &[metadata]),
        Asked::post(format!("/{wrong}/msi/token"), &[metadata], "resource=r"),
        Asked::post("/msi/token", &[metadata], "resource=r"),
    ] {
        assert_eq!(asked.status(&secret), 401, "{}", asked.uri);
    }
    assert_eq!(twice.status(&secret), 401);
    twice.headers.pop();
    assert_eq!(twice.status(&secret), 200);
}

#[test]
fn web_pages_and_proxies_are_refused_before_the_secret_is_looked_at() {
    let secret = secret();
    let uri = "/msi/token?api-version=2019-08-01&resource=r";
    for (name, value) in [
        ("Origin", "http://127.0.0.1:5"),
        ("X-Forwarded-For", "127.0.0.1"),
        ("Forwarded", "for=x"),
        ("Via", "1.1 x"),
        ("X-Forwarded-Host", "x"),
        ("host", "x"),
    ] {
        assert_eq!(Asked::get(uri, &[("x-identity-header", secret.text()), (name, value)]).status(&secret), 400, "{name}");
    }
    for host in ["evil.example:5", "127.0.0.1", "127.0.0.1:6", "localhost:50", "[::1]:5", ""] {
        let mut asked = Asked::get(uri, &[("x-identity-header", secret.text())]);
        asked.headers[0].1 = host.to_owned();
        assert_eq!(asked.status(&secret), 400, "{host}");
    }
    let absolute = Asked::get(format!("http://127.0.0.1:5{uri}"), &[("x-identity-header", secret.text())]);
    assert_eq!(absolute.status(&secret), 400);
}

#[test]
fn wrong_requests_are_told_apart() {
    let secret = secret();
    let text = secret.text();
    let app = |query: &str| Asked::get(format!("/msi/token?{query}"), &[("x-identity-header", text)]);
    for (asked, status) in [
        (app("resource=r"), 400),
        (app("api-version=2020-06-01&resource=r"), 400),
        (app("api-version=2019-08-01"), 400),
        (app("api-version=2019-08-01&resource="), 400),
        (app("api-version=2019-08-01&resource=r&resource=s"), 400),
        (app("api-version=2019-08-01&resource=r&scope=s"), 400),
        (app("api-version=2019-08-01&resource=r&client_id=a&clientid=b"), 400),
        (Asked { method: "POST", ..app("api-version=2019-08-01&resource=r") }, 405),
        (Asked { method: "PUT", ..app("api-version=2019-08-01&resource=r") }, 405),
        (Asked::post(format!("/{text}/msi/token"), &[], "resource=r"), 400),
        (Asked::post(format!("/{text}/msi/token?resource=r"), &[("metadata", "true")], ""), 400),
        (Asked::post(format!("/{text}/msi/token"), &[("metadata", "true")], "resource=r&client_id=1&client_id=2"), 400),
        (Asked::get(format!("/{text}{TOKEN_PATH}?api-version=2018-02-01&resource=r"), &[]), 400),
        (Asked::get(format!("/{text}{TOKEN_PATH}?api-version=2017-12-01&resource=r"), &[("metadata", "true")]), 400),
        (Asked::get(format!("/{text}{TOKEN_PATH}?api-version=9&resource=r"), &[("metadata", "true")]), 400),
    ] {
        assert_eq!(asked.status(&secret), status, "{}", asked.uri);
    }
}

#[test]
fn selectors_are_read_by_all_their_names() {
    let secret = secret();
    let read = |query: &str| {
        let uri = format!("/msi/token?api-version=2019-08-01&resource=r&{query}");
        Asked::get(uri, &[("x-identity-header", secret.text())]).read(&secret).expect("a token is wanted")
    };
    assert_eq!(read("clientid=1").client_id.as_deref(), Some("1"));
    assert_eq!(read("principal_id=1").object_id.as_deref(), Some("1"));
    assert_eq!(read("mi_res_id=1").identity_resource_id.as_deref(), Some("1"));
    assert_eq!(read("msi_res_id=1").identity_resource_id.as_deref(), Some("1"));
}
