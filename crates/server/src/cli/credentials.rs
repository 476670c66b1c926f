//! The token: where it is found, and the file in which `login` keeps one for each server.
//!
//! A line of that file is `URL TOKEN ID`, so that a token is only ever sent to the server that gave it. A file that
//! the user names may also hold nothing but a token.

use super::own_files;
use fault::{Error, Result};
use protocol::client::{Credentials, Secret};
use std::path::{Path, PathBuf};

/// The variable that may hold the token itself.
const VARIABLE: &str = "DRIVER_CENTER_TOKEN";

/// Which server, and where its token is kept.
pub(super) struct Source {
    /// Address of the server.
    pub(super) server: String,
    /// The file that was named, instead of the usual one.
    pub(super) file: Option<PathBuf>,
}

/// A kept token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    /// Address of the server that gave it.
    pub(super) server: String,
    /// The token.
    pub(super) token: String,
    /// Its number there.
    pub(super) id: i64,
}

/// The credentials for a server: of the named file, else of the environment, else of what `login` kept.
pub(super) fn find(source: &Source) -> Result<Credentials> {
    if let Some(path) = &source.file {
        let text = String::from_utf8_lossy(&own_files::read_given(path)?).into_owned();
        return bare(&text)
            .or_else(|| kept_for(&text, &source.server))
            .map_or_else(|| Err(bad_file(path)), |token| bearer(&token).map_err(|_| bad_file(path)));
    }
    match std::env::var(VARIABLE) {
        Ok(token) if !token.is_empty() => bearer(&token),
        _ => {
            let Ok(path) = usual_path() else { return Ok(Credentials::None) };
            let token = own_files::read(&path)?.and_then(|text| kept_for(&text, &source.server));
            token.map_or(Ok(Credentials::None), |token| bearer(&token))
        }
    }
}

fn bearer(token: &str) -> Result<Credentials> {
    Secret::new(token.trim()).map(Credentials::Bearer)
}

fn bad_file(path: &Path) -> Error {
    Error::invalid(format!("file {} has no token for this server", path.display()))
        .with_notice("cli.bad_token_file")
        .with_value("path", path.display())
}

fn usual_path() -> Result<PathBuf> {
    Ok(own_files::directory("XDG_CONFIG_HOME", ".config")?.join("token"))
}

impl Source {
    /// The file in which tokens are kept.
    pub(super) fn path(&self) -> Result<PathBuf> {
        self.file.clone().map_or_else(usual_path, Ok)
    }

    /// Keeps `token` for the server, in place of an older one.
    pub(super) fn keep(&self, token: &str, id: i64) -> Result<PathBuf> {
        let path = self.path()?;
        let mut all = parse(&own_files::read(&path)?.unwrap_or_default());
        all.retain(|kept| kept.server != self.server);
        all.push(Kept { server: self.server.clone(), token: token.to_owned(), id });
        own_files::write(&path, &format(&all))?;
        Ok(path)
    }

    /// The token that is kept for the server.
    pub(super) fn kept(&self) -> Result<Option<Kept>> {
        let text = own_files::read(&self.path()?)?.unwrap_or_default();
        Ok(parse(&text).into_iter().find(|kept| kept.server == self.server))
    }

    /// Forgets it.
    pub(super) fn forget(&self) -> Result<()> {
        let path = self.path()?;
        let mut all = parse(&own_files::read(&path)?.unwrap_or_default());
        all.retain(|kept| kept.server != self.server);
        own_files::write(&path, &format(&all))
    }
}

fn parse(text: &str) -> Vec<Kept> {
    let kept = |line: &str| {
        let mut words = line.split_whitespace().map(str::to_owned);
        Some(Kept { server: words.next()?, token: words.next()?, id: words.next()?.parse().ok()? })
    };
    text.lines().filter_map(kept).collect()
}

fn format(all: &[Kept]) -> String {
    all.iter().map(|kept| format!("{} {} {}\n", kept.server, kept.token, kept.id)).collect()
}

/// The only word of the file.
fn bare(text: &str) -> Option<String> {
    let mut words = text.split_whitespace();
    let first = words.next()?;
    words.next().is_none().then(|| first.to_owned())
}

fn kept_for(text: &str, server: &str) -> Option<String> {
    parse(text).into_iter().find(|kept| kept.server == server).map(|kept| kept.token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_for_the_server_that_gave_it() {
        let directory = tempfile::tempdir().unwrap();
        let file = Some(directory.path().join("token"));
        let [here, there] = ["http://here", "http://there"]
            .map(|server| Source { server: server.into(), file: file.clone() });
        here.keep("first", 1).unwrap();
        there.keep("other", 2).unwrap();
        here.keep("second", 3).unwrap();
        assert_eq!(here.kept().unwrap().unwrap().token, "second");
        assert_eq!(there.kept().unwrap().unwrap().id, 2);
        here.forget().unwrap();
        assert_eq!(here.kept().unwrap(), None);
        assert!(find(&here).is_err() && find(&there).is_ok());
    }

    #[test]
    fn a_file_may_hold_nothing_but_a_token() {
        assert_eq!(bare(" abc\n").as_deref(), Some("abc"));
        assert_eq!(bare("http://h abc 1\n"), None);
        assert_eq!(bare(""), None);
    }
}
