//! A connection that breaks, once, in the middle of an upload.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// What happens after the given number of bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The connection is cut.
    Cut,
    /// Nothing passes any more, but the connection stays.
    Hang,
}

/// Passes connections on to a server.
pub(super) struct Proxy {
    pub(super) address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    server: SocketAddr,
    trouble: Trouble,
    after: u64,
    passed: AtomicU64,
    is_over: AtomicBool,
    is_released: AtomicBool,
}

impl Proxy {
    /// Makes `trouble` once `after` bytes have passed to the server; works well from then on.
    pub(super) fn start(server: SocketAddr, trouble: Trouble, after: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("listen");
        let address = listener.local_addr().expect("an address");
        let (passed, is_over, is_released) =
            (AtomicU64::new(0), AtomicBool::new(false), AtomicBool::new(false));
        let shared = Arc::new(Shared { server, trouble, after, passed, is_over, is_released });
        let serving = shared.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let shared = serving.clone();
                std::thread::spawn(move || shared.connect(client));
            }
        });
        Self { address, shared }
    }

    /// Bytes that have passed to the server.
    pub(super) fn passed(&self) -> u64 {
        self.shared.passed.load(Ordering::SeqCst)
    }

    /// Closes the connection that hangs, as a network does in the end.
    pub(super) fn release(&self) {
        self.shared.is_released.store(true, Ordering::SeqCst);
    }

    /// Whether the trouble has happened.
    pub(super) fn is_over(&self) -> bool {
        self.shared.is_over.load(Ordering::SeqCst)
    }
}

impl Shared {
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
                while self.trouble == Trouble::Hang && !self.is_released.load(Ordering::SeqCst) {
                    std::thread::sleep(Duration::from_millis(5));
                }
                break;
            }
        }
        let _closed = (client.shutdown(Shutdown::Both), server.shutdown(Shutdown::Both));
    }
}
