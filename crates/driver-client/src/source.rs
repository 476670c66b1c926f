//! What is to be uploaded, as one `.zip`: a file as it is, or a folder or an installed driver, packed.

use fault::{Error, Result};
use std::path::{Path, PathBuf};

use crate::files::{self, Scratch};
use crate::limits::NAME_CHARS_MAX;
use crate::machine::{self, Package};
use crate::pack::pack;
use crate::settings::state_folder;
use crate::ui::Ui;

/// What a command is to take: exactly one.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Source {
    /// A .zip, or a folder with driver files 驱动压缩包或驱动文件夹
    #[arg(value_name = "FILE_OR_FOLDER")]
    path: Option<PathBuf>,
    /// The driver of this printer of the machine 本机打印机的驱动
    #[arg(long, value_name = "NAME")]
    printer: Option<String>,
    /// This installed printer driver 本机已安装的打印机驱动
    #[arg(long, value_name = "NAME")]
    driver: Option<String>,
    /// The driver package that Windows installed under this name, such as oem12.inf 已安装的驱动包
    #[arg(long, value_name = "OEM.INF", value_parser = published_name)]
    inf: Option<String>,
}

/// A file to be sent.
#[derive(Debug)]
pub(crate) struct Archive {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// The name under which it is sent, with its extension.
    pub(crate) name: String,
    /// How many files were packed; none for an archive that was there.
    pub(crate) files: Option<usize>,
    /// The file, where it was made for this run.
    _scratch: Option<Scratch>,
}

/// Files of a driver, and what to call them.
#[derive(Debug)]
struct Folder {
    name: String,
    package: Package,
}

impl Source {
    /// The archive to be sent, under `name` where one is given.
    pub(crate) fn archive(&self, name: Option<&str>, ui: &Ui) -> Result<Archive> {
        match self.path.as_deref().filter(|path| !path.is_dir()) {
            Some(path) => whole(path, name),
            None => {
                let scratch = state_folder()?.join("packed");
                files::make_private_folder(&scratch).map_err(|e| files::unwritable(&scratch, e.into()))?;
                files::forget_old(&scratch);
                let path = scratch.join(format!("{}.zip", std::process::id()));
                let guard = Scratch(path.clone());
                let (name, files) = self.pack(name, &path, ui)?;
                Ok(Archive { path, name, files: Some(files), _scratch: Some(guard) })
            }
        }
    }

    /// Packs the files into the new file `archive`; answers their name and number.
    pub(crate) fn pack(&self, name: Option<&str>, archive: &Path, ui: &Ui) -> Result<(String, usize)> {
        let folder = self.folder(ui)?;
        let path = match &folder.package {
            Package::Kept(path) => path,
            Package::Exported(scratch) => &scratch.0,
        };
        Ok((zip_name(name.unwrap_or(&folder.name)), pack(path, archive, ui)?))
    }

    fn folder(&self, ui: &Ui) -> Result<Folder> {
        if let Some(printer) = &self.printer {
            let (name, path) = machine::package_of_printer(printer)?;
            return Ok(Folder { name, package: Package::Kept(path) });
        }
        if let Some(driver) = &self.driver {
            let package = Package::Kept(machine::package_of_driver(driver)?);
            return Ok(Folder { name: driver.clone(), package });
        }
        if let Some(inf) = &self.inf {
            ui.remark(&ui.text("step.export", &[("name", inf)]));
            let scratch = state_folder()?.join("packed").join(format!("{}", std::process::id()));
            return Ok(Folder { name: inf.clone(), package: machine::package_of_inf(inf, &scratch)? });
        }
        let path = self.path.as_deref().ok_or_else(|| Error::bug("a command without a source"))?;
        // The name of "." is that of the folder that it stands for.
        let full = path.canonicalize().map_err(|e| files::unreadable(path, e.into()))?;
        let name = full.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Folder { name, package: Package::Kept(path.to_owned()) })
    }
}

fn whole(path: &Path, name: Option<&str>) -> Result<Archive> {
    files::open(path)?;
    if !path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip")) {
        return Err(Error::invalid(format!("upload {}", path.display()))
            .with_notice("client.not_zip")
            .with_value("path", path.display()));
    }
    let own = path.file_stem().unwrap_or_default().to_string_lossy();
    let name = zip_name(name.unwrap_or(&own));
    Ok(Archive { path: path.to_owned(), name, files: None, _scratch: None })
}

/// A name that a file may have on every system.
fn zip_name(name: &str) -> String {
    let name = name.strip_suffix(".zip").unwrap_or(name);
    let allowed = |c: char| if c.is_control() || r#"\/:*?"<>|"#.contains(c) { '_' } else { c };
    let name: String = name.trim().chars().map(allowed).take(NAME_CHARS_MAX).collect();
    let name = name.trim_end_matches(['.', ' ']);
    format!("{}.zip", if name.is_empty() { "printer" } else { name })
}

/// The name of a file in Windows' `inf` folder: it becomes a part of a path.
fn published_name(text: &str) -> std::result::Result<String, String> {
    let stem = text.to_ascii_lowercase();
    let stem = stem.strip_suffix(".inf").unwrap_or_default();
    let is_name =
        !stem.is_empty() && stem.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    is_name.then(|| text.to_owned()).ok_or_else(|| "such as oem12.inf".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_that_windows_takes() {
        assert_eq!(zip_name("HP LaserJet 4/5: PCL*6"), "HP LaserJet 4_5_ PCL_6.zip");
        assert_eq!(zip_name("前台.zip"), "前台.zip");
        assert_eq!(zip_name(" . "), "printer.zip");
        assert_eq!(zip_name(&"x".repeat(500)).len(), NAME_CHARS_MAX + 4);
    }

    #[test]
    fn a_published_name_is_no_path() {
        assert_eq!(published_name("oem12.INF").unwrap(), "oem12.INF");
        for bad in ["", ".inf", r"..\x.inf", "a/b.inf", "oem12", "/delete.inf x"] {
            assert!(published_name(bad).is_err(), "{bad}");
        }
    }
}
