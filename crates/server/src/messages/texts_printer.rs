//! Printer drivers.

use super::Text;

pub(super) const TEXTS: &[Text] = &[
    ("printer.not_found", "打印机驱动不存在", "This printer driver does not exist"),
    (
        "printer.name_taken",
        "打印机驱动名称重复：{name}，请换一个名称",
        "There is a printer driver named {name} already; choose another name",
    ),
    (
        "printer.file_name",
        "文件名不正确，仅支持更新公有配置文件",
        "Wrong file name: only the public configuration file can be changed",
    ),
    (
        "printer.configuration_invalid",
        "打印机公有配置文件 printer-public.json 无效：{reason}",
        "The public configuration file printer-public.json is not valid: {reason}",
    ),
    (
        "printer.configuration_place",
        "公有配置文件只能有一个，且必须位于压缩包顶层：{entry}",
        "There may be one public configuration file, at the top of the archive: {entry}",
    ),
    ("printer.missing", "请填写打印机的{field}", "The printer needs a value for its {field}"),
    ("printer.missing/name", "名称", "name"),
    ("printer.missing/ip", "地址", "address"),
    (
        "printer.missing/share",
        r"共享名（也可以在地址中写成 \\主机\共享名）",
        r"share name (the address may say both: \\host\share)",
    ),
    ("printer.missing/port", "端口", "port"),
    ("printer.missing/protocol", "协议", "protocol"),
    ("printer.invalid", "打印机的{field}不正确：{value}", "The printer's {field} cannot be {value}"),
    ("printer.invalid/name", "名称", "name"),
    ("printer.invalid/describe", "描述", "description"),
    ("printer.invalid/type", "类型（1 本地、2 共享、3 网络）", "type (1 local, 2 shared, 3 network)"),
    (
        "printer.invalid/paper",
        "纸张（A1–A8、B1–B8，或编号 8、9、11、12、13）",
        "paper (A1 to A8, B1 to B8, or 8, 9, 11, 12, 13)",
    ),
    (
        "printer.invalid/duplex_print",
        "双面打印设置（1 单面、21 长边、22 短边）",
        "duplex setting (1 one side, 21 long edge, 22 short edge)",
    ),
    ("printer.invalid/ip", "地址", "address"),
    ("printer.invalid/share", "共享名", "share name"),
    ("printer.invalid/accounts", "账户", "account"),
    (
        "printer.invalid/port",
        "端口（本地如 USB001、LPT1:；网络为 1 到 65535）",
        "port (local: such as USB001, LPT1:; network: 1 to 65535)",
    ),
    ("printer.invalid/protocol", "协议（RAW、LPR、IPP、WSD）", "protocol (RAW, LPR, IPP, WSD)"),
    (
        "printer.client_invalid",
        "上传终端的名称或 MAC 地址不正确：MAC 地址为 12 位十六进制数",
        "The name or the MAC address of the uploading terminal is not valid: a MAC address has twelve hexadecimal digits",
    ),
    (
        "printer.password_needed",
        "更改主机、共享名或账户时，请重新输入密码",
        "Give the password again when the host, the share or the account changes",
    ),
    (
        "printer.password_too_long",
        "密码过长，最多 {limit} 个字符",
        "The password is too long; at most {limit} characters",
    ),
    (
        "printer.password_unreadable",
        "已保存的打印机密码无法解密（数据目录中的 printer.key 不匹配），请重新输入密码",
        "The kept password cannot be opened (the data directory has another printer.key); give it again",
    ),
    ("printer.no_printer", "其中没有打印机类别的 INF", "None of its INF files is of the class Printer"),
];
