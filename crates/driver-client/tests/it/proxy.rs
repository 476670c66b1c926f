//! A connection that breaks, once, in the middle of an upload.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, mpsc};

/// Passes connections on to a server.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    passed: Arc<AtomicU64>,
    troubles: mpsc::Receiver<()>,
}

struct Way {
    server: SocketAddr,
    after: u64,
    /// Whether nothing passes any more after `after` bytes, instead of a cut.
    is_to_hang: bool,
    passed: Arc<AtomicU64>,
    is_over: AtomicBool,
    trouble: mpsc::Sender<()>,
}

impl Proxy {
    /// Cuts the connection, or lets it hang, once `after` bytes have passed to the server; works well from then on.
    pub(crate) fn start(server: SocketAddr, after: u64, is_to_hang: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("listen");
        let address = listener.local_addr().expect("an address");
        let (trouble, troubles) = mpsc::channel();
        let passed = Arc::new(AtomicU64::new(0));
        let way = Way {
            server,
            after,
            is_to_hang,
            passed: passed.clone(),
            is_over: AtomicBool::new(false),
            trouble,
        };
        let way = Arc::new(way);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let way = way.clone();
                std::thread::spawn(move || way.connect(client));
            }
        });
        Self { address, passed, troubles }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Bytes that have passed to the server.
    pub(crate) fn passed(&self) -> u64 {
        self.passed.load(Ordering::SeqCst)
    }

    /// Waits until the trouble has happened.
    pub(crate) fn await_trouble(&self) {
        self.troubles.recv_timeout(std::time::Duration::from_secs(120)).expect("trouble");
    }
}

impl Way {
    fn connect(&self, mut client: TcpStream) {
        let Ok(mut server) = TcpStream::connect(self.server) else { return };
        let (Ok(mut back), Ok(mut answers)) = (client.try_clone(), server.try_clone()) else { return };
        std::thread::spawn(move || {
            // Ends with either side.
            let _ended = std::io::copy(&mut answers, &mut back);
            let _closed = back.shutdown(Shutdown::Both);
        });
        let mut buffer = [0; 16 * 1024];
        while let Ok(count @ 1..) = client.read(&mut buffer) {
            if server.write_all(&buffer[..count]).is_err() {
                break;
            }
            let passed = self.passed.fetch_add(count as u64, Ordering::SeqCst) + count as u64;
            if passed >= self.after && !self.is_over.swap(true, Ordering::SeqCst) {
                self.trouble.send(()).expect("somebody waits");
                if self.is_to_hang {
                    // Ends when the client does.
                    let mut byte = [0; 1];
                    while matches!(client.peek(&mut byte), Ok(1)) {
                        if client.read(&mut buffer).is_err() {
                            break;
                        }
                    }
                }
                break;
            }
        }
        let _closed = (client.shutdown(Shutdown::Both), server.shutdown(Shutdown::Both));
    }
}
