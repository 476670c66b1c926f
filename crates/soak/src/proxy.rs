//! The one address under which everybody reaches the server, wherever it listens; its connections can be cut.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fault::{Context as _, Result};

/// Passes connections on to wherever the server is now.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    server: Option<SocketAddr>,
    open: Vec<TcpStream>,
}

impl Proxy {
    pub(crate) fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").context(|| "listen")?;
        let address = listener.local_addr().context(|| "listen")?;
        let shared = Arc::<Mutex<Shared>>::default();
        let serving = shared.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(std::io::Result::ok) {
                let shared = serving.clone();
                std::thread::spawn(move || connect(&client, &shared));
            }
        });
        Ok(Self { address, shared })
    }

    /// The server listens here from now on, or nowhere.
    pub(crate) fn lead_to(&self, server: Option<SocketAddr>) {
        lock(&self.shared).server = server;
    }

    /// Cuts all connections; answers how many there were.
    pub(crate) fn cut(&self) -> usize {
        let open = std::mem::take(&mut lock(&self.shared).open);
        open.iter().filter(|stream| stream.shutdown(Shutdown::Both).is_ok()).count()
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn connect(client: &TcpStream, shared: &Mutex<Shared>) {
    let server = lock(shared).server;
    if let Some(Ok(server)) = server.map(TcpStream::connect) {
        // Fails when either side has gone already.
        let _over = pass_both_ways(client, &server, shared);
        let _closed = server.shutdown(Shutdown::Both);
    }
    let _closed = client.shutdown(Shutdown::Both);
}

fn pass_both_ways(client: &TcpStream, server: &TcpStream, shared: &Mutex<Shared>) -> std::io::Result<()> {
    {
        let mut shared = lock(shared);
        shared.open.retain(|stream| stream.peer_addr().is_ok());
        shared.open.push(client.try_clone()?);
    }
    let (from, to) = (server.try_clone()?, client.try_clone()?);
    let answers = std::thread::spawn(move || pass(&from, &to));
    pass(client, server);
    let _ended = answers.join();
    Ok(())
}

/// Passes bytes on until either side ends.
fn pass(mut from: &TcpStream, mut to: &TcpStream) {
    let mut buffer = [0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _closed = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}
