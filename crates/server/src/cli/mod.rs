//! The administrator's commands: everything that the server offers, over HTTP, from any machine.
//!
//! One file per command in [`cmd`]; beside them what commands share. A command asks the server and shows the answer;
//! it knows no rule of the server: whether something may be done is what the server answers. (`verify` can do without
//! one, by [`crate::verify`].) Results go to the
//! standard output, as tables or with `--json` as one JSON value; progress and remarks go to the standard error.
//!
//! | notice | values | when |
//! | --- | --- | --- |
//! | `cli.no_terminal` | – | a password is asked for, and there is no terminal to ask on |
//! | `cli.passwords_differ` | – | the new password was typed differently the second time |
//! | `cli.no_password` | – | `--password-stdin` and no line came |
//! | `cli.bad_token_file` | `path` | the file of the token cannot be read or has none |
//! | `cli.not_writable` | `path` | a file of this program cannot be written |
//! | `cli.no_home` | – | there is no home directory to keep the token in |
//! | `cli.file_unreadable` | `path` | a file to be sent, or of certificates, cannot be read |
//! | `cli.file_changed` | `path` | a file to be sent changed meanwhile |
//! | `cli.no_driver` | `name` | no driver is called so |
//! | `cli.no_template` | `name` | no template is called so |
//! | `cli.no_desktop` | `name` | no desktop is called so |
//! | `cli.no_scene` | `name` | no scene is called so |
//! | `cli.no_user` | `name` | no user is called so |
//! | `cli.no_printer` | `name` | no printer driver is called so |
//! | `cli.no_terminal_called` | `name` | no terminal is called so |
//! | `cli.no_job` | `name` | no job begins so |
//! | `cli.ambiguous` | `name` | several are called so, or begin so |
//! | `cli.operation_failed` | `cause` | a save, restore, rollback or growing failed on the server |
//! | `cli.interrupted` | – | Ctrl-C |
//! | `cli.not_confirmed` | – | it was not said that it should be done |

mod cmd;
mod context;
mod credentials;
mod follow;
mod interrupt;
mod limits;
mod meter;
mod moment;
mod own_files;
mod prompt;
mod resolve;
mod table;
mod upload;
mod which;
mod words;

use context::With;
use std::process::ExitCode;

/// The commands that talk to a server.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Sign in, and keep a token for the other commands. 登录
    Login(With<cmd::login::Arguments>),
    /// Withdraw the token and forget it. 退出登录
    Logout(With<cmd::logout::Arguments>),
    /// Say what the center is, what is going on, and what may be done. 查看状态
    Status(With<cmd::status::Arguments>),
    /// Bring drivers in. A broken upload goes on where it stopped. 导入驱动
    Import(With<cmd::import::Arguments>),
    /// List the system drivers. 列出系统驱动
    List(With<cmd::list::Arguments>),
    /// Show a driver: its package, INF files and devices. 查看驱动
    Show(With<cmd::show::Arguments>),
    /// Delete drivers: all that are named, or none. 删除驱动
    Delete(With<cmd::delete::Arguments>),
    /// Change the name, system or description of a driver. 修改驱动
    Set(With<cmd::set::Arguments>),
    /// Printer drivers: import, list, show, set, duplicate, delete. 打印机驱动
    Printer(With<cmd::printer::Arguments>),
    /// Templates: list, images, create, set, relate, delete, plan. 模板
    Template(With<cmd::template::Arguments>),
    /// Personal desktops: list, create, delete. 办公桌面
    Desktop(With<cmd::desktop::Arguments>),
    /// Scenes of public desktops: list, create, delete. 场景
    Scene(With<cmd::desktop::Arguments>),
    /// Begin to edit the disk (import and delete do it by themselves). 管理驱动
    Edit(With<cmd::edit::Arguments>),
    /// Save the edit as a new version and publish it. 保存
    Save(With<cmd::save::Arguments>),
    /// Leave the edit and bring back the last saved state. 放弃修改
    Discard(With<cmd::discard::Arguments>),
    /// Bring the center back from the error state, with nothing lost. 恢复
    Restore(With<cmd::restore::Arguments>),
    /// Read and compare everything that the center keeps. 校验
    Verify(With<cmd::verify::Arguments>),
    /// List the versions. 版本历史
    Versions(With<cmd::versions::Arguments>),
    /// Look into a version: its packages, its files, what is different in it. 查看版本
    Version(With<cmd::version::Arguments>),
    /// Bring an older version back as a new one. 回滚
    Rollback(With<cmd::rollback::Arguments>),
    /// The disk as a computer sees it: its size, and making it larger. 磁盘大小
    Disk(With<cmd::disk::Arguments>),
    /// List a directory of the disk. 浏览磁盘
    Files(With<cmd::files::Arguments>),
    /// Read a file of the disk. 读取磁盘中的文件
    Cat(With<cmd::cat::Arguments>),
    /// List what takes a while. 任务列表
    Jobs(With<cmd::jobs::Arguments>),
    /// Ask a running job to stop. 取消任务
    Cancel(With<cmd::cancel::Arguments>),
    /// Print the measurements, in the form of Prometheus. 监控指标
    Metrics(With<cmd::metrics::Arguments>),
    /// Let terminals take new versions by themselves, or not. 自动更新
    AutoUpdate(With<cmd::auto_update::Arguments>),
    /// Say when terminals take new versions by themselves, and how fast. 更新时段与带宽
    Distribution(With<cmd::distribution::Arguments>),
    /// List the terminals. 终端列表
    Terminals(With<cmd::terminals::Arguments>),
    /// Put terminals into a group, or out of theirs. 终端分组
    Group(With<cmd::group::Arguments>),
    /// Tell terminals to take the current version. 下发到终端
    Push(With<cmd::push::Arguments>),
    /// Remove terminals that are gone; they would have to enrol again. 移除终端
    Remove(With<cmd::remove::Arguments>),
    /// Make, list or withdraw tokens that let terminals enrol. 终端注册令牌
    EnrolmentToken(With<cmd::enrolment_token::Arguments>),
    /// Make, list or withdraw your API tokens. 接口令牌
    Token(With<cmd::token::Arguments>),
    /// Change your own password. 修改自己的密码
    Password(With<cmd::password::Arguments>),
    /// Users: list, create, set, reset-password, disable, enable. 用户
    User(With<cmd::user::Arguments>),
    /// Say who changed what. 审计日志
    Audit(With<cmd::audit::Arguments>),
}

impl Command {
    /// Runs the command to its exit code.
    pub(crate) fn run(self) -> ExitCode {
        match self {
            Self::Login(with) => with.run_signed_out(cmd::login::run),
            Self::Logout(with) => with.run_signed_out(cmd::logout::run),
            Self::Status(with) => with.run(cmd::status::run),
            Self::Import(with) => with.run(cmd::import::run),
            Self::List(with) => with.run(cmd::list::run),
            Self::Show(with) => with.run(cmd::show::run),
            Self::Delete(with) => with.run(cmd::delete::run),
            Self::Set(with) => with.run(cmd::set::run),
            Self::Printer(with) => with.run(cmd::printer::run),
            Self::Template(with) => with.run(cmd::template::run),
            Self::Desktop(with) => with.run(cmd::desktop::run),
            Self::Scene(with) => with.run(cmd::desktop::run_scene),
            Self::Edit(with) => with.run(cmd::edit::run),
            Self::Save(with) => with.run(cmd::save::run),
            Self::Discard(with) => with.run(cmd::discard::run),
            Self::Restore(with) => with.run(cmd::restore::run),
            Self::Verify(with) => with.run_here_if(cmd::verify::Arguments::is_offline, cmd::verify::run),
            Self::Versions(with) => with.run(cmd::versions::run),
            Self::Version(with) => with.run(cmd::version::run),
            Self::Rollback(with) => with.run(cmd::rollback::run),
            Self::Disk(with) => with.run(cmd::disk::run),
            Self::Files(with) => with.run(cmd::files::run),
            Self::Cat(with) => with.run(cmd::cat::run),
            Self::Jobs(with) => with.run(cmd::jobs::run),
            Self::Cancel(with) => with.run(cmd::cancel::run),
            Self::Metrics(with) => with.run(cmd::metrics::run),
            Self::AutoUpdate(with) => with.run(cmd::auto_update::run),
            Self::Distribution(with) => with.run(cmd::distribution::run),
            Self::Terminals(with) => with.run(cmd::terminals::run),
            Self::Group(with) => with.run(cmd::group::run),
            Self::Push(with) => with.run(cmd::push::run),
            Self::Remove(with) => with.run(cmd::remove::run),
            Self::EnrolmentToken(with) => with.run(cmd::enrolment_token::run),
            Self::Token(with) => with.run(cmd::token::run),
            Self::Password(with) => with.run(cmd::password::run),
            Self::User(with) => with.run(cmd::user::run),
            Self::Audit(with) => with.run(cmd::audit::run),
        }
    }
}

/// `driver-center completions`: what is asked for.
#[derive(clap::Args)]
pub(crate) struct Completions {
    /// The shell.
    shell: clap_complete::Shell,
}

/// Writes the completion script of the whole program.
pub(crate) fn complete(completions: &Completions, mut program: clap::Command) -> ExitCode {
    let name = program.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(completions.shell, &mut program, name, &mut script);
    crate::output::line(String::from_utf8_lossy(&script).trim_end());
    ExitCode::SUCCESS
}

#[cfg(test)]
mod tests {
    use super::*;
    use fault::Kind;

    const DOCUMENT: &str = include_str!("../../../../docs/command-line.md");

    #[test]
    fn every_command_is_documented() {
        let program = <Command as clap::Subcommand>::augment_subcommands(clap::Command::new("driver-center"));
        program.clone().debug_assert();
        for command in program.get_subcommands() {
            let name = command.get_name();
            let is_there = [' ', '`'].iter().any(|end| DOCUMENT.contains(&format!("`{name}{end}")));
            assert!(is_there, "{name} is not in docs/command-line.md");
        }
    }

    #[test]
    fn the_exit_codes_are_those_of_the_document() {
        let kinds = [
            Kind::Bug,
            Kind::Invalid,
            Kind::Denied,
            Kind::Unavailable,
            Kind::Corrupt,
            Kind::NoSpace,
            Kind::Conflict,
            Kind::Busy,
            Kind::NotFound,
        ];
        assert_eq!(kinds.map(Kind::exit_code), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        for code in kinds.map(Kind::exit_code).into_iter().chain([Kind::Cancelled.exit_code()]) {
            assert!(DOCUMENT.contains(&format!("\n| {code} |")), "{code} is not documented");
        }
    }
}
