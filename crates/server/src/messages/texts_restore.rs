//! Texts about what verify finds, what restore does, and backups.

use super::Text;

pub(super) const TEXTS: &[Text] = &[
    ("found.base_missing", "驱动盘文件不存在", "The disk file is gone"),
    ("found.base_unreadable", "无法读取驱动盘文件：{cause}", "The disk file cannot be read: {cause}"),
    (
        "found.base_length",
        "驱动盘文件长度不符：现为 {found_bytes}，应为 {expected_bytes}",
        "The disk file has {found_bytes}; it should have {expected_bytes}",
    ),
    (
        "found.base_leaves",
        "驱动盘文件有 {leaves} 处（共 {total} 块，每块 64 KiB）损坏，最前一处在偏移 {first}",
        "{leaves} of the {total} pieces of 64 KiB of the disk file {leaves|is|are} damaged, the first at offset {first}",
    ),
    (
        "found.base_unknown",
        "驱动盘文件与记录不符，且校验表已丢失，无法判断损坏位置",
        "The disk file is not what the records say, and the table that tells where is lost too",
    ),
    (
        "found.leaf_table",
        "驱动盘的校验表丢失或损坏",
        "The table of checksums of the disk file is missing or damaged",
    ),
    (
        "found.base_structure",
        "驱动盘文件内部结构有 {errors} 处错误",
        "The structure of the disk file has {errors} {errors|error|errors}",
    ),
    (
        "found.journal",
        "有一次对驱动盘的写入没有完成",
        "An update of the disk file was begun and is not finished",
    ),
    (
        "found.save_unfinished",
        "有一次保存没有完成，停在“{step}”这一步",
        "A save was not completed; it stopped at this step: {step}",
    ),
    ("found.save_unfinished/seal", "封存编辑内容", "sealing the edit"),
    ("found.save_unfinished/merge", "计算与当前版本的差异", "computing the changes"),
    ("found.save_unfinished/register", "登记磁盘镜像", "registering the disk image"),
    ("found.save_unfinished/apply", "写入驱动盘", "writing the driver disk"),
    ("found.save_unfinished/record", "记录版本", "recording the version"),
    ("found.save_unfinished/publish", "发布给终端", "publishing to terminals"),
    ("found.save_unfinished/clean", "清理", "cleaning up"),
    ("found.save_unfinished/compose", "准备新版本的内容", "preparing the new version"),
    (
        "found.index",
        "块索引缺失，下次保存时自动重建",
        "The block index is missing; the next save makes it anew",
    ),
    ("found.head", "发布信息丢失或不是最新", "The published head is missing or not the newest one"),
    ("found.manifest", "发布的清单丢失或损坏", "What the published head names is missing or damaged"),
    (
        "found.patch",
        "版本 {version} 的更新数据丢失或损坏",
        "The update to version {version} is missing or damaged",
    ),
    (
        "found.inverse",
        "版本 {version} 的回退数据丢失或损坏",
        "What leads back from version {version} is missing or damaged",
    ),
    (
        "found.image",
        "版本 {version} 登记的镜像 {image} 不存在",
        "The registered image {image} of version {version} is gone",
    ),
    (
        "found.archive_missing",
        "驱动“{driver}”的原始文件不存在（{sha256}）",
        "The kept archive of {driver} is gone ({sha256})",
    ),
    (
        "found.archive_damaged",
        "驱动“{driver}”的原始文件已损坏（{sha256}）",
        "The kept archive of {driver} is damaged ({sha256})",
    ),
    (
        "found.archive_unlisted",
        "原始文件目录中有未登记的文件 {name}",
        "Among the kept archives is a file that nothing lists: {name}",
    ),
    (
        "found.package_missing",
        "驱动盘上没有驱动“{driver}”（{directory}）",
        "{driver} is not on the disk ({directory})",
    ),
    (
        "found.package_differs",
        "驱动盘上的驱动“{driver}”（{directory}）与导入时不同：{what}",
        "{driver} ({directory}) is not as it was imported: {what}",
    ),
    (
        "found.package_unlisted",
        "驱动盘上有未登记的目录 {directory}",
        "The disk has a directory that no driver lists: {directory}",
    ),
    ("found.database", "数据库文件已损坏：{cause}", "The database file is damaged: {cause}"),
    ("mend.restore", "使用“恢复”修复", "Restore mends it"),
    ("mend.itself", "服务器下次启动时自动完成", "The server mends it by itself when it starts"),
    (
        "mend.archive",
        "把原始文件放回数据目录的 kept/ 下（文件名为其 sha256），或从备份取回",
        "Put the archive back into kept/ of the data directory, under its sha256, or take it from a backup",
    ),
    ("mend.backup", "从备份恢复", "Bring it back from a backup"),
    ("mend.none", "无需处理", "Nothing has to be done"),
    (
        "restore.archive_missing",
        "无法重建驱动盘：以下驱动的原始文件丢失或损坏：{drivers}。请放回后再恢复，或确认放弃这些驱动",
        "The disk cannot be made anew: the kept archives of these drivers are lost: {drivers}. Put them back and restore \
         again, or accept that these drivers are lost",
    ),
    (
        "restore.archive_unreadable",
        "无法重建驱动盘：驱动“{driver}”的原始文件无法解包",
        "The disk cannot be made anew: the kept archive of {driver} cannot be unpacked",
    ),
    (
        "restore.adopted_lost",
        "无法重建驱动盘：最初接管的磁盘副本已丢失，请从备份恢复",
        "The disk cannot be made anew: the copy of the disk that was adopted is lost; bring it back from a backup",
    ),
    ("restore.save_completed", "已完成中断的保存", "The interrupted save was completed"),
    (
        "restore.save_undone",
        "已撤销中断的保存，修改仍在，可重新保存",
        "The interrupted save was undone; its changes are still there to be saved",
    ),
    ("restore.base_right", "驱动盘文件完整", "The disk file is what it should be"),
    (
        "restore.leaves_mended",
        "已修复 {leaves} 处损坏",
        "{leaves} damaged {leaves|piece was|pieces were} put back",
    ),
    (
        "restore.reassembled",
        "驱动盘文件已不存在，已从登记的镜像和更新数据拼回原样",
        "Nothing was left of the disk file; it was put together from the registered images and updates",
    ),
    (
        "restore.base_rebuilt",
        "已用原始文件重建驱动盘：{packages} 个驱动，版本 {version}",
        "The disk was made anew from the kept archives: {packages} {packages|package|packages}, version {version}",
    ),
    ("restore.update_size", "终端更新量 {bytes}", "A terminal fetches {bytes} for it"),
    (
        "restore.set_aside",
        "原位置上的文件不是驱动盘，已保留为 {path}",
        "The file in the disk's place was another one; it is kept as {path}",
    ),
    ("restore.lost", "已放弃的驱动：{drivers}", "Given up: {drivers}"),
    (
        "restore.objects_retired",
        "已停用损坏的更新数据：版本 {versions}",
        "Damaged updates were withdrawn: {versions}",
    ),
    ("restore.published", "已发布版本 {version}", "Version {version} is published"),
    ("restore.will_settle", "完成中断的保存；无法完成则撤销", "Complete the interrupted save, or undo it"),
    ("restore.will_check", "读取并核对整个驱动盘文件", "Read and compare the whole disk file"),
    (
        "restore.will_mend",
        "修复 {leaves} 处损坏，版本不变，终端无需更新",
        "Put {leaves} damaged {leaves|piece|pieces} back; the version stays, and terminals need nothing",
    ),
    (
        "restore.will_reassemble",
        "从登记的镜像和更新数据拼回驱动盘文件，版本不变，终端无需更新",
        "Put the disk file together from the registered images and updates; the version stays, and terminals need nothing",
    ),
    (
        "restore.will_rebuild",
        "用原始文件重建驱动盘（{packages} 个驱动），成为版本 {version}；未保存的修改保留",
        "Make the disk anew from the kept archives ({packages} {packages|package|packages}), as version {version}; unsaved changes stay",
    ),
    (
        "restore.will_refuse",
        "无法重建：以下驱动的原始文件丢失或损坏：{drivers}",
        "It cannot be made anew: the kept archives of these drivers are lost: {drivers}",
    ),
    ("restore.will_publish", "重新发布", "Publish again"),
    ("restore.no_plan", "还没有恢复计划，请先检查", "There is no plan for a restore yet; make one first"),
    (
        "backup.not_one",
        "{path} 不是备份目录，且不为空；请使用空目录或已有的备份目录",
        "{path} is no directory of backups, and something is in it; give an empty one, or one of backups",
    ),
    (
        "backup.missing",
        "{path} 中没有备份，请检查目录是否正确、备份盘是否已挂载",
        "There are no backups in {path}; check the directory, and that its disk is mounted",
    ),
    (
        "backup.other_center",
        "{path} 中是另一个驱动中心的备份",
        "{path} has the backups of another driver center",
    ),
    (
        "backup.in_use",
        "{path} 正被另一个备份进程使用",
        "Another backup writes to {path}; wait until it has finished",
    ),
    ("backup.none", "没有备份 {id}", "There is no backup {id}"),
    ("backup.damaged", "备份已损坏：{what}", "The backup is damaged: {what}"),
    (
        "backup.error_state",
        "驱动中心处于错误状态，请先恢复再备份",
        "The driver center is in the error state; restore it before you back it up",
    ),
    (
        "backup.source_damaged",
        "驱动中心的数据已损坏，无法备份，请先校验并恢复：{what}",
        "Something of the center is damaged and cannot be backed up; use verify and restore first: {what}",
    ),
    ("backup.too_busy", "驱动中心一直在变化，请稍后再备份", "The center kept changing; back it up later"),
    (
        "backup.not_empty",
        "{path} 或其数据库不为空；驱动中心只能恢复到空的数据目录和空的数据库",
        "{path} or its database is not empty; a center only comes back where nothing is",
    ),
    (
        "backup.unfinished",
        "{path} 中有未完成的备份恢复，请重新执行 driver-center backup restore",
        "A backup was being restored into {path} and is not finished; run `driver-center backup restore` again",
    ),
    (
        "backup.other_release",
        "数据库属于另一个版本的程序，请使用与服务器相同的版本",
        "The database is of another release; use the same one as the server",
    ),
    ("backup.newer", "备份由更新版本的程序生成", "The backup is of a newer release of this program"),
    (
        "verify.no_center",
        "目录 {path} 中没有驱动中心的数据",
        "There is no driver center in the directory {path}",
    ),
    ("verify.none", "还没有完成过校验", "Nothing has been verified yet"),
];
