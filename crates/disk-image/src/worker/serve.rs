//! The worker's loop: requests in, answers out, one at a time.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};

use fault::{Error, Result, WireError};

use disk_image::limits::{FRAMES_AHEAD, LISTING_BATCH, ORPHAN_TIMEOUT, RANGES_BATCH};
use disk_image::wire::{
    Answer, Body, Frame, Request, StreamId, parse, read_frame, write_frame, write_message,
};
use disk_image::{Access, Capture, DirEntry, DiskPath, Image};

use crate::ffi::host::exit_now;
use crate::images::OpenImage;
use crate::session::Session;
use crate::survey::Survey;
use crate::writer::Writer;
use crate::{adopt, create, files, grow, merge, seal};

/// Progress is told when this much more is done.
const PROGRESS_STEP_BYTES: u64 = 16 * 1024 * 1024;
/// The process ends with this when its parent has gone away.
const ORPHAN_EXIT: i32 = 3;

/// Where answers go.
struct Output(File);

impl Output {
    fn answer(&mut self, stream: StreamId, answer: &Answer) -> Result<()> {
        write_message(&mut self.0, stream, answer).map_err(Error::from)
    }

    fn data(&mut self, stream: StreamId, data: &[u8]) -> Result<()> {
        write_frame(&mut self.0, stream, data, true).map_err(Error::from)
    }

    fn result(&mut self, stream: StreamId, result: Result<Answer>) -> Result<()> {
        match result {
            Ok(answer) => self.answer(stream, &answer),
            Err(error) => self.answer(stream, &Answer::Failed(WireError::from(&error))),
        }
    }
}

/// Serves one worker's life.
pub(crate) fn run() -> Result<()> {
    let mut output = Output(File::from(io::stdout().as_fd().try_clone_to_owned()?));
    let has_session = Arc::new(AtomicBool::new(false));
    let frames = read_ahead(Arc::clone(&has_session));
    let Ok(Frame { stream, body: Body::Message(message) }) = frames.recv() else { return Ok(()) };
    match parse(&message)? {
        Request::Open { image, access } => {
            has_session.store(true, Ordering::Relaxed);
            match open(&image, access) {
                Ok(session) => {
                    output.answer(stream, &Answer::Done)?;
                    Server { session: Some(session), output }.serve(&frames)
                }
                Err(error) => output.result(stream, Err(error)),
            }
        }
        request => {
            let result = run_job(&request, stream, &mut output);
            output.result(stream, result)
        }
    }
}

/// Reads frames on a thread of its own, so that the pipe is emptied while the volume is written.
///
/// When the parent goes away, a job ends at once: nobody waits for it. A session gets time to close its image.
fn read_ahead(has_session: Arc<AtomicBool>) -> Receiver<Frame> {
    let (sender, receiver) = mpsc::sync_channel(FRAMES_AHEAD);
    std::thread::spawn(move || {
        forward_frames(&sender);
        drop(sender);
        if has_session.load(Ordering::Relaxed) {
            std::thread::sleep(ORPHAN_TIMEOUT);
        }
        exit_now(ORPHAN_EXIT);
    });
    receiver
}

fn forward_frames(sender: &SyncSender<Frame>) {
    let mut input = io::stdin().lock();
    while let Ok(Some(frame)) = read_frame(&mut input) {
        if sender.send(frame).is_err() {
            return;
        }
    }
}

fn open(image: &Image, access: Access) -> Result<Session> {
    let write = access == Access::Write;
    match image {
        Image::Base(_) if write => Err(Error::bug("open a Base to be written")),
        Image::Base(path) => Session::open(OpenImage::base(path)?, false),
        Image::Earlier { .. } if write => Err(Error::bug("open what a Base was to be written")),
        Image::Earlier { base, scratch, ranges, length } => {
            Session::open(OpenImage::earlier(base, scratch, ranges, *length)?, false)
        }
        Image::New(path) => Session::open(OpenImage::new_base(path)?, write),
        Image::Active { active, base } => Session::open(OpenImage::active(active, base, write)?, write),
    }
}

fn run_job(request: &Request, stream: StreamId, output: &mut Output) -> Result<Answer> {
    match request {
        Request::CreateBase { path, options } => create::base(path, options).map(Answer::Image),
        Request::CreateActive { active, base } => create::active(active, base).map(|()| Answer::Done),
        Request::AdoptBase { source, dest } => {
            adopt::run(source, dest, &mut steps(stream, output)).map(Answer::Image)
        }
        Request::Merge { active, base, capture } => {
            let result = merge::run(active, base, capture, &mut steps(stream, output))?;
            tell_captured(&result, stream, output)
        }
        Request::Grow { base, capture, virtual_size_bytes } => {
            let result = grow::captured(base, capture, *virtual_size_bytes)?;
            tell_captured(&result, stream, output)
        }
        Request::GrowNew { path, virtual_size_bytes } => {
            grow::in_place(path, *virtual_size_bytes).map(|()| Answer::Done)
        }
        Request::Inspect { path } => grow::inspect(path).map(Answer::Facts),
        Request::Check { path } => check(path),
        _ => Err(Error::bug("ask for a file before an image is open")),
    }
}

fn tell_captured(result: &Capture, stream: StreamId, output: &mut Output) -> Result<Answer> {
    for ranges in result.ranges.chunks(RANGES_BATCH) {
        output.answer(stream, &Answer::Ranges(ranges.to_vec()))?;
    }
    Ok(Answer::Captured { new_length: result.new_length })
}

fn check(path: &Path) -> Result<Answer> {
    let file = crate::images::open_file(path, crate::images::Lock::Shared)?;
    Survey::run(&file, path).map(|survey| Answer::Checked(survey.report))
}

/// Tells progress, but not at every turn.
fn steps(stream: StreamId, output: &mut Output) -> impl FnMut(u64, u64) -> Result<()> {
    let mut told = 0;
    move |done, total| {
        if done < told + PROGRESS_STEP_BYTES && done != total {
            return Ok(());
        }
        told = done;
        output.answer(stream, &Answer::Progress { done, total })
    }
}

struct Server {
    session: Option<Session>,
    output: Output,
}

impl Server {
    fn serve(mut self, frames: &Receiver<Frame>) -> Result<()> {
        while let Ok(Frame { stream, body }) = frames.recv() {
            let Some(session) = self.session.as_mut() else { return Ok(()) };
            match body {
                Body::Data(data) => {
                    let written = session.go_on(stream, |writer, volume| writer.add_data(volume, &data));
                    self.tell_failure(stream, written)?;
                }
                Body::Message(message) => self.handle(stream, parse(&message)?)?,
            }
            if self.session.is_none() {
                return Ok(());
            }
        }
        // The parent has gone away: leave the image in order.
        self.session.take().map_or(Ok(()), |session| session.close().map(drop))
    }

    /// Steps of an import are not answered unless they fail.
    fn tell_failure(&mut self, stream: StreamId, result: Result<()>) -> Result<()> {
        match result {
            Ok(()) => Ok(()),
            Err(error) => self.output.result(stream, Err(error)),
        }
    }

    fn handle(&mut self, stream: StreamId, request: Request) -> Result<()> {
        let Some(session) = self.session.as_mut() else { return Ok(()) };
        let done = |result: Result<()>| result.map(|()| Answer::Done);
        let result = match request {
            Request::List { path } => return self.list(stream, &path),
            Request::Read { file, offset, length } => return self.read(stream, file, offset, length),
            Request::Directory { path, modified } => {
                let added =
                    session.go_on(stream, |writer, volume| writer.add_directory(volume, &path, modified));
                return self.tell_failure(stream, added);
            }
            Request::File { path, size, modified } => {
                let added =
                    session.go_on(stream, |writer, volume| writer.add_file(volume, &path, size, modified));
                return self.tell_failure(stream, added);
            }
            Request::Seal | Request::Close => return self.end(stream, matches!(request, Request::Seal)),
            Request::Stat { path } => session
                .quiet_volume()
                .and_then(|volume| files::stat(volume, &path))
                .map(|(file, entry)| Answer::Entry { file: file.0, entry }),
            Request::Space => session.space().map(Answer::Space),
            Request::BeginTree { path } => done(session.begin(stream, |volume| Writer::tree(volume, &path))),
            Request::BeginFile { path, size, modified, replace } => {
                done(session.begin(stream, |volume| Writer::file(volume, &path, size, modified, replace)))
            }
            Request::Finish => session.finish(stream).map(Answer::Imported),
            Request::Cancel => done(session.cancel(stream)),
            Request::Remove { path } => done(session.remove(&path)),
            Request::Sync => done(session.sync()),
            _ => Err(Error::bug("ask for a job while an image is open")),
        };
        self.output.result(stream, result)
    }

    fn list(&mut self, stream: StreamId, path: &DiskPath) -> Result<()> {
        let Some(session) = self.session.as_mut() else { return Ok(()) };
        let listed = list_batches(session, path, &mut |entries, more| {
            self.output.answer(stream, &Answer::Listing { entries, more })
        });
        self.tell_failure(stream, listed)
    }

    fn read(&mut self, stream: StreamId, file: u64, offset: u64, length: u32) -> Result<()> {
        let Some(session) = self.session.as_mut() else { return Ok(()) };
        let file = crate::ffi::ntfs::FileReference(file);
        match session.quiet_volume().and_then(|volume| files::read(volume, file, offset, length)) {
            Ok(data) => self.output.data(stream, &data),
            Err(error) => self.output.result(stream, Err(error)),
        }
    }

    fn end(&mut self, stream: StreamId, is_seal: bool) -> Result<()> {
        if self.session.as_ref().is_some_and(Session::is_writing) {
            let busy =
                Error::busy("close the image: an import is running").with_notice("disk.import_running");
            return self.output.result(stream, Err(busy));
        }
        let Some(session) = self.session.take() else { return Ok(()) };
        let result = match is_seal {
            true => seal::run(session).map(Answer::Sealed),
            false => session.close().map(|_| Answer::Done),
        };
        self.output.result(stream, result)
    }
}

/// Lists a directory piece by piece, so that a large one is never in memory as a whole with all its details.
fn list_batches(
    session: &mut Session,
    path: &DiskPath,
    tell: &mut dyn FnMut(Vec<DirEntry>, bool) -> Result<()>,
) -> Result<()> {
    let volume = session.quiet_volume()?;
    let entries = files::list(volume, path)?;
    let mut batches = entries.chunks(LISTING_BATCH).peekable();
    if batches.peek().is_none() {
        return tell(Vec::new(), false);
    }
    while let Some(batch) = batches.next() {
        let described = files::describe_all(volume, path, batch)?;
        tell(described, batches.peek().is_some())?;
    }
    Ok(())
}
