//! A program with an allocator of its own, and with another URL parser than the library is tested with.

#[path = "../../../../examples/rust/azure_core_credential.rs"]
pub mod azure_core_credential;
#[path = "../../../../examples/rust/object_store_credential.rs"]
pub mod object_store_credential;

#[global_allocator]
static OWN: std::alloc::System = std::alloc::System;

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use arc_token::{Status, TokenRequest};
    use azure_core::credentials::TokenCredential as _;
    use object_store::CredentialProvider as _;

    use crate::azure_core_credential::ArcCredential;
    use crate::object_store_credential::ArcStorage;

    /// The output of a future that needs no wait.
    fn at_once<T>(future: impl Future<Output = T>) -> T {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(output) => output,
            Poll::Pending => panic!("it waits"),
        }
    }

    fn refused() -> TokenRequest {
        TokenRequest::default().endpoint("http://192.0.2.1/")
    }

    #[test]
    fn an_endpoint_is_judged_before_the_programs_url_parser_sees_it() {
        for host in ["１２７.0.0.1", "127。0.0.1", "0177.1", "ｌocalhost"] {
            let text = format!("http://{host}:40342/");
            // This program's parser takes it for the loopback interface.
            let host = url::Url::parse(&text).unwrap().host_str().unwrap().to_owned();
            assert!(matches!(host.as_str(), "127.0.0.1" | "localhost"), "{text}: {host}");
            assert_eq!(TokenRequest::default().endpoint(&text).send().unwrap_err().status(), Status::EndpointRefused, "{text}");
        }
    }

    #[test]
    fn the_examples_pass_errors_on() {
        let credential = ArcCredential::with_request(refused());
        let error = at_once(credential.get_token(&["https://vault.azure.net/.default"], None)).unwrap_err();
        assert!(matches!(error.kind(), azure_core::error::ErrorKind::Credential), "{error:?}");
        let error = at_once(ArcStorage::with_request(refused()).get_credential()).unwrap_err();
        assert!(error.to_string().contains("192.0.2.1"), "{error}");
    }

    /// Nobody answers at this address until the future is dropped.
    #[test]
    fn a_dropped_future_ends_the_examples_work() {
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let request = TokenRequest::default().endpoint(format!("http://{}/", silent.local_addr().unwrap()));
        let credential = ArcCredential::with_request(request);
        let mut future = Box::pin(credential.get_token(&["https://vault.azure.net/.default"], None));
        assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        drop(future);
        let threads = || {
            let tasks = std::fs::read_dir("/proc/self/task").unwrap().flatten();
            tasks.filter(|task| std::fs::read_to_string(task.path().join("comm")).is_ok_and(|name| name.trim() == "arc-token")).count()
        };
        let begun = std::time::Instant::now();
        while cfg!(target_os = "linux") && threads() > 0 {
            assert!(begun.elapsed().as_secs() < 10, "it goes on");
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }
}
