//! `driver-center logout`: withdraws the token that `login` has kept, and forgets it.

use crate::cli::context::{Context, OK};
use fault::{Kind, Result};
use protocol::client::{Credentials, Secret};
use serde_json::json;

/// Nothing to say.
#[derive(clap::Args)]
pub(crate) struct Arguments {}

pub(crate) fn run(context: &Context, _: Arguments) -> Result<u8> {
    let Some(kept) = context.tokens.kept()? else {
        let text = context.pick("没有登录。", "You are not signed in.");
        context.answer(&json!({"signed_out": false}), || text.to_owned())?;
        return Ok(OK);
    };
    let client = context.client.clone().with_credentials(Credentials::Bearer(Secret::new(kept.token)?));
    match client.delete(&format!("/api/v1/tokens/{}", kept.id)) {
        // It was withdrawn, or has ended.
        Err(error) if !matches!(error.kind(), Kind::Denied | Kind::NotFound) => return Err(error),
        _ => context.tokens.forget()?,
    }
    let text = context.pick("已退出登录。", "Signed out.");
    context.answer(&json!({"signed_out": true}), || text.to_owned())?;
    Ok(OK)
}
