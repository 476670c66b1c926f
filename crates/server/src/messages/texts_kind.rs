//! Errors without a notice of their own: what they mean coarsely.

use super::Text;

pub(super) const TEXTS: &[Text] = &[
    ("kind.invalid", "请求无效", "The request is not valid"),
    ("kind.denied", "没有权限", "You may not do this"),
    ("kind.not_found", "对象不存在", "This does not exist"),
    ("kind.conflict", "与当前状态冲突", "This contradicts the present state"),
    ("kind.busy", "驱动中心正忙，请稍后再试", "The driver center is busy; try again later"),
    (
        "kind.no_space",
        "服务器空间不足，请释放空间后再试",
        "The server has not enough space; free some and try again",
    ),
    ("kind.unavailable", "暂时无法完成，请稍后再试", "This cannot be done at the moment; try again later"),
    ("kind.corrupt", "数据已损坏", "Data is damaged"),
    ("kind.cancelled", "操作已取消", "The operation was cancelled"),
    ("kind.bug", "服务器内部错误，详情见日志", "Internal error of the server; its log has the details"),
];
