//! Texts about a site's other systems: moving to other backends, coming back from images, an existing platform.

use super::Text;

pub(super) const TEXTS: &[Text] = &[
    (
        "move.not_empty",
        "目标数据库不为空（{tables}），请使用空数据库",
        "The new database is not empty ({tables}); give an empty one",
    ),
    ("move.same", "目标数据库与当前数据库相同", "The new database is the present one"),
    (
        "move.differs",
        "核对失败：表 {table} 与原数据库不一致；原数据库未改动，请重新执行",
        "The table {table} reads differently in the new database; the old one is as it was; move again",
    ),
    (
        "move.moved",
        "此数据库已迁移到 {to}，请在配置中将 database_url 改为该数据库",
        "This database was moved to {to}; set database_url in the configuration to that",
    ),
    (
        "move.unfinished",
        "向此数据库的迁移尚未完成，请重新执行 site move-database",
        "A move into this database was interrupted; run site move-database again",
    ),
    (
        "move.image_differs",
        "镜像 {image} 在 Glance 中的内容与本地不一致，请在 Glance 中删除后重试",
        "Glance has something else as the image {image}; delete it there and try again",
    ),
    (
        "site.needs_glance",
        "配置中没有 [glance]，请先填写",
        "The configuration names no Glance; fill in [glance] first",
    ),
    (
        "platform.unreachable",
        "无法连接终端服务 {url}，请检查其地址及其是否运行",
        "The platform at {url} cannot be reached; check its address, and that it runs",
    ),
    (
        "platform.timeout",
        "终端服务 {url} 未及时应答，请稍后再试",
        "The platform at {url} does not answer in time; try again later",
    ),
    ("platform.refused", "终端服务 {url} 拒绝了请求：{reason}", "The platform at {url} refuses: {reason}"),
    (
        "platform.odd",
        "终端服务 {url} 的应答无法识别：{reason}",
        "The platform at {url} answers something else than voi_api does: {reason}",
    ),
    (
        "rescue.no_base",
        "Glance 中没有可用于恢复的 Base 映像",
        "Glance has no Base that a center could be brought back from",
    ),
    (
        "rescue.several",
        "Glance 中有多个驱动中心的映像，请用 --center 指定：{centers}",
        "Glance has images of several centers; say which with --center: {centers}",
    ),
    (
        "rescue.differs",
        "映像缺失或不完整，拼不出版本 {version}（root 与登记的不符）；可用 --up-to 恢复到更早的版本",
        "The images do not make up version {version} as it was registered: one before it is missing or another one; an \
         earlier version comes back with --up-to",
    ),
];
