//! Texts of the commands that talk to a server.

use super::Text;

pub(super) const TEXTS: &[Text] = &[
    ("net.bad_url", "服务器地址无效：{url}", "This is no address of a server: {url}"),
    (
        "net.unreachable",
        "无法连接服务器 {url}，请检查地址、网络以及服务是否已启动",
        "The server at {url} cannot be reached; check the address, the network, and whether it is running",
    ),
    ("net.timeout", "服务器响应超时：{url}", "The server takes too long to answer: {url}"),
    (
        "net.tls",
        "与 {url} 的安全连接失败：证书不受信任、已过期、不是为该地址签发，或是证书机构自身的证书（可用 --ca-file 指定证书）",
        "The secure connection to {url} failed: its certificate is not trusted, has expired, is not for this address, or is an authority's own (see --ca-file)",
    ),
    (
        "net.bad_certificate_file",
        "受信任证书文件无效",
        "The file of trusted certificates has no certificate in PEM form",
    ),
    ("net.not_driver_center", "{url} 不是驱动中心", "What answers at {url} is no driver center"),
    ("net.too_large", "{url} 返回的数据过大", "{url} sends more than it can have"),
    ("server.failed", "{message}", "{message}"),
    (
        "cli.no_terminal",
        "没有可输入密码的终端；请使用 --password-stdin（login 还需 --name）",
        "There is no terminal to ask for the password on; use --password-stdin (login: with --name)",
    ),
    ("cli.passwords_differ", "两次输入的密码不一致", "The two passwords are not the same"),
    ("cli.no_password", "标准输入中没有密码", "There is no password on the standard input"),
    (
        "cli.bad_token_file",
        "令牌文件 {path} 中没有可用的令牌",
        "The file {path} has no token for this server",
    ),
    (
        "cli.not_confirmed",
        "未确认，没有做任何修改（不询问直接执行请加 --yes）",
        "Not confirmed, so nothing was changed; --yes does it without a question",
    ),
    ("cli.not_writable", "无法写入 {path}", "{path} cannot be written"),
    ("cli.no_home", "找不到用户主目录，请使用 --token-file", "There is no home directory; use --token-file"),
    ("cli.file_unreadable", "无法读取文件 {path}", "The file {path} cannot be read"),
    (
        "cli.file_changed",
        "上传过程中文件发生变化：{path}",
        "The file changed while it was being sent: {path}",
    ),
    ("cli.no_printer", "没有名为 {name} 的打印机驱动", "No printer driver is called {name}"),
    ("cli.no_template", "没有名为 {name} 的模板", "No template is called {name}"),
    ("cli.no_desktop", "没有名为“{name}”的办公桌面", "There is no desktop {name}"),
    ("cli.no_scene", "没有名为“{name}”的场景", "There is no scene {name}"),
    ("cli.no_user", "没有名为“{name}”的用户", "There is no user {name}"),
    ("cli.no_driver", "没有名为“{name}”的驱动", "There is no driver {name}"),
    ("cli.no_terminal_called", "没有名为“{name}”的终端", "There is no terminal {name}"),
    ("cli.no_job", "没有以“{name}”开头的任务", "There is no job that begins with {name}"),
    (
        "cli.ambiguous",
        "“{name}”对应多个对象，请使用编号",
        "{name} fits several; use the number or more of the id",
    ),
    (
        "net.upload_broke_off",
        "上传中断：{name}；再次运行同一命令将继续上传",
        "The upload of {name} broke off; run the same command again and it goes on",
    ),
    (
        "net.not_taken_in",
        "文件 {name} 已上传，但驱动中心尚未开始导入；请查看 status",
        "{name} is at the server, which has not begun to import it; see status",
    ),
    ("cli.operation_failed", "操作失败：{cause}", "It failed: {cause}"),
    ("cli.interrupted", "已中断", "Interrupted"),
];
