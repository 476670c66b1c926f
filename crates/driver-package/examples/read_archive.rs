//! Reads an archive and tells how fast that went: `read_archive PATH-OF-READER ARCHIVE`.

use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use driver_package::reader::read;
use driver_package::{Event, Limits, ReaderProgram};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, reader, archive] = arguments.as_slice() else {
        return Err("give a reader and an archive".into());
    };
    let started = Instant::now();
    let mut bytes = 0;
    let report =
        read(&ReaderProgram::new(reader), Path::new(archive), archive, &Limits::default(), &mut |event| {
            if let Event::Data(piece) = event {
                bytes += piece.len();
            }
            Ok(())
        })?;
    let seconds = started.elapsed().as_secs_f64();
    let speed = bytes as f64 / seconds / 1e6;
    let (files, infs, warnings) = (report.files, report.infs.len(), report.warnings.len());
    writeln!(
        std::io::stdout(),
        "{files} files, {bytes} bytes in {seconds:.2} s: {speed:.0} MB/s; {infs} INF files, {warnings} warnings"
    )?;
    Ok(())
}
