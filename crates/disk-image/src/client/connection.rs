//! One worker process and the requests that are under way with it.
//!
//! A thread reads all answers and hands each to the request that waits for it; another keeps the tail of the
//! worker's error output. When the worker ends unexpectedly, every request under way gets the same clear error.

use std::collections::{HashMap, VecDeque};
use std::io::{BufReader, Read};
use std::process::{Child, ChildStdin};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use fault::{Error, Kind, Result};

use crate::client::program::WorkerProgram;
use crate::limits::{ANSWER_TIMEOUT, ORPHAN_TIMEOUT, STDERR_BYTES_MAX};
use crate::wire::{Answer, Body, Frame, Request, StreamId, parse, read_frame, write_frame, write_message};

/// Requests under way, by stream; `None` once the worker has closed its output, so that none can wait in vain.
type Waiting = Arc<Mutex<Option<HashMap<StreamId, Sender<Body>>>>>;
type Tail = Arc<Mutex<VecDeque<u8>>>;

/// A running worker. Dropping it lets the worker close its image in order, and waits for that.
#[derive(Debug)]
pub(crate) struct Connection {
    child: Mutex<Child>,
    input: Mutex<Option<ChildStdin>>,
    waiting: Waiting,
    next_stream: Mutex<u32>,
    stderr: Tail,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// A request that has been sent.
#[derive(Debug)]
pub(crate) struct Pending {
    connection: Arc<Connection>,
    pub(crate) stream: StreamId,
    answers: Receiver<Body>,
}

/// What comes back for a request.
#[derive(Debug)]
pub(crate) enum Reply {
    Answer(Answer),
    Data(Vec<u8>),
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is locked here is whole at any time: a panic of another thread cannot leave it half changed.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Connection {
    /// Starts a worker.
    pub(crate) fn start(program: &WorkerProgram) -> Result<Arc<Self>> {
        let mut child = program.spawn()?;
        let (input, output, errors) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (waiting, stderr) = (Arc::new(Mutex::new(Some(HashMap::new()))), Tail::default());
        let mut threads = Vec::new();
        if let Some(output) = output {
            let waiting = Arc::clone(&waiting);
            threads.push(std::thread::spawn(move || dispatch(output, &waiting)));
        }
        if let Some(errors) = errors {
            let stderr = Arc::clone(&stderr);
            threads.push(std::thread::spawn(move || keep_tail(errors, &stderr)));
        }
        Ok(Arc::new(Self {
            child: Mutex::new(child),
            input: Mutex::new(input),
            waiting,
            next_stream: Mutex::new(0),
            stderr,
            threads: Mutex::new(threads),
        }))
    }

    /// Sends a request.
    pub(crate) fn send(self: &Arc<Self>, request: &Request) -> Result<Pending> {
        let stream = {
            let mut next = lock(&self.next_stream);
            *next = next.wrapping_add(1);
            StreamId(*next)
        };
        let (sender, answers) = mpsc::channel();
        match lock(&self.waiting).as_mut() {
            Some(waiting) => waiting.insert(stream, sender),
            None => return Err(self.died()),
        };
        let pending = Pending { connection: Arc::clone(self), stream, answers };
        self.send_more(stream, request)?;
        Ok(pending)
    }

    /// Sends a message that belongs to a request sent before.
    pub(crate) fn send_more(&self, stream: StreamId, request: &Request) -> Result<()> {
        self.write(|input| write_message(input, stream, request))
    }

    /// Sends file data that belong to a request sent before.
    pub(crate) fn send_data(&self, stream: StreamId, data: &[u8]) -> Result<()> {
        self.write(|input| write_frame(input, stream, data, true))
    }

    fn write(&self, write: impl FnOnce(&mut ChildStdin) -> std::io::Result<()>) -> Result<()> {
        let mut input = lock(&self.input);
        let Some(pipe) = input.as_mut() else { return Err(self.died()) };
        let written = write(pipe);
        if written.is_err() {
            // Half a frame may be in the pipe: nothing sensible can follow it.
            *input = None;
            drop(input);
            return Err(self.died());
        }
        Ok(())
    }

    /// Ends the worker at once.
    pub(crate) fn kill(&self) {
        *lock(&self.input) = None;
        // It fails only where the worker has ended already.
        let _ = lock(&self.child).kill();
    }

    /// Whether the worker still runs and can be written to.
    pub(crate) fn is_alive(&self) -> bool {
        lock(&self.input).is_some() && matches!(lock(&self.child).try_wait(), Ok(None))
    }

    /// The number of the worker's process.
    pub(crate) fn process_id(&self) -> u32 {
        lock(&self.child).id()
    }

    /// The error of everything that was under way when the worker ended.
    fn died(&self) -> Error {
        let status = self.wait_for_end(Duration::from_secs(5));
        let tail: Vec<u8> = lock(&self.stderr).iter().copied().collect();
        let tail = String::from_utf8_lossy(&tail);
        let mut text = format!("disk-worker ended unexpectedly ({status})");
        if !tail.trim().is_empty() {
            text.push_str(": ");
            text.push_str(&tail.trim().replace('\n', "; "));
        }
        Error::unavailable(text).with_notice("disk.worker_died").with_value("status", status)
    }

    fn wait_for_end(&self, limit: Duration) -> String {
        let until = Instant::now() + limit;
        loop {
            match lock(&self.child).try_wait() {
                Ok(Some(status)) => return status.to_string(),
                Ok(None) if Instant::now() < until => {}
                Ok(None) => return "still running".to_owned(),
                Err(error) => return error.to_string(),
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        *lock(&self.input) = None;
        if self.wait_for_end(ORPHAN_TIMEOUT) == "still running" {
            let _ = lock(&self.child).kill();
            let _ = lock(&self.child).wait();
        }
        for thread in lock(&self.threads).drain(..) {
            let _ = thread.join();
        }
    }
}

impl Pending {
    /// Waits for what comes next.
    pub(crate) fn next(&self) -> Result<Reply> {
        match self.answers.recv_timeout(ANSWER_TIMEOUT) {
            Ok(body) => read_reply(body),
            Err(RecvTimeoutError::Disconnected) => Err(self.connection.died()),
            Err(RecvTimeoutError::Timeout) => {
                self.connection.kill();
                Err(Error::unavailable("disk-worker gives no answer")
                    .with_notice("disk.worker_died")
                    .with_value("status", "no answer"))
            }
        }
    }

    /// Waits for the next message; data are a mistake.
    pub(crate) fn answer(&self) -> Result<Answer> {
        match self.next()? {
            Reply::Answer(answer) => Ok(answer),
            Reply::Data(_) => Err(unexpected("data")),
        }
    }

    /// Waits for `Done`.
    pub(crate) fn done(&self) -> Result<()> {
        match self.answer()? {
            Answer::Done => Ok(()),
            other => Err(unexpected(other)),
        }
    }

    /// What has come back already, without waiting.
    pub(crate) fn try_next(&self) -> Result<Option<Reply>> {
        match self.answers.try_recv() {
            Ok(body) => read_reply(body).map(Some),
            Err(mpsc::TryRecvError::Empty) => Ok(None),
            Err(mpsc::TryRecvError::Disconnected) => Err(self.connection.died()),
        }
    }

    /// The worker that it was sent to.
    pub(crate) fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if let Some(waiting) = lock(&self.connection.waiting).as_mut() {
            waiting.remove(&self.stream);
        }
    }
}

fn read_reply(body: Body) -> Result<Reply> {
    match body {
        Body::Data(data) => Ok(Reply::Data(data)),
        Body::Message(message) => match parse(&message)? {
            Answer::Failed(error) => Err(error.into()),
            answer => Ok(Reply::Answer(answer)),
        },
    }
}

/// An answer that does not fit its request.
pub(crate) fn unexpected(answer: impl std::fmt::Debug) -> Error {
    Error::new(Kind::Bug, format!("understand the answer {answer:?} of disk-worker"))
}

fn dispatch(output: impl Read, waiting: &Waiting) {
    let mut output = BufReader::with_capacity(64 * 1024, output);
    while let Ok(Some(Frame { stream, body })) = read_frame(&mut output) {
        // Nobody waits any more for a request that was given up.
        if let Some(sender) = lock(waiting).as_ref().and_then(|waiting| waiting.get(&stream)) {
            let _ = sender.send(body);
        }
    }
    *lock(waiting) = None;
}

fn keep_tail(mut errors: impl Read, tail: &Tail) {
    let mut buffer = [0; 1024];
    while let Ok(count @ 1..) = errors.read(&mut buffer) {
        let mut tail = lock(tail);
        tail.extend(&buffer[..count]);
        let excess = tail.len().saturating_sub(STDERR_BYTES_MAX);
        tail.drain(..excess);
    }
}
