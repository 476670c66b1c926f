//! `/voi_api`: what the platform and its terminals ask the center.

pub(crate) mod check_can_upload_and_commit;
pub(crate) mod clients;
pub(crate) mod scene;
