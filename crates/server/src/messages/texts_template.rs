//! Templates, what is made from them, and plans.

use super::Text;

pub(super) const TEXTS: &[Text] = &[
    ("template.not_found", "模板 {id} 不存在", "There is no template {id}"),
    (
        "template.unknown_type",
        "模板类型只有 1（公用桌面）和 2（个人桌面）",
        "Templates are of type 1 (public desktops) or 2 (personal desktops)",
    ),
    (
        "template.name_invalid",
        "名称不可用：需要 1 到 {limit} 个字符，且不能含有控制字符",
        "The name cannot be used: 1 to {limit} characters, none of them a control character",
    ),
    ("template.name_taken", "模板名称重复：{name}", "There is a template named {name} already"),
    (
        "template.no_image",
        "镜像库中没有可用于模板的镜像 {image}",
        "The image store has no image {image} that a template can be made of",
    ),
    (
        "template.in_use",
        "模板“{name}”还有 {desktops} 个桌面或场景，请先删除它们",
        "Desktops or scenes ({desktops}) are made from the template {name}; delete them first",
    ),
    ("template.count", "请选择 1 到 {limit} 个模板", "Choose 1 to {limit} templates"),
    (
        "template.wrong_type",
        "模板“{name}”的类型不符：场景使用公用桌面模板，个人桌面使用个人桌面模板",
        "The template {name} is of the other type: scenes are made from public-desktop templates, desktops from \
         personal-desktop templates",
    ),
    (
        "template.wrong_driver_type",
        "驱动“{name}”的类型不符：一个模板最多关联一个万能驱动和一个提取驱动",
        "The driver {name} is of the other type: a template has at most one universal and one extracted driver",
    ),
    (
        "template.driver_not_saved",
        "驱动“{name}”尚未保存，请先保存再关联",
        "The driver {name} is not saved yet; save it, then associate it",
    ),
    (
        "template.driver_does_not_fit",
        "驱动“{driver}”不支持模板“{template}”的操作系统",
        "The driver {driver} does not support the system of the template {template}",
    ),
    ("desktop.not_found", "桌面或场景 {id} 不存在", "There is no desktop or scene {id}"),
    (
        "desktop.heterogeneous_given",
        "is_allow_heterogeneous 由模板决定，不能设置",
        "is_allow_heterogeneous follows from the template and cannot be set",
    ),
    (
        "plan.inventory_too_large",
        "硬件清单过大：最多 {limit} 个设备",
        "The list of hardware is too long: at most {limit} devices",
    ),
    (
        "plan.no_inventory",
        "终端“{terminal}”尚未上报硬件清单",
        "The terminal {terminal} has not said yet what is in it",
    ),
];
