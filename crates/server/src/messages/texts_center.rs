//! Texts about the disk, its versions and the drivers on it.

use super::Text;

pub(super) const TEXTS: &[Text] = &[
    (
        "center.importing",
        "正在导入 {name}；请等待导入完成，或在任务中取消它",
        "{name} is being imported; wait until it is done, or cancel that job",
    ),
    ("center.busy", "驱动中心正忙，请稍后再试", "The driver center is busy; try again later"),
    (
        "center.send_task",
        "保存失败，当前有下发任务",
        "Not saved: terminals are taking a version at the moment; save when they have finished",
    ),
    (
        "center.send_task_runs",
        "有终端正在更新，更新结束后才能保存",
        "Terminals are updating; you can save when they have finished",
    ),
    (
        "center.no_space",
        "服务器空间不足，请释放空间后再试",
        "The server has not enough space; free some and try again",
    ),
    (
        "center.state_disagrees",
        "驱动中心状态异常",
        "The state of the driver center is inconsistent: the records and the disk disagree; use Restore",
    ),
    (
        "center.not_editing",
        "当前不在编辑状态，请先点击“管理驱动”",
        "Nothing is being edited; begin with “Manage drivers”",
    ),
    (
        "edit.held",
        "{holder} 正在编辑驱动（最近操作：{ago_minutes}）。请等其保存或放弃；{idle} 分钟无操作后自动释放，管理员也可以“接管编辑”",
        "{holder} is editing (last change {ago_minutes}). Wait for them to save or discard; after {idle} min without a \
         change the edit is free, and an administrator can take it over",
    ),
    (
        "edit.not_held",
        "当前没有其他人在编辑，无需接管",
        "Nobody else is editing; there is nothing to take over",
    ),
    (
        "center.merging",
        "驱动中心正在合并，请等待合并完成",
        "The driver center is merging; wait until it has finished",
    ),
    (
        "center.restoring",
        "驱动中心正在恢复，请等待恢复完成",
        "The driver center is restoring; wait until it has finished",
    ),
    (
        "center.error_state",
        "驱动中心处于错误状态，请先恢复",
        "The driver center is in the error state; use Restore first",
    ),
    ("center.nothing_to_save", "没有需要保存的修改", "There is no change to save"),
    (
        "driver.name_taken",
        "系统驱动文件名称重复",
        "A system driver of this name exists already; choose another name",
    ),
    ("driver.not_found", "系统驱动不存在", "This system driver does not exist"),
    (
        "driver.not_on_disk",
        "系统驱动“{name}”在列表中，但驱动盘上没有它的文件；请删除后重新导入",
        "The system driver {name} is listed, but its files are not on the disk; delete it and import it again",
    ),
    (
        "driver.in_use",
        "系统驱动“{name}”正被以下模板使用，请先解除关联：{templates}",
        "The system driver {name} is in use by these templates; take the association away first: {templates}",
    ),
    (
        "driver.name_invalid",
        "驱动名称“{name}”不可用：需要 1 到 {limit} 个字符，且不能含有控制字符",
        "The driver name “{name}” cannot be used: 1 to {limit} characters, none of them a control character",
    ),
    (
        "driver.file_name_invalid",
        "文件名“{name}”不能用于 Windows 磁盘，请给文件改名后再上传",
        "Windows cannot open a file called “{name}”; give the file another name and upload it again",
    ),
    (
        "driver.description_too_long",
        "描述过长，最多 {limit} 个字符",
        "The description is too long; at most {limit} characters",
    ),
    (
        "driver.unknown_system",
        "不支持的操作系统类型，可用：{systems}",
        "The driver center does not know this system; it knows {systems}",
    ),
    ("driver.warning", "{path}：{warning}", "{path}: {warning}"),
    ("driver.delete_count", "请选择 1 到 {limit} 个要删除的驱动", "Choose 1 to {limit} drivers to delete"),
    (
        "center.volume_full",
        "驱动盘空间不足：需要 {needed_bytes}，剩余 {free_bytes}。请删除不用的驱动，或扩容磁盘",
        "The tool disk is too full: {needed_bytes} needed, {free_bytes} free. Delete drivers or grow the disk",
    ),
    ("operation.not_found", "操作不存在", "This operation does not exist"),
    ("version.not_found", "版本 {version} 不存在", "There is no version {version}"),
    (
        "version.note_too_long",
        "备注过长，最多 {limit} 个字符",
        "The note is too long; at most {limit} characters",
    ),
    (
        "version.not_kept",
        "版本 {version} 已不再保留；目前最早可用的是版本 {oldest}",
        "Version {version} is not kept any more; the oldest one that is kept is {oldest}",
    ),
    ("version.current", "版本 {version} 就是当前版本", "Version {version} is the present one already"),
    ("version.none_older", "没有可以回滚到的更早版本", "There is no older version that one could go back to"),
    ("version.edit_open", "有未保存的修改，请先保存或放弃修改", "An edit is open; save or discard it first"),
    (
        "version.send_task",
        "当前有下发任务，请等待终端更新完成后再试",
        "Terminals are taking a version at the moment; try again when they have finished",
    ),
    ("terminal.not_found", "终端 {terminal} 不存在", "There is no terminal {terminal}"),
    (
        "terminal.group_invalid",
        "分组名称不可用：最多 {limit} 个字符，且不能含有控制字符",
        "The name of the group cannot be used: at most {limit} characters, none of them a control character",
    ),
    (
        "distribution.window_count",
        "更新时段过多，最多 {limit} 个",
        "There are too many time windows; at most {limit}",
    ),
    (
        "distribution.bad_window",
        "更新时段“{from}–{to}”无效：时间须为 HH:MM，星期为 1 到 7",
        "“{from}–{to}” is no time window: times are HH:MM, days 1 to 7",
    ),
    ("distribution.bad_offset", "时区无效", "No clock is so far from UTC"),
    (
        "distribution.bad_speed",
        "带宽上限无效：每秒至少 {limit} 字节",
        "This is no bandwidth for updates: at least {limit} bytes per second",
    ),
    (
        "sync.bandwidth_full",
        "更新带宽已用满，请稍后再试",
        "All of the bandwidth for updates is in use; try again later",
    ),
    ("terminal.no_group", "分组“{group}”中没有终端", "There is no terminal in the group {group}"),
    (
        "terminal.push_count",
        "没有选择终端，或一次选择的终端过多；终端与筛选条件不能同时指定",
        "No terminals were chosen, or too many at once; a filter stands alone, without named terminals",
    ),
    (
        "terminal.more_fit",
        "符合条件的终端已变为 {count} 台，没有移除任何终端；请核对后再次确认",
        "{count} {count|terminal fits|terminals fit} by now, so none was removed; look at them and confirm again",
    ),
    (
        "terminal.page",
        "页码从 1 开始，每页 1 到 {limit} 个终端",
        "Pages count from 1, and have 1 to {limit} terminals",
    ),
    (
        "terminal.search_too_long",
        "搜索内容过长，最多 {limit} 个字符",
        "The text to search for is too long; at most {limit} characters",
    ),
    ("sync.nothing_published", "还没有发布任何版本", "No version has been published yet"),
    ("sync.object_gone", "该数据已不再保留", "This object is not kept any more"),
    ("sync.bad_range", "请求的数据范围无效", "There are no such leaves, or too many at once"),
    ("sync.stale", "磁盘已更新到新版本", "The disk is another version by now"),
    ("job.not_found", "任务不存在", "This job does not exist"),
    ("job.ended", "任务已结束，无法取消", "The job has ended and cannot be stopped"),
    ("job.cancelled", "任务已取消", "The job was cancelled"),
    (
        "job.interrupted",
        "任务因服务器停止而中断，请重试",
        "The server was stopped while the job ran; try again",
    ),
    (
        "db.unreachable",
        "数据库无法访问，请检查 database_url 和数据库服务",
        "The database cannot be opened; check database_url and the service of the database",
    ),
    (
        "db.bad_url",
        "数据库地址无效，应为 mysql://用户:密码@主机/库名 或 sqlite:文件路径",
        "This is no address of a database: mysql://user:password@host/name, or sqlite:FILE",
    ),
    (
        "db.full",
        "数据库所在磁盘空间不足，请释放空间后再试",
        "The disk of the database is full; free some space",
    ),
    (
        "db.corrupt",
        "数据库文件已损坏，请从备份恢复",
        "The database file is damaged; bring it back from a backup",
    ),
    (
        "db.read_only",
        "数据库文件不可写，请检查权限",
        "The database file may not be written; check its permissions",
    ),
    (
        "db.newer",
        "数据库已被更新版本的程序使用（{step}），请安装更新版本",
        "A newer release has used this database ({step}); install that release again",
    ),
    (
        "config.unreadable",
        "无法读取配置文件 {path}",
        "The configuration file {path} cannot be read; check its name and permissions",
    ),
    ("config.invalid", "配置错误（{path}）：{reason}", "The configuration ({path}) is wrong: {reason}"),
    (
        "serve.already_running",
        "数据目录 {path} 正被另一个驱动中心进程使用",
        "Another driver center uses the data directory {path}; stop it first",
    ),
    (
        "serve.cannot_listen",
        "无法监听 {address}：端口被占用或没有权限",
        "Cannot listen on {address}: the port is taken or not permitted; choose another with --listen",
    ),
    (
        "serve.certificate",
        "无法使用证书文件 {path}：须为 PEM 格式的证书链，且服务账户可读",
        "The certificate {path} cannot be used: it must be a chain in PEM that the server may read",
    ),
    (
        "serve.certificate_key",
        "无法使用私钥文件 {path}：须为 PEM 格式、与证书匹配，且服务账户可读",
        "The private key {path} cannot be used: it must be in PEM, belong to the certificate, and be readable by the server",
    ),
    (
        "serve.needs_missing",
        "缺少运行所需的条件：{what}。请运行 driver-center doctor 查看解决办法",
        "Something that the server needs is missing: {what}. `driver-center doctor` says how to mend it",
    ),
    (
        "serve.data_dir",
        "无法使用数据目录 {path}，请检查其存在和权限",
        "The data directory {path} cannot be used; check that it can be made and written",
    ),
];
