//! `tool-disk enrol`: makes this terminal known to a center, and pins the center's key.

use std::path::PathBuf;

use clap::Args;
use fault::{Error, Result};
use protocol::api::{EnrolRequest, Enrolled, TerminalProgram};
use protocol::sync::public_key;
use serde_json::json;

use crate::access::client_of_stranger;
use crate::cli::Context;
use crate::exit;
use crate::host;
use crate::state::Config;

/// What an administrator hands out.
#[derive(Debug, Args)]
pub struct Enrol {
    /// Address of the server 服务器地址, such as http://10.0.0.1:8088
    #[arg(long, value_name = "URL")]
    server: String,
    /// Enrolment token 注册令牌
    #[arg(long, value_name = "T", env = "TOOL_DISK_TOKEN", hide_env_values = true)]
    token: String,
    /// Name of this terminal 终端名称 [default: the one that the center knows it by, or the host name]
    #[arg(long, value_name = "N")]
    name: Option<String>,
    /// MAC address by which this terminal is known again when it enrols once more 网卡地址 [default: of the first network card]
    #[arg(long, value_name = "MAC")]
    mac: Option<String>,
    /// The disk file 工具盘文件 [default: tool-disk.qcow2 in the state directory]
    #[arg(long, value_name = "PATH")]
    disk: Option<PathBuf>,
    /// Certificates to trust instead of the public authorities 受信任的证书
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Refuse a center whose public key is another one 核对服务器公钥
    #[arg(long, value_name = "HEX")]
    expect_key: Option<String>,
    /// Enrol anew although this terminal is enrolled 重新注册
    #[arg(long)]
    again: bool,
}

impl Enrol {
    /// Enrols.
    pub fn run(self, context: &Context) -> Result<u8> {
        context.state.create()?;
        let _lock = context.state.lock()?;
        let former = context.state.config().ok();
        if let Some(former) = former.as_ref().filter(|_| !self.again) {
            return Err(Error::conflict(format!("enrol: this terminal is enrolled at {}", former.server))
                .with_notice("agent.already_enrolled")
                .with_value("server", &former.server));
        }
        let enrolled = self.ask(context)?;
        self.keep(context, former, &enrolled)?;
        let values = [
            ("center", enrolled.center.as_str()),
            ("terminal", enrolled.terminal.as_str()),
            ("name", enrolled.name.as_str()),
        ];
        let public_key = &enrolled.public_key;
        let (name, again) = (enrolled.name.as_str(), enrolled.again);
        let result = json!({ "center": values[0].1, "terminal": values[1].1, "public_key": public_key,
            "name": name, "again": again });
        let text = if again { "enrol.again" } else { "enrol.done" };
        context.ui.result(&result, &context.ui.text(text, &values));
        Ok(exit::OK)
    }

    fn ask(&self, context: &Context) -> Result<Enrolled> {
        let client = client_of_stranger(&self.server, self.ca_file.as_deref(), context.ui.language)?;
        let request = EnrolRequest {
            token: self.token.clone(),
            name: self.name.clone().unwrap_or_else(host::name),
            mac: self.mac.clone().unwrap_or_else(host::mac),
            program: Some(TerminalProgram::ToolDisk),
            // Only a name that somebody gave takes the place of one that is known.
            keep_name: self.name.is_none(),
        };
        let enrolled: Enrolled = client.post_json("/api/v1/terminals/enrol", &request)?;
        public_key(&enrolled.public_key)?;
        let differs = |expected: &String| !expected.eq_ignore_ascii_case(&enrolled.public_key);
        if self.expect_key.as_ref().is_some_and(differs) {
            return Err(Error::denied(format!("trust the center: its key is {}", enrolled.public_key))
                .with_notice("agent.wrong_key"));
        }
        Ok(enrolled)
    }

    /// The configuration comes last: with it, the terminal is enrolled.
    fn keep(self, context: &Context, former: Option<Config>, enrolled: &Enrolled) -> Result<()> {
        context.state.remove_printer_key()?;
        context.state.save_secret(&enrolled.secret)?;
        let disk = self.disk.or_else(|| former.as_ref().map(|former| former.disk.clone()));
        let disk = disk.unwrap_or_else(|| context.state.join("tool-disk.qcow2"));
        // Later runs begin in other directories.
        let absolute = |path: PathBuf| std::path::absolute(&path).unwrap_or(path);
        let disk = absolute(disk);
        if former.as_ref().is_some_and(|former| former.disk != disk) {
            context.state.clear_disk()?;
            context.state.forget_pending()?;
        }
        let config = Config {
            server: self.server,
            center: enrolled.center.clone(),
            public_key: enrolled.public_key.clone(),
            terminal: enrolled.terminal.clone(),
            disk,
            ca_file: self.ca_file.map(absolute),
            in_use_file: former.as_ref().and_then(|former| former.in_use_file.clone()),
            in_use_command: former.as_ref().map(|former| former.in_use_command.clone()).unwrap_or_default(),
            mode_file: former.as_ref().and_then(|former| former.mode_file.clone()),
            language: former.and_then(|former| former.language),
        };
        context.state.save_config(&config)
    }
}
