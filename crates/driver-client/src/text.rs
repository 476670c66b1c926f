//! Every text that people read, in Chinese and English, in one table.

use wording::{Text, Texts};

/// What `driver-client` says.
pub(crate) const TEXTS: Texts = Texts(&[ALL]);

const ALL: &[Text] = &[
    // Failures: the ids of notices.
    (
        "client.not_connected",
        "还没有连接驱动中心，请先运行 driver-client connect（或使用 --server 和 --token-file）",
        "not connected to a driver center yet; run: driver-client connect (or give --server and --token-file)",
    ),
    ("client.no_token", "没有读到令牌", "no token came"),
    (
        "client.no_home",
        "找不到用户目录，无法保存设置；请使用 --server 和 --token-file",
        "there is no home directory for settings; give --server and --token-file",
    ),
    ("client.bad_settings", "设置文件 {path} 有误：{cause}", "{path} is not right: {cause}"),
    ("client.unreadable", "无法读取 {path}", "{path} cannot be read"),
    ("client.unwritable", "无法写入 {path}", "{path} cannot be written"),
    (
        "client.exists",
        "{path} 已存在，请用 --output 指定其他文件名",
        "{path} is there already; give another name with --output",
    ),
    ("client.changed", "上传过程中文件发生变化：{path}", "the file changed while it was being sent: {path}"),
    (
        "client.not_zip",
        "打印机驱动须为 .zip 文件或文件夹：{path}",
        "a printer driver is a .zip file or a folder: {path}",
    ),
    (
        "client.no_inf",
        "{path} 中没有驱动（没有 .inf 文件）；请选择解压后的驱动文件夹",
        "there is no driver (no .inf file) in {path}; name the folder of the unpacked driver",
    ),
    (
        "client.odd_file",
        "不能打包 {path}：它是链接，或文件名无法识别",
        "{path} cannot be packed: it is a link, or its name is no text",
    ),
    (
        "client.too_many_files",
        "文件夹中的文件过多（最多 {limit} 个），请只选择驱动所在的文件夹",
        "the folder has too many files (at most {limit}); name the folder of the driver alone",
    ),
    ("client.too_large", "超过允许的大小（{limit_bytes}）", "larger than the {limit_bytes} that are taken"),
    (
        "client.no_printer",
        "本机没有名为“{name}”的打印机；运行 driver-client printers 查看",
        "no printer of this machine is called {name}; see: driver-client printers",
    ),
    (
        "client.no_driver",
        "本机没有名为“{name}”的打印机驱动；运行 driver-client drivers 查看",
        "no printer driver of this machine is called {name}; see: driver-client drivers",
    ),
    (
        "client.not_in_store",
        "Windows 没有保留“{name}”的驱动包，请从厂商的安装包中选择驱动文件夹上传",
        "Windows keeps no package of {name}; upload the driver's folder from the maker's package instead",
    ),
    (
        "client.only_on_windows",
        "只有 Windows 能提取已安装的驱动；在本系统上请指定驱动文件夹或 .zip 文件",
        "only Windows keeps installed drivers that can be collected; name a folder or a .zip file here",
    ),
    (
        "client.no_cups",
        "系统没有给出打印机列表（{cause}）；是否已安装 CUPS（lpstat）？",
        "the system does not say which printers it has ({cause}); is CUPS installed (lpstat)?",
    ),
    (
        "client.export_failed",
        "pnputil 无法导出 {name}：{cause}；请以管理员身份运行",
        "pnputil could not export {name}: {cause}; try as an administrator",
    ),
    ("client.import_failed", "{message}", "{message}"),
    ("net.bad_url", "服务器地址无效：{url}", "this is no address of a server: {url}"),
    (
        "net.unreachable",
        "无法连接服务器 {url}，请检查地址和网络",
        "the server at {url} cannot be reached; check the address and the network",
    ),
    ("net.timeout", "服务器响应超时：{url}", "the server takes too long to answer: {url}"),
    (
        "net.tls",
        "与 {url} 的安全连接失败：证书不受信任、已过期、不是为该地址签发，或是证书机构自身的证书（可用 --ca-file 指定证书）",
        "the secure connection to {url} failed: its certificate is not trusted, has expired, is not for this address, or is an authority's own (see --ca-file)",
    ),
    ("net.bad_certificate_file", "受信任证书文件无效", "the file of trusted certificates has none"),
    ("net.not_driver_center", "{url} 不是驱动中心", "what answers at {url} is no driver center"),
    ("net.too_large", "{url} 返回的数据过大", "{url} sends more than it can have"),
    (
        "net.upload_broke_off",
        "上传中断：{name}；再次运行同一命令将继续上传",
        "the upload of {name} broke off; run the same command again and it goes on",
    ),
    (
        "net.not_taken_in",
        "{name} 已上传，但驱动中心尚未开始导入，请联系管理员",
        "{name} is at the server, which has not begun to import it; ask the administrator",
    ),
    // Kinds of failures without a text of their own.
    ("kind.invalid", "请求无效", "this cannot work"),
    ("kind.denied", "没有权限", "not allowed"),
    ("kind.not_found", "不存在", "not there"),
    ("kind.conflict", "与当前状态冲突", "it contradicts the present state"),
    ("kind.busy", "正忙，请稍后再试", "busy; try again later"),
    ("kind.no_space", "空间不足，请释放空间后再试", "not enough space; free some and try again"),
    ("kind.unavailable", "暂时不可用，请稍后再试", "not available now; try again later"),
    ("kind.corrupt", "数据已损坏", "the data is damaged"),
    ("kind.cancelled", "已取消", "cancelled"),
    ("kind.bug", "程序错误", "a mistake of the program"),
    // What happens.
    ("step.pack", "打包", "packing"),
    ("step.upload", "上传 {name}", "uploading {name}"),
    ("step.import", "导入 {name}", "importing {name}"),
    ("step.export", "导出 {name}", "exporting {name}"),
    ("news.broke_off", "连接中断，正在重试……", "the connection broke off; trying again …"),
    ("news.goes_on", "续传，从 {size} 开始", "goes on at {size}"),
    ("news.complete", "已全部上传，等待驱动中心接收……", "all is there; waiting for the center to take it …"),
    // Results of commands.
    ("connect.ask", "请输入令牌（由管理员提供），按回车：", "Token (from the administrator), then Enter: "),
    (
        "connect.plain",
        "警告：未使用 HTTPS，令牌会以明文传输",
        "warning: without HTTPS the token travels in plain text",
    ),
    (
        "connect.done",
        "已连接 {server}，设置保存在 {path}",
        "connected to {server}; the settings are in {path}",
    ),
    (
        "upload.done",
        "已上传：{name}（编号 {id}）；管理员保存后对所有终端生效",
        "uploaded: {name} (number {id}); all terminals get it when an administrator has saved",
    ),
    ("collect.done", "{files} 个文件，{size}：{path}", "{files} {files|file|files}, {size}: {path}"),
    ("list.none", "没有", "none"),
    // Headings.
    ("head.name", "名称", "Name"),
    ("head.driver", "驱动", "Driver"),
    ("head.port", "端口", "Port"),
    ("head.shared", "共享", "Shared"),
    ("head.collect", "可提取", "Can be collected"),
    ("head.system", "环境", "Environment"),
    ("head.maker", "厂商", "Maker"),
    ("head.version", "版本", "Version"),
    ("word.yes", "是", "yes"),
    ("word.no", "否", "no"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_is_there_once_and_says_the_same_in_both_languages() {
        assert_eq!(wording::flaws(TEXTS), Vec::<String>::new());
    }

    /// Ids in rows such as ``//! | `client.no_inf` | … |``.
    fn documented(source: &str) -> Vec<&str> {
        let rows = source.lines().filter_map(|line| line.strip_prefix("//! | `"));
        rows.filter_map(|row| row.split('`').next()).filter(|id| !id.starts_with("server.")).collect()
    }

    #[test]
    fn each_notice_has_a_text() {
        let ours = documented(include_str!("main.rs"));
        let net = documented(include_str!("../../protocol/src/client.rs"));
        assert!(ours.len() > 15 && net.len() > 7, "{ours:?} {net:?}");
        for id in ours.iter().chain(&net) {
            assert!(TEXTS.find(id).is_some(), "{id} has no text");
        }
        for (id, ..) in ALL.iter().filter(|(id, ..)| id.starts_with("client.")) {
            assert!(ours.contains(id), "{id} is not in the table of main.rs");
        }
    }
}
