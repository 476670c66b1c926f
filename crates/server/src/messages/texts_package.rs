//! Texts about uploads, archives and what they contain.

use super::Text;

pub(super) const TEXTS: &[Text] = &[
    (
        "package.wrong_type",
        "不是一个可接受的文件类型",
        "This is not an acceptable file type: {file}. Universal drivers are .iso, extracted ones .tq (an archive that 7-Zip opens)",
    ),
    (
        "package.empty",
        "上传驱动文件失败！文件为空，里面没有任何驱动文件",
        "The upload failed: the archive contains no file",
    ),
    (
        "package.no_driver",
        "上传驱动文件失败！压缩包中没有驱动（没有 INF 文件）",
        "The upload failed: the archive contains no driver (no INF file describes one)",
    ),
    (
        "package.encrypted",
        "上传驱动文件失败！文件已加密：{entry}，请去掉密码后重新打包",
        "The upload failed: {entry} is encrypted; pack it again without a password",
    ),
    (
        "package.damaged",
        "上传驱动文件失败！压缩包已损坏：{entry}，{reason}。请重新上传",
        "The upload failed: the archive is damaged at {entry}: {reason}. Upload an intact copy",
    ),
    (
        "package.unsupported",
        "上传驱动文件失败！不支持的压缩方式：{entry}，{reason}。请用 7-Zip 默认设置重新打包",
        "The upload failed: {entry} is packed in a way that is not supported: {reason}. Pack it again with 7-Zip's defaults",
    ),
    (
        "package.bad_name",
        "上传驱动文件失败！文件名不能用于 Windows 磁盘：{entry}（{reason}）",
        "The upload failed: {entry} cannot be a name on a Windows disk ({reason})",
    ),
    ("package.bad_name/empty", "名称为空", "a part of it is empty"),
    ("package.bad_name/absolute", "绝对路径", "an absolute path"),
    ("package.bad_name/traversal", "含有“..”", "it leaves its directory with “..”"),
    ("package.bad_name/character", "含有不允许的字符", "a character that is not allowed"),
    ("package.bad_name/trailing", "以空格或句点结尾", "it ends in a space or a full stop"),
    ("package.bad_name/reserved", "Windows 保留的设备名", "a device name that Windows reserves"),
    ("package.bad_name/too_long", "名称过长", "too long"),
    ("package.bad_name/too_deep", "目录层次过深", "too many directories deep"),
    (
        "package.link",
        "上传驱动文件失败！压缩包中含有链接：{entry}",
        "The upload failed: {entry} is a link; only files and directories are taken in",
    ),
    (
        "package.duplicate_entry",
        "上传驱动文件失败！压缩包中文件名重复：{entry}",
        "The upload failed: two entries are called {entry} (Windows does not tell case apart)",
    ),
    (
        "package.too_large",
        "上传驱动文件失败！解压后过大：{entry}，{bytes}，上限为 {limit_bytes}",
        "The upload failed: {entry} takes {bytes} when unpacked; the limit is {limit_bytes}",
    ),
    (
        "package.too_many_entries",
        "上传驱动文件失败！文件数量过多：{entries}，上限为 {limit}",
        "The upload failed: the archive has {entries} or more entries; the limit is {limit}",
    ),
    (
        "package.too_deep",
        "上传驱动文件失败！压缩包嵌套过深：{entry}，上限为 {limit} 层",
        "The upload failed: archives are nested more than {limit} deep at {entry}",
    ),
    (
        "package.too_slow",
        "上传驱动文件失败！读取压缩包超过 {seconds} 秒",
        "The upload failed: the archive was not read within {seconds} s",
    ),
    (
        "package.stalled",
        "上传驱动文件失败！读取压缩包停滞超过 {seconds} 秒，请重试",
        "The upload failed: reading the archive made no progress for {seconds} s; try again",
    ),
    (
        "package.tool_missing",
        "上传驱动文件失败！服务器缺少程序 {program}，请运行：{command}",
        "The upload failed: the server lacks the program {program}; install it with: {command}",
    ),
    (
        "package.reader_missing",
        "上传驱动文件失败！服务器缺少程序 {path}，请重新安装驱动中心",
        "The upload failed: the server's program {path} cannot be started; install the driver center again",
    ),
    (
        "package.reader_failed",
        "上传驱动文件失败！读取压缩包时出错：{reason}",
        "The upload failed: the archive could not be read: {reason}",
    ),
    (
        "package.nested_unread",
        "内层压缩包 {entry} 已保存，但未能读取其中的驱动信息（{reason}）",
        "The nested archive {entry} is stored, but its drivers could not be read ({reason})",
    ),
    (
        "package.inf_unread",
        "INF 文件 {entry} 过大（{bytes}），未解析",
        "The INF file {entry} is too large to be read ({bytes})",
    ),
    (
        "package.boot_image_skipped",
        "已跳过光盘引导映像 {entry}",
        "The boot image {entry} of the disc is no file of it and was left out",
    ),
    ("package.more_warnings", "另有 {count} 条警告", "{count} more warnings"),
    ("upload.failed", "上传驱动文件失败！请重试", "The upload failed; try again"),
    (
        "upload.too_large",
        "上传驱动文件失败！文件大小超过上限 {limit_bytes}",
        "The file is larger than {limit_bytes}",
    ),
    (
        "upload.no_name",
        "上传驱动文件失败！缺少文件名",
        "The upload failed: the request names no file (multipart field `file`, Content-Disposition or ?name=)",
    ),
    (
        "upload.name_invalid",
        "上传驱动文件失败！文件名不可用",
        "The upload failed: the name of the file cannot be used",
    ),
    (
        "upload.incomplete",
        "上传驱动文件失败！连接中断，文件不完整",
        "The upload failed: the connection broke before the file was complete",
    ),
    (
        "upload.not_found",
        "上传不存在或已过期，请重新上传",
        "This upload does not exist or has expired; begin again",
    ),
    (
        "upload.wrong_offset",
        "续传位置不一致，服务器已收到 {received} 字节",
        "The upload goes on at byte {received}, not at the one that was sent",
    ),
    ("upload.protocol", "不支持的续传协议版本，需要 tus 1.0.0", "This server speaks tus 1.0.0"),
    ("upload.in_progress", "该上传正在进行中", "This upload is being sent over another connection"),
    (
        "upload.too_many",
        "未完成的上传过多（上限 {limit}），请先完成或取消",
        "Too many unfinished uploads (limit {limit}); finish or cancel some",
    ),
    ("inf.unreadable", "INF 文件无法读取", "The INF file could not be read"),
    (
        "inf.too_large",
        "INF 文件过大：{size_bytes}，上限 {limit_bytes}",
        "The INF file is too large: {size_bytes}, limit {limit_bytes}",
    ),
    (
        "inf.too_complex",
        "INF 文件过于复杂（{what} 超过 {limit}）",
        "The INF file is too complex (more than {limit} {what})",
    ),
    (
        "inf.not_a_driver",
        "INF 文件没有 [Version] 签名，不是驱动",
        "The INF file has no signed [Version] section",
    ),
    (
        "inf.bad_text",
        "部分字节不是 {encoding} 文本，已替换",
        "Some bytes are no {encoding} text; they were replaced",
    ),
    ("inf.date_invalid", "DriverVer 的日期无效：{date}", "The date {date} of DriverVer is none"),
    (
        "inf.version_invalid",
        "DriverVer 的版本无效：{version}",
        "The version {version} of DriverVer is not valid",
    ),
    (
        "inf.decoration_unknown",
        "未知的系统后缀：{decoration}",
        "Windows does not know the decoration {decoration}",
    ),
    ("inf.devices_cut", "设备过多，仅保留 {limit} 个", "More devices than the {limit} that are kept"),
    ("inf.list_cut", "{what} 过多，仅保留 {limit} 项", "More {what} than the {limit} that are kept"),
    ("inf.text_cut", "文本过长，仅保留 {limit} 个字符", "A text was longer than the {limit} that are kept"),
    ("inf.extension_id_missing", "扩展 INF 缺少 ExtensionId", "An extension INF without ExtensionId"),
    (
        "inf.line_outside_section",
        "第 {line} 行不属于任何节，已忽略",
        "Line {line} is outside of any section and was ignored",
    ),
    ("inf.section_not_closed", "第 {line} 行的节名缺少“]”", "The section name in line {line} lacks its “]”"),
    (
        "inf.models_missing",
        "[Manufacturer] 所列的节 {section} 不存在",
        "[Manufacturer] names the section {section}, which does not exist",
    ),
    (
        "inf.models_unlisted",
        "节 {section} 未在 [Manufacturer] 中列出，Windows 会忽略它",
        "The section {section} is not listed in [Manufacturer], so Windows ignores it",
    ),
    (
        "inf.template",
        "这是未完成的 INF 模板（{decoration}），Windows 不会使用它",
        "This is an unfinished INF template ({decoration}), which Windows uses on no system",
    ),
    ("inf.token_undefined", "[Strings] 中没有 %{token}%", "%{token}% is not in [Strings]"),
];
