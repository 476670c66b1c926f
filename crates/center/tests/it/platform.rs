//! An existing platform, as a save meets it.

use std::path::Path;
use std::sync::{Arc, Mutex};

use center::Platform;
use fault::Result;

use crate::adopting::old_base;
use crate::site::{Site, actor, kill_worker, save};

/// Looks at what it is asked about, as platforms do, and counts how often.
#[derive(Debug, Default)]
struct Looking(Mutex<u32>);

impl Looking {
    fn looks(&self) -> u32 {
        *self.0.lock().unwrap()
    }
}

impl Platform for Looking {
    fn is_send_task(&self) -> Result<bool> {
        Ok(false)
    }

    fn can_upload_and_commit(&self, source: &str, destination: Option<&str>) -> Result<bool> {
        *self.0.lock().unwrap() += 1;
        Ok(Path::new(source).is_file() && destination.is_some())
    }

    fn notify_heterogeneous(&self, _ids: &[String]) -> Result<()> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_asked_about_an_image_that_is_there_also_where_nothing_was_edited() {
    let (old, base) = old_base().await;
    let (site, platform) = (Site::new().await, Arc::new(Looking::default()));
    let asked = platform.clone();
    let center = site
        .open_with(|config| {
            config.adopt = Some(base);
            config.platform = Some(asked);
        })
        .await;
    center.begin_edit(&actor()).await.unwrap();
    assert_eq!((save(&center).await, platform.looks()), (1, 1));

    center.begin_edit(&actor()).await.unwrap();
    assert_eq!((save(&center).await, platform.looks()), (1, 1), "what publishes nothing needs no room");
    assert!(!center.data_dir().active().exists());

    // As after a crash: the edit is recorded, and its Active is gone.
    site.import(&center, "fan").await;
    kill_worker(&center);
    std::fs::remove_file(center.data_dir().active()).unwrap();
    assert_eq!((save(&center).await, platform.looks()), (2, 2));
    drop(old);
}
