//! The difference of two versions: packages, INF files with their devices, files.
//!
//! | level | comes from | possible for |
//! | --- | --- | --- |
//! | [`packages`] | the records of the versions | any two versions |
//! | [`infs`] | the rows of INF files and devices | any two versions whose packages are still known |
//! | [`files`] | the volumes of both versions, read by workers | two kept versions |

pub(crate) mod files;
pub(crate) mod infs;
pub(crate) mod packages;

use fault::Result;
use protocol::api;

use crate::center::Center;
use crate::versions;

impl Center {
    /// What is different in version `to`, compared with version `from`: packages, INF files and devices.
    pub async fn compare_versions(&self, from: u64, to: u64) -> Result<api::VersionDiff> {
        let before = versions::packages_of(&versions::find(&self.db, from as i64).await?)?;
        let after = versions::packages_of(&versions::find(&self.db, to as i64).await?)?;
        let packages = packages::compare(&before, &after);
        let infs = infs::compare(&self.db, &packages).await?;
        Ok(api::VersionDiff { from, to, packages, infs })
    }
}
