//! Texts about disk images, the image store and patches.

use super::Text;

pub(super) const TEXTS: &[Text] = &[
    (
        "disk.active_unclean",
        "编辑中的磁盘未正常关闭，正在重建",
        "The disk that collects the edits was left in the middle of a change and is made again",
    ),
    ("disk.bad_options", "磁盘参数 {option} 无效", "The disk cannot be made with this {option}"),
    ("disk.exists", "{entry} 已存在", "{entry} exists already"),
    ("disk.image_damaged", "磁盘映像 {path} 已损坏，请恢复", "The disk image {path} is damaged; use Restore"),
    ("disk.import_running", "正在导入另一个驱动，请稍后再试", "Another import is running; try again later"),
    ("disk.is_directory", "{entry} 是目录", "{entry} is a directory"),
    (
        "disk.locked",
        "磁盘映像 {path} 正被使用，请稍后再试",
        "The disk image {path} is in use; try again later",
    ),
    ("disk.name_invalid", "名称 {entry} 不能用于 Windows", "Windows cannot open the name {entry}"),
    (
        "disk.name_reserved",
        "名称 {entry} 是 Windows 保留的设备名",
        "{entry} is a device name that Windows reserves",
    ),
    (
        "disk.no_space",
        "服务器空间不足，请释放空间后再试",
        "The server has not enough space for {path}; free some and try again",
    ),
    (
        "disk.not_larger",
        "磁盘的虚拟大小已是 {present_bytes}，只能扩大",
        "The disk has {present_bytes} already, and can only become larger",
    ),
    (
        "disk.too_large",
        "虚拟大小超出上限：此磁盘最大可为 {largest_bytes}",
        "This disk cannot become so large; {largest_bytes} is the most",
    ),
    ("disk.not_found", "{entry} 不存在", "There is no {entry} on the disk"),
    ("disk.not_qcow2", "{path} 不是可用的 qcow2 映像", "{path} is no qcow2 image that can be used"),
    ("disk.not_ntfs", "{path} 中没有 NTFS 文件系统", "There is no NTFS volume in {path}"),
    (
        "disk.ntfs_dirty",
        "{path} 的 NTFS 未正常卸载，请在 Windows 中运行 chkdsk",
        "NTFS in {path} was not unmounted cleanly; run chkdsk in Windows",
    ),
    ("disk.path_exists", "服务器上的文件 {path} 已存在", "The file {path} exists on the server already"),
    ("disk.path_too_long", "路径过长：{entry}", "The name or path is too long: {entry}"),
    (
        "disk.program_missing",
        "服务器缺少程序 {program}，请运行：apt-get install {package}",
        "The server lacks the program {program}; install it with: apt-get install {package}",
    ),
    ("disk.size_mismatch", "{entry} 的大小与声明不符", "{entry} has not the announced size"),
    ("disk.too_many_entries", "{entry} 中的文件过多", "There are too many entries in {entry}"),
    (
        "disk.unsupported_image",
        "不支持的磁盘映像 {path}：{feature}",
        "The disk image {path} cannot be used: {feature}",
    ),
    (
        "disk.volume_full",
        "驱动盘空间不足，无法写入 {entry}；请删除不用的驱动，或扩容磁盘",
        "The tool disk is full; {entry} does not fit. Delete drivers or grow the disk",
    ),
    (
        "disk.worker_died",
        "磁盘程序意外退出（{status}），请重试",
        "The disk worker has died ({status}); try again",
    ),
    (
        "disk.worker_missing",
        "服务器缺少程序 {path}，请重新安装驱动中心",
        "The server's program {path} is missing; install the driver center again",
    ),
    (
        "store.backing_file",
        "映像 {file} 依赖其他文件，无法登记",
        "The image {file} depends on another file and cannot be registered",
    ),
    (
        "store.not_qcow2",
        "文件 {file} 不是可用的 qcow2 映像",
        "{file} is no qcow2 image, or of an unknown version",
    ),
    ("store.damaged", "映像 {file} 的登记信息已损坏", "The description of the image {file} cannot be read"),
    (
        "store.half_uploaded",
        "映像 {image} 在 Glance 中只上传了一部分，请稍后再试；若一直如此，请在 Glance 中删除它",
        "Glance has only a part of the image {image}; try again later, and delete it in Glance if that stays so",
    ),
    (
        "store.unreachable",
        "无法访问 {url}，请检查 Glance 或 Keystone 的地址及其是否运行",
        "{url} does not answer; check the address of Glance or Keystone, and that it runs",
    ),
    (
        "store.refused",
        "{url} 拒绝了请求（{status}），请检查账户及其权限",
        "{url} refuses the request ({status}); check the account and what it may do",
    ),
    ("store.encrypted", "映像 {file} 已加密", "The image {file} is encrypted"),
    (
        "store.full",
        "服务器空间不足，请释放空间后再试",
        "The image store has not enough space: {needed_bytes} needed, {free_bytes} free; free some and try again",
    ),
    (
        "store.unwritable",
        "无法写入映像目录 {directory}，请检查其所在的磁盘是否已挂载、是否可写",
        "The image store {directory} cannot be written; check that its disk is mounted and writable",
    ),
    ("store.image_missing", "映像 {image} 未登记", "No image {image} is registered"),
    (
        "store.in_use",
        "映像目录 {directory} 正被另一个进程使用",
        "Another process uses the image store {directory}",
    ),
    ("store.unclean", "映像 {file} 未正常关闭", "The image {file} was not closed properly"),
    (
        "patch.base_differs",
        "磁盘内容与记录不符，请恢复",
        "The disk is not the one that the change was made for; use Restore",
    ),
    ("patch.damaged", "更新数据已损坏：{object}", "A part of a version is damaged: {object}"),
    (
        "patch.disk_damaged",
        "磁盘在 {offset} 处已损坏，请恢复",
        "The disk is damaged at {offset}; use Restore",
    ),
    (
        "patch.journal_pending",
        "上一次合并尚未完成，请恢复",
        "An earlier change has to be finished first; use Restore",
    ),
    (
        "patch.no_space",
        "服务器空间不足，请释放空间后再试",
        "The file system of {path} is full; free some space",
    ),
    ("patch.object_missing", "缺少更新数据 {digest}", "A part of a version is missing: {digest}"),
    (
        "patch.result_differs",
        "合并结果与预期不符，请恢复",
        "The disk after the change is not the one promised; use Restore",
    ),
    ("patch.too_large", "磁盘或更新超过上限 {limit}", "The disk or the change is beyond the limit {limit}"),
];
