//! `driver-center user`: the people who may use the center.

use crate::cli::context::{Context, OK};
use crate::cli::resolve;
use crate::cli::table::{Side, Table};
use crate::cli::words::{since, word, yes};
use fault::Result;
use protocol::api::{NewPassword, NewUser, User, UserChange};
use protocol::thor::DoneAnswer;
use serde_json::json;
use wording::clean;

const PATH: &str = "/api/v1/users";

/// What to do.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// List them, disabled ones too. 列表
    List,
    /// Make one; the one-time password is shown this once. 新建
    Create {
        /// Name for signing in. 用户名
        name: String,
        /// What the user may do. 角色
        #[arg(long, value_enum)]
        role: Role,
    },
    /// Give one another role, at once on open pages too. 修改角色
    Set {
        /// Name of the user. 用户名
        user: String,
        /// What the user may do. 角色
        #[arg(long, value_enum)]
        role: Role,
    },
    /// Give one a new one-time password, shown this once; ends all sessions of the user. 重置密码
    ResetPassword {
        /// Name of the user. 用户名
        user: String,
    },
    /// Sign one out and let nobody in by this name; what was recorded stays. 停用
    Disable {
        /// Name of the user. 用户名
        user: String,
    },
    /// Let a disabled one in again. 启用
    Enable {
        /// Name of the user. 用户名
        user: String,
    },
}

/// A role as an option.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Role {
    /// 查看者：只能查看
    Viewer,
    /// 操作员：还可以修改驱动、下发
    Operator,
    /// 管理员：还可以管理用户、令牌和审计日志
    Administrator,
}

impl Role {
    fn wire(self) -> String {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Administrator => "administrator",
        }
        .to_owned()
    }
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    match arguments.action {
        Action::List => {
            let users = resolve::all_users(context)?;
            context.answer(&users, || table(context, &users))?;
        }
        Action::Create { name, role } => {
            let request = NewUser { name, role: role.wire() };
            show_password(context, &context.client.post_json(PATH, &request)?)?;
        }
        Action::Set { user, role } => {
            change(context, &user, &UserChange { role: Some(role.wire()), disabled: None })?;
        }
        Action::ResetPassword { user } => {
            let path = format!("{PATH}/{}/password", resolve::user(context, &user)?.id);
            show_password(context, &context.client.post_json(&path, &json!({}))?)?;
        }
        Action::Disable { user } => {
            change(context, &user, &UserChange { role: None, disabled: Some(true) })?;
        }
        Action::Enable { user } => {
            change(context, &user, &UserChange { role: None, disabled: Some(false) })?;
        }
    }
    Ok(OK)
}

/// Only the password goes to the standard output, so that a script can pass it on.
fn show_password(context: &Context, made: &NewPassword) -> Result<()> {
    context.remark(context.pick(
        "一次性密码（只显示这一次，首次登录时须修改）：",
        "One-time password (shown only now; it has to be changed at the first sign-in):",
    ));
    context.answer(made, || made.password.clone())
}

fn change(context: &Context, asked: &str, change: &UserChange) -> Result<()> {
    let user = resolve::user(context, asked)?;
    context.client.put_json::<_, DoneAnswer>(&format!("{PATH}/{}", user.id), change)?;
    context.answer(&json!({"changed": user.id}), || {
        format!("{} {}", context.pick("已修改", "changed"), clean(&user.name))
    })
}

fn table(context: &Context, users: &[User]) -> String {
    let language = context.language;
    let mut table = Table::new([
        (context.pick("用户名", "Name"), Side::Left),
        (context.pick("角色", "Role"), Side::Left),
        (context.pick("状态", "State"), Side::Left),
        (context.pick("一次性密码", "One-time password"), Side::Left),
        (context.pick("创建时间", "Made"), Side::Left),
    ]);
    for user in users {
        let state = if user.disabled_at.is_some() { "disabled" } else { "enabled" };
        table.row([
            user.name.clone(),
            word(&user.role, language),
            word(state, language),
            yes(user.must_change_password, language),
            since(Some(&user.created_at), language),
        ]);
    }
    table.text(context.pick("没有用户。", "There is no user."))
}
