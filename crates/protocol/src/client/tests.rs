//! The client against a peer that says exactly what each test wants.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;

use fault::Kind;

use super::*;

/// Answers one connection with `script`; joins with the request's head.
fn peer(script: impl FnOnce(&mut TcpStream) + Send + 'static) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let thread = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = String::new();
        let mut lines = BufReader::new(stream.try_clone().unwrap());
        while lines.read_line(&mut head).unwrap() > 2 {}
        script(&mut stream);
        head
    });
    (url, thread)
}

fn answering(answer: &'static str) -> (String, JoinHandle<String>) {
    peer(move |stream| stream.write_all(answer.as_bytes()).unwrap())
}

fn client(url: &str) -> Client {
    client_with(url, Limits::default())
}

fn client_with(url: &str, limits: Limits) -> Client {
    let limits = Limits { json_bytes: 100, ..limits };
    Client::new(url, Credentials::None).unwrap().with_limits(limits)
}

fn notice(error: &Error) -> (Kind, &str) {
    (error.kind(), error.notice().map_or("", |notice| notice.id.as_ref()))
}

#[test]
fn a_request_carries_its_credentials_and_language() {
    let (url, peer) = answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n42");
    let secret = Secret::new("abc").unwrap();
    let client = Client::new(&url, Credentials::Bearer(secret)).unwrap().with_language("zh-CN");
    assert_eq!(client.get_json::<u32>("/api/v1/x").unwrap(), 42);
    let head = peer.join().unwrap().to_lowercase();
    assert!(head.starts_with("get /api/v1/x http/1.1\r\n"), "{head}");
    assert!(head.contains("authorization: bearer abc\r\n"), "{head}");
    assert!(head.contains("accept-language: zh-cn\r\n"), "{head}");
}

#[test]
fn what_is_no_driver_center_is_told_apart() {
    for answer in [
        "HTTP/1.1 302 Found\r\nlocation: http://portal/\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>",
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
    ] {
        let error = client(&answering(answer).0).get_json::<u32>("/").unwrap_err();
        assert_eq!(notice(&error), (Kind::Unavailable, "net.not_driver_center"), "{error}");
    }
}

#[test]
fn what_a_proxy_says_is_not_what_the_center_says() {
    let kind = |status: u16| {
        let (url, _) = peer(move |stream| {
            write!(stream, "HTTP/1.1 {status} No\r\ncontent-length: 6\r\n\r\n<html>").unwrap();
        });
        let error = client(&url).get_json::<u32>("/").unwrap_err();
        assert_eq!(notice(&error).1, "net.not_driver_center");
        error.kind()
    };
    for status in [400, 401, 403, 404, 409, 429, 502, 507] {
        assert_eq!(kind(status), Kind::Unavailable, "{status}");
    }
    assert_eq!(kind(413), Kind::Invalid);
}

#[test]
fn a_failure_keeps_what_the_server_says() {
    let body = r#"{"code":403,"message":"no","kind":"denied","notice":"auth.denied"}"#;
    let (url, _) = peer(move |s| {
        write!(s, "HTTP/1.1 403 Forbidden\r\ncontent-length: {}\r\n\r\n{body}", body.len()).unwrap();
    });
    let error = client(&url).post_json::<_, u32>("/", &1).unwrap_err();
    assert_eq!(notice(&error), (Kind::Denied, "auth.denied"));
}

#[test]
fn bodies_are_bounded_whatever_is_announced() {
    let limited = |answer: &'static str| {
        client(&answering(answer).0).get_bytes("/", 4, &mut |_| Ok(())).map_err(|e| notice(&e).1.to_owned())
    };
    assert_eq!(limited("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nabcd").unwrap(), b"abcd");
    let long = "HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\nabcd";
    assert_eq!(limited(long).unwrap_err(), "net.too_large");
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nabcde\r\n5\r\nabcde\r\n";
    assert_eq!(limited(chunked).unwrap_err(), "net.too_large");
    let short = "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nab";
    assert_eq!(limited(short).unwrap_err(), "net.unreachable");
}

#[test]
fn silence_ends_a_transfer() {
    let (url, _) = peer(|stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\na").unwrap();
        // Holds the connection open until the client gives it up.
        let _ = stream.read(&mut [0]);
    });
    let short = Limits { stall: Duration::from_millis(300), ..Limits::default() };
    let error = client_with(&url, short).get_bytes("/", 3, &mut |_| Ok(())).unwrap_err();
    assert_eq!(notice(&error), (Kind::Unavailable, "net.timeout"));
}

#[test]
fn progress_can_end_a_transfer() {
    let (url, _) = answering("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc");
    let error = client(&url).get_bytes("/", 3, &mut |_| Err(Error::cancelled("stop"))).unwrap_err();
    assert_eq!(error.kind(), Kind::Cancelled);
}

#[test]
fn an_upload_is_sent_raw_under_its_name() {
    let (url, peer) = peer(|stream| {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").unwrap();
        let mut body = [0; 5];
        stream.read_exact(&mut body).unwrap();
        assert_eq!(&body, b"hello");
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n7").unwrap();
    });
    let mut seen = Vec::new();
    let mut note = |done| {
        seen.push(done);
        Ok(())
    };
    let id: u32 = client(&url).upload("/up", &mut &b"hello, world"[..], 5, "驱 动.tq", &mut note).unwrap();
    assert_eq!((id, seen.last()), (7, Some(&5)));
    let head = peer.join().unwrap().to_lowercase();
    assert!(head.starts_with("post /up?name=%e9%a9%b1%20%e5%8a%a8.tq http"), "{head}");
    assert!(head.contains("content-length: 5\r\n") && !head.contains("chunked"), "{head}");
}

#[test]
fn an_upload_that_is_refused_sends_nothing() {
    let (url, _) = peer(|stream| {
        let body = r#"{"code":507,"message":"full","kind":"no_space"}"#;
        let head = "HTTP/1.1 507 Insufficient Storage\r\nconnection: close\r\ncontent-length:";
        write!(stream, "{head} {}\r\n\r\n{body}", body.len()).unwrap();
    });
    let mut unread = std::io::repeat(0);
    let mut note = |done| panic!("sent {done} bytes");
    let error = client(&url).upload::<u32>("/up", &mut unread, 1 << 40, "a", &mut note).unwrap_err();
    assert_eq!(notice(&error), (Kind::NoSpace, "server.failed"));
}

#[test]
fn nobody_there_is_unreachable() {
    let error = client("http://127.0.0.1:1").get_json::<u32>("/").unwrap_err();
    assert_eq!(notice(&error), (Kind::Unavailable, "net.unreachable"));
}

#[test]
fn a_stream_of_events_ends_with_the_connection() {
    let (url, _) = answering(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n\
         data: {\"event\":\"version\",\"number\":3}\n\n",
    );
    let events: Vec<_> = client(&url).events("/api/v1/events").unwrap().map(|e| e.unwrap()).collect();
    assert!(matches!(events[0].json().unwrap(), crate::api::Event::Version { number: 3 }));
    assert_eq!(events.len(), 1);
}

#[test]
fn only_plain_addresses_of_servers_are_accepted() {
    let accepted = |url: &str| Client::new(url, Credentials::None).map(|c| c.base_url().to_owned()).ok();
    assert_eq!(accepted("http://10.0.0.1:8080/").as_deref(), Some("http://10.0.0.1:8080"));
    assert_eq!(accepted("https://[fd00::1]/center").as_deref(), Some("https://[fd00::1]/center"));
    for url in ["", "host", "ftp://host", "http://", "http://user:pw@host", "http://host/?a=b", "http://a b"]
    {
        assert_eq!(accepted(url), None, "{url}");
    }
}

#[test]
fn values_of_a_query_cannot_break_out_of_it() {
    assert_eq!(
        with_query("/a", &[("name", "惠普 1&x=y.zip"), ("n", "2")]),
        concat!("/a?name=%E6%83%A0%E6%99%AE%201%26x%3Dy.zip", "&n=2")
    );
}

#[test]
fn a_secret_is_not_shown_and_cannot_forge_a_header() {
    let secret = Secret::new("s3cret").unwrap();
    assert!(!format!("{:?}", Credentials::Bearer(secret)).contains("s3cret"));
    assert!(Secret::new("a\r\nhost: b").is_err());
}

#[test]
fn a_resumable_upload_begins_goes_on_and_stays_on_its_server() {
    let (url, peer) = answering("HTTP/1.1 201 Created\r\nlocation: /up/a-1\r\ncontent-length: 0\r\n\r\n");
    assert_eq!(client(&url).begin_upload("/up", 9, "b.tq", &[]).unwrap(), "/up/a-1");
    let head = peer.join().unwrap().to_lowercase();
    assert!(head.contains("tus-resumable: 1.0.0\r\n") && head.contains("upload-length: 9\r\n"), "{head}");
    let (url, _) =
        answering("HTTP/1.1 201 Created\r\nlocation: http://evil/up/1\r\ncontent-length: 0\r\n\r\n");
    assert_eq!(
        notice(&client(&url).begin_upload("/up", 9, "b", &[]).unwrap_err()).1,
        "net.not_driver_center"
    );

    let (url, _) = answering("HTTP/1.1 200 OK\r\nupload-offset: 4\r\ncontent-length: 0\r\n\r\n");
    assert_eq!(client(&url).look_at_upload("/up/1").unwrap(), Uploaded { offset: 4, job: None });
    let (url, _) =
        peer_that_reads(5, "HTTP/1.1 204 No Content\r\nupload-offset: 9\r\ndriver-center-job: j\r\n\r\n");
    let (mut data, mut sent): (&[u8], _) = (b"56789", 0);
    let mut note = |done| {
        sent = done;
        Ok(())
    };
    let done = client(&url).continue_upload("/up/1", 4, &mut data, 5, &mut note).unwrap();
    assert_eq!((done, sent), (Uploaded { offset: 9, job: Some("j".into()) }, 5));
    // An answer to HEAD has no body that could say more than its status.
    for (answer, kind) in [
        ("HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n", Kind::Denied),
        ("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", Kind::NotFound),
    ] {
        let (url, _) = answering(answer);
        assert_eq!(client(&url).look_at_upload("/up/1").unwrap_err().kind(), kind);
    }
    let gone =
        "HTTP/1.1 404 Not Found\r\ncontent-length: 37\r\n\r\n{\"code\":404,\"message\":\"it was there\"}";
    assert!(client(&answering(gone).0).drop_upload("/up/1").is_ok());
}

/// Lets `length` bytes of a body come in before it answers.
fn peer_that_reads(length: usize, answer: &'static str) -> (String, JoinHandle<String>) {
    peer(move |stream| {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").unwrap();
        stream.read_exact(&mut vec![0; length]).unwrap();
        stream.write_all(answer.as_bytes()).unwrap();
    })
}
