//! Texts about accounts, requests and terminals.

use super::Text;

pub(super) const TEXTS: &[Text] = &[
    ("account.sign_in_required", "请先登录", "Sign in first"),
    ("account.not_allowed", "需要{role}权限", "Requires the role {role}"),
    ("account.not_allowed/viewer", "查看者", "viewer"),
    ("account.not_allowed/operator", "操作员", "operator"),
    ("account.not_allowed/administrator", "管理员", "administrator"),
    ("account.not_allowed/terminal", "终端", "terminal"),
    (
        "account.unknown_role",
        "没有角色 {role}，可用：viewer（查看者）、operator（操作员）、administrator（管理员）",
        "There is no role {role}: viewer, operator, administrator",
    ),
    ("account.wrong_password", "用户名或密码错误", "Name or password is wrong"),
    ("account.wrong_present_password", "当前密码错误", "The current password is wrong"),
    (
        "account.too_many_attempts",
        "登录失败次数过多，请 {seconds} 秒后再试",
        "Too many attempts to sign in; wait {seconds} s",
    ),
    ("account.disabled", "该账户已停用，请联系管理员", "This account is closed; ask an administrator"),
    (
        "account.password_too_short",
        "密码太短，至少 {minimum} 个字符",
        "The password is too short; at least {minimum} characters",
    ),
    (
        "account.password_too_long",
        "密码太长，最多 {maximum} 字节",
        "The password is too long; at most {maximum} bytes",
    ),
    (
        "account.password_unchanged",
        "新密码不能与当前密码相同",
        "The new password must differ from the present one",
    ),
    ("account.must_change_password", "请先修改初始密码", "Change the one-time password first"),
    ("account.name_taken", "用户名 {name} 已存在", "There is a user {name} already"),
    (
        "account.name_invalid",
        "名称不可用：最多 {maximum} 个字符，且不能含有特殊字符",
        "This name cannot be used: at most {maximum} characters, and no special ones",
    ),
    (
        "account.last_administrator",
        "不能停用或降级最后一个管理员",
        "This is the last administrator; make another one first",
    ),
    ("account.user_missing", "用户不存在", "This user does not exist"),
    ("account.signed_out", "登录已过期，请重新登录", "The session has ended; sign in again"),
    (
        "account.token_refused",
        "访问令牌无效、已过期或已撤销，请重新登录或新建令牌",
        "The token is unknown, has ended or was withdrawn; sign in again or make a new one",
    ),
    ("account.token_not_found", "令牌不存在", "This token does not exist"),
    (
        "account.token_invalid",
        "令牌需要名称、未来的到期时间和合理的使用次数",
        "A token needs a name, an end in the future and a sensible number of uses",
    ),
    (
        "account.enrolment_refused",
        "注册令牌无效、已过期或已用完，请管理员新建一个",
        "The enrolment token is unknown, has ended or was used up; an administrator makes a new one",
    ),
    (
        "account.terminal_unknown",
        "终端未注册或密钥无效，请重新注册",
        "This terminal was removed or its secret is wrong; enrol it again",
    ),
    ("account.cross_site", "已拒绝来自其他网站的请求", "The request came from another site and was refused"),
    ("http.not_found", "地址不存在：{path}", "There is nothing at {path}"),
    ("http.method_not_allowed", "{path} 不支持 {method} 方法", "{path} does not take {method}"),
    ("http.bad_body", "请求内容无效：{reason}", "The body of the request is not valid: {reason}"),
    ("http.bad_query", "请求参数无效：{reason}", "The query of the request is not valid: {reason}"),
    ("http.bad_path", "请求地址无效：{reason}", "The path of the request is not valid: {reason}"),
    ("http.bad_header", "请求头 {name} 无效", "The header {name} is missing or not valid"),
    ("http.media_type", "请求内容的类型应为 {expected}", "The body must be of the type {expected}"),
    (
        "http.too_large",
        "请求内容过大，上限为 {limit_bytes}",
        "The body of the request is larger than {limit_bytes}",
    ),
    ("http.too_many_streams", "连接过多，请稍后再试", "Too many streams of events; try again later"),
    ("http.page", "limit 应在 1 到 {limit} 之间", "limit must be within 1 and {limit}"),
    (
        "mount.one_field",
        "请求应只包含 is_mounted、is_auto_update、is_init 之一（is_init 只能为 true）",
        "The body must have exactly one of is_mounted, is_auto_update and is_init (which can only be true)",
    ),
    ("action.unknown", "不支持的操作：{action}", "There is no action {action}"),
    ("list.too_long", "一次最多 {limit} 项", "At most {limit} at once"),
];
