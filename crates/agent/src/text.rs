//! Every text that people read, in Chinese and English, in one table.

use wording::{Text, Texts};

/// What `tool-disk` says.
pub const TEXTS: Texts = Texts(&[ALL]);

const ALL: &[Text] = &[
    // Failures: the ids of notices.
    (
        "agent.already_running",
        "另一个 tool-disk 正在运行，请稍后再试",
        "another tool-disk is running; try again later",
    ),
    (
        "agent.not_enrolled",
        "本终端尚未注册，请先运行 tool-disk enrol",
        "this terminal is not enrolled; run: tool-disk enrol",
    ),
    (
        "agent.already_enrolled",
        "本终端已注册到 {server}；如需重新注册请加 --again",
        "this terminal is enrolled at {server}; add --again to enrol it anew",
    ),
    ("agent.bad_config", "配置文件 {path} 有误：{cause}", "{path} is not right: {cause}"),
    (
        "agent.wrong_key",
        "服务器的公钥与 --expect-key 不符",
        "the server's key is not the one of --expect-key",
    ),
    (
        "state.damaged",
        "状态文件 {path} 已损坏，请删除后重试",
        "state file {path} is damaged; remove it and try again",
    ),
    ("state.not_writable", "没有权限写入 {path}", "no permission to write {path}"),
    (
        "disk.in_use",
        "工具盘 {path} 正在使用（{cause}），更新已下载，空闲或下次启动时切换",
        "the tool disk {path} is in use ({cause}); the update is fetched and switches when it is free or at the next boot",
    ),
    (
        "disk.none",
        "还没有工具盘 {path}，请运行 tool-disk sync",
        "there is no tool disk {path} yet; run: tool-disk sync",
    ),
    (
        "disk.unreliable",
        "工具盘 {path} 所在的存储不可靠，请检查硬盘",
        "the storage of {path} does not keep what is written; check the drive",
    ),
    (
        "sync.no_space",
        "空间不足：{path} 需要 {needed_bytes}，可用 {free_bytes}",
        "not enough space at {path}: {needed_bytes} needed, {free_bytes} free",
    ),
    (
        "sync.bad_signature",
        "服务器的版本签名不正确，已拒绝",
        "the signature of the version is wrong; refused",
    ),
    (
        "sync.newer_format",
        "服务器的格式较新，请升级 tool-disk",
        "the server uses a newer format; update tool-disk",
    ),
    (
        "sync.other_center",
        "这是另一个驱动中心（{center}），已拒绝",
        "this is another driver center ({center}); refused",
    ),
    (
        "sync.older_version",
        "服务器提供的版本 {offered} 比已知的 {known} 旧，已拒绝",
        "the offered version {offered} is older than the known {known}; refused",
    ),
    (
        "sync.version_changed",
        "版本 {version} 的内容与之前不同，已拒绝",
        "version {version} is not what it was before; refused",
    ),
    (
        "sync.damaged",
        "从服务器收到的数据不正确（{object}），未使用",
        "what the server sent is not right ({object}); it was not used",
    ),
    (
        "sync.incomplete",
        "服务器上版本 {version} 的数据不完整，请稍后再试",
        "the server does not have all of version {version}; try again later",
    ),
    (
        "sync.outside_window",
        "更新时段已结束，下个时段继续下载",
        "the time for updates is over; the download goes on in the next one",
    ),
    ("sync.too_fast", "服务器发布新版本过快，请稍后再试", "the server publishes too fast; try again later"),
    ("sync.nothing_published", "驱动中心还没有发布任何版本", "the center has not published anything yet"),
    ("patch.base_differs", "更新不适用于当前的工具盘", "the update does not fit the present tool disk"),
    (
        "patch.damaged",
        "收到的数据已损坏（{object}），未使用",
        "received data is damaged ({object}); it was not used",
    ),
    (
        "patch.disk_damaged",
        "工具盘在偏移 {offset} 处损坏，请运行 tool-disk verify --repair",
        "the tool disk is damaged at offset {offset}; run: tool-disk verify --repair",
    ),
    (
        "patch.journal_pending",
        "上一次更新尚未完成，请重新运行 tool-disk sync",
        "an earlier update is not finished; run tool-disk sync again",
    ),
    (
        "patch.no_space",
        "{path} 所在的磁盘已满，请释放空间后再试",
        "the disk of {path} is full; free some space and try again",
    ),
    (
        "patch.object_missing",
        "缺少更新数据 {digest}，将重新下载",
        "a part of the update ({digest}) is missing and will be fetched again",
    ),
    (
        "patch.result_differs",
        "更新后的工具盘与服务器不一致，将自动修复",
        "the updated tool disk is not identical to the server's; it will be repaired",
    ),
    ("patch.too_large", "更新超出限制（{limit}）", "the update exceeds a limit ({limit})"),
    ("net.bad_url", "服务器地址不正确：{url}", "not an address of a server: {url}"),
    ("net.unreachable", "无法连接服务器 {url}", "cannot reach the server at {url}"),
    ("net.timeout", "服务器响应超时：{url}", "the server took too long: {url}"),
    (
        "net.tls",
        "无法与服务器建立安全连接：{url}；证书须未过期且为该地址签发；私有证书或私有证书机构请用 --ca-file 指定，服务器的证书不得是证书机构自身的证书（CA:FALSE）",
        "no secure connection to {url}; its certificate has to be valid and for this address; name a private one, or its authority, with --ca-file (the server's own must not be an authority's: CA:FALSE)",
    ),
    ("net.bad_certificate_file", "证书文件无法读取", "the file of trusted certificates cannot be read"),
    ("net.not_driver_center", "{url} 处不是驱动中心", "what answers at {url} is no driver center"),
    (
        "net.too_large",
        "服务器发送的数据过大（上限 {limit_bytes}）：{url}",
        "the server sends more than {limit_bytes}: {url}",
    ),
    // Failures without a notice, by kind.
    ("kind.invalid", "参数不正确", "not possible as asked"),
    ("kind.denied", "没有权限", "not permitted"),
    ("kind.not_found", "不存在", "not found"),
    ("kind.conflict", "与当前状态冲突", "in conflict with the present state"),
    ("kind.busy", "正忙，请稍后再试", "busy; try again later"),
    ("kind.no_space", "空间不足，请释放空间后再试", "not enough space; free some and try again"),
    ("kind.unavailable", "暂时不可用", "not available now"),
    ("kind.corrupt", "数据已损坏", "data is damaged"),
    ("kind.cancelled", "已停止", "stopped"),
    ("kind.bug", "程序错误，请报告", "a mistake of this program; please report it"),
    // Steps.
    ("step.contact", "连接服务器", "contacting the server"),
    ("step.hash", "读取工具盘", "reading the disk"),
    ("step.download", "下载", "downloading"),
    ("step.apply", "写入工具盘", "writing the disk"),
    ("step.check", "校验", "checking"),
    // What happened.
    ("note.recovered", "上次中断的更新已完成", "finished the update that had been interrupted"),
    ("note.damaged", "工具盘已损坏，正在修复", "the disk is damaged and is being repaired"),
    (
        "note.waiting",
        "版本 {version} 已下载，等待工具盘空闲",
        "version {version} is fetched and waits for the disk",
    ),
    ("note.done", "工具盘现在是版本 {version}", "the tool disk is version {version} now"),
    (
        "note.renewed",
        "注册或配置已更改，现在使用服务器 {server}",
        "enrolled again or configured in another way; the server is {server} now",
    ),
    (
        "note.instead",
        "补丁不可用（{cause}），改为下载有差异的部分",
        "the patches cannot be used ({cause}); fetching what differs instead",
    ),
    ("note.again", "重试：{cause}", "trying again: {cause}"),
    // Results of commands.
    (
        "enrol.done",
        "已注册到驱动中心 {center}，终端编号 {terminal}",
        "enrolled at driver center {center} as terminal {terminal}",
    ),
    (
        "enrol.again",
        "驱动中心 {center} 已知本机，本机重新注册为原来的终端 {name}（编号 {terminal}），原有密钥已失效",
        "enrolled again at driver center {center}, which knows this PC: it is terminal {name} ({terminal}) as before, and its former secret is refused",
    ),
    ("sync.current", "工具盘已是最新版本 {version}", "the tool disk is the current version {version}"),
    (
        "sync.not_released",
        "版本 {version} 未下发到本终端（自动更新已关闭）；如需立即更新请加 --force",
        "version {version} is not released for this terminal (automatic updates are off); add --force to take it now",
    ),
    (
        "sync.not_now",
        "现在不在更新时段内，版本 {version} 稍后更新；如需立即更新请加 --force",
        "this is no time for updates, so version {version} comes later; add --force to take it now",
    ),
    ("sync.fetched", "，已下载 {size}", ", {size} fetched"),
    (
        "verify.good",
        "工具盘完好：{leaves} 块全部正确",
        "the tool disk is good: all {leaves} leaves are right",
    ),
    (
        "verify.bad",
        "工具盘损坏：{damaged} / {leaves} 块不正确；请运行 tool-disk verify --repair",
        "the tool disk is damaged: {damaged} of {leaves} leaves {damaged|is|are} wrong; run: tool-disk verify --repair",
    ),
    (
        "verify.unproven",
        "工具盘内容未经验证，不能打开；请运行 tool-disk verify --repair",
        "the content of the tool disk is not proven, do not open it; run: tool-disk verify --repair",
    ),
    (
        "verify.mended",
        "工具盘已修复：重新获取 {damaged} 块",
        "the tool disk is repaired: {damaged} {damaged|leaf|leaves} fetched",
    ),
    ("verify.repaired", "工具盘已修复", "the tool disk is repaired"),
    (
        "daemon.start",
        "tool-disk {program} 已启动，服务器 {server}",
        "tool-disk {program} started, server {server}",
    ),
    ("daemon.stop", "tool-disk 已停止", "tool-disk stopped"),
    ("daemon.pause", "{seconds} 秒后重试", "next try in {seconds} s"),
    // Labels of `status`.
    ("status.server", "服务器", "server"),
    ("status.center", "驱动中心", "center"),
    ("status.terminal", "终端编号", "terminal"),
    ("status.disk", "工具盘", "disk"),
    ("status.state", "状态", "state"),
    ("status.version", "版本", "version"),
    ("status.root", "根摘要", "root"),
    ("status.length", "长度", "length"),
    ("status.newest", "已知最新版本", "newest known"),
    ("status.pending", "待切换版本", "waiting to switch"),
    ("state.ready", "可用", "ready"),
    ("state.none", "尚无工具盘", "no disk yet"),
    ("state.updating", "更新未完成，不能打开", "update not finished, do not open"),
    (
        "state.unproven",
        "内容未验证，不能打开；请运行 tool-disk verify --repair",
        "content not proven, do not open; run: tool-disk verify --repair",
    ),
];

#[cfg(test)]
mod tests {
    #[test]
    fn each_text_is_there_once_and_says_the_same_in_both_languages() {
        assert_eq!(wording::flaws(super::TEXTS), Vec::<String>::new());
    }
}
