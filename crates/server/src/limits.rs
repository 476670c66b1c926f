//! Every bound on what comes in over HTTP. Bounds on archives, disks and versions are in the crates that read them.

use std::time::Duration;

/// Connections at once; fewer where the system lets the process have fewer open files.
pub(crate) const CONNECTIONS_MAX: usize = 8192;
/// Connections that are made and not accepted yet; the system may allow fewer (`net.core.somaxconn`).
pub(crate) const ACCEPT_QUEUE: u32 = 4096;
/// Open files that are kept for other things than connections: the database, archives, disks, workers.
pub(crate) const FILES_RESERVED: usize = 1024;
/// Time for a client to send the head of a request.
pub(crate) const HEADER_TIMEOUT: Duration = Duration::from_secs(20);
/// Time for a client to agree on TLS.
pub(crate) const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// How often is looked whether the certificate was renewed.
pub(crate) const CERTIFICATE_CHECK: Duration = Duration::from_secs(10);
/// Bytes that are read of a file with certificates or a key.
pub(crate) const CERTIFICATE_BYTES_MAX: u64 = 1024 * 1024;
/// Bytes of a connection that are buffered; so the head of a request has no more.
pub(crate) const CONNECTION_BUFFER_BYTES: usize = 256 * 1024;
/// Bytes of a JSON body, where no other bound is named.
pub(crate) const JSON_BYTES_MAX: usize = 256 * 1024;
/// Bytes of a body that lists the devices of a machine: twice what the center keeps of an inventory, for it may be written
/// with blanks and escapes.
pub(crate) const DEVICES_JSON_BYTES_MAX: usize = 2 * center::limits::INVENTORY_BYTES_MAX;
/// Bytes of a body that names terminals: an id has 36 characters, quotes, a comma and perhaps a blank.
pub(crate) const TERMINALS_JSON_BYTES_MAX: usize = 48 * center::limits::PUSH_MAX;
/// Bytes of a body that is taken even where nobody reads it.
pub(crate) const SMALL_BODY_BYTES: usize = 16 * 1024;
/// Time in which at least one chunk of an upload must come.
pub(crate) const UPLOAD_STALL: Duration = Duration::from_secs(60);
/// Time for which the rest of a refused upload is taken, so that its sender comes to read why.
pub(crate) const HEAR_OUT: Duration = Duration::from_secs(30);
/// Time in which something of it must come.
pub(crate) const HEAR_OUT_STALL: Duration = Duration::from_secs(5);
/// Chunks of an upload that wait for the disk.
pub(crate) const UPLOAD_QUEUE: usize = 32;
/// Bytes of an upload after which they are made durable, so that a crash loses no more.
pub(crate) const UPLOAD_SYNC_BYTES: u64 = 64 * 1024 * 1024;
/// Unfinished uploads that one user may have.
pub(crate) const UPLOADS_PER_USER_MAX: u64 = 32;
/// How often abandoned uploads are looked for.
pub(crate) const UPLOAD_SWEEP: Duration = Duration::from_secs(15 * 60);
/// Space that stays free when an upload is accepted.
pub(crate) const UPLOAD_RESERVE_BYTES: u64 = 64 * 1024 * 1024;
/// Characters of the name of an uploaded file.
pub(crate) const FILE_NAME_CHARS_MAX: usize = 255;
/// Bytes that are read at once from a file that is sent.
pub(crate) const SEND_BUFFER_BYTES: usize = 256 * 1024;
/// A transfer to a terminal gets so much at least, where updates share a limit; later ones have to come again. Clients
/// give transfers up that are slower than half of it.
pub(crate) const TRANSFER_BYTES_PER_SECOND_MIN: u64 = 32 * 1024;
/// Rows of a page.
pub(crate) const PAGE_ROWS_MAX: u64 = 1000;
/// Rows of a page when none are asked for.
pub(crate) const PAGE_ROWS: u64 = 100;
/// Streams of events at once.
pub(crate) const EVENT_STREAMS_MAX: usize = 256;
/// Pause after which a silent stream of events shows that it lives.
pub(crate) const EVENT_KEEP_ALIVE: Duration = Duration::from_secs(15);
/// Time for requests to end after the signal to stop.
pub(crate) const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(20);
/// Longest time that a request may wait for the end of an operation.
pub(crate) const OPERATION_WAIT_SECONDS_MAX: u64 = 55;
/// How often sessions that have ended are forgotten.
pub(crate) const SESSION_SWEEP: Duration = Duration::from_secs(3600);

/// Longest text field of a form beside its file, in bytes.
pub(crate) const FORM_FIELD_BYTES_MAX: usize = 2048;
/// Fields of such a form, the file included.
pub(crate) const FORM_FIELDS_MAX: usize = 32;
