//! The words of `doctor`.

use crate::messages::Language;

/// What is checked.
#[derive(Clone, Copy)]
pub(super) enum Name {
    DiskWorker,
    PackageReader,
    Confinement,
    DataDirectory,
    Images,
    FreeSpace,
    Database,
    Certificate,
    Glance,
    Platform,
    Port,
}

pub(super) fn name(name: Name, language: Language) -> String {
    let (chinese, english) = match name {
        Name::DiskWorker => ("磁盘程序 disk-worker", "disk-worker"),
        Name::PackageReader => ("压缩包程序 package-reader", "package-reader"),
        Name::Confinement => ("压缩包程序的隔离", "confinement of package-reader"),
        Name::DataDirectory => ("数据目录", "data directory"),
        Name::Images => ("本地映像", "local images"),
        Name::FreeSpace => ("可用空间", "free space"),
        Name::Database => ("数据库", "database"),
        Name::Certificate => ("TLS 证书", "TLS certificate"),
        Name::Glance => ("OpenStack Glance", "OpenStack Glance"),
        Name::Platform => ("终端服务 voi_api", "platform (voi_api)"),
        Name::Port => ("监听地址", "address to listen on"),
    };
    language.pick(chinese, english).to_owned()
}

pub(super) fn summary(is_well: bool, language: Language) -> String {
    let text = match is_well {
        true => language.pick("一切正常。", "Everything is as it must be."),
        false => language.pick("有问题需要处理，见上面的 ✗。", "Something is missing: see the lines with ✗."),
    };
    text.to_owned()
}

pub(super) fn not_found(language: Language) -> String {
    language.pick("未找到", "not found").to_owned()
}

pub(super) fn will_be_made(what: &str, language: Language) -> String {
    format!("{what} {}", language.pick("（首次启动时创建）", "(made at the first start)"))
}

pub(super) fn mode(path: &str, mode: u32, language: Language) -> String {
    format!("{path} {} {mode:03o}", language.pick("权限", "mode"))
}

pub(super) fn is_running(address: &str, language: Language) -> String {
    format!("{address} {}", language.pick("（驱动中心正在运行）", "(the driver center is running)"))
}

pub(super) fn reinstall(language: Language) -> String {
    let chinese = "重新安装驱动中心（该程序与 driver-center 在同一目录）";
    language
        .pick(chinese, "install the driver center again (the program lies beside driver-center)")
        .to_owned()
}

pub(super) fn free_space(path: &str, language: Language) -> String {
    format!(
        "{} {path}",
        language.pick(
            "释放空间，或把 data_dir 移到更大的磁盘：",
            "free space, or move data_dir to a larger disk:"
        )
    )
}

pub(super) fn mend_images(language: Language) -> String {
    let chinese = "从备份取回该 .json 文件；若映像已不需要，将该文件与同名的 .qcow2 一起移出目录";
    let english = "bring the .json file back from a backup; where the image is not needed, move the file away together \
                   with the .qcow2 of the same name";
    language.pick(chinese, english).to_owned()
}

pub(super) fn start_database(language: Language) -> String {
    let chinese = "检查 database_url，以及数据库服务是否运行";
    language.pick(chinese, "check database_url, and that the database service runs").to_owned()
}

pub(super) fn mend_certificate(language: Language) -> String {
    let chinese = "修正 [tls] 的 certificate 与 key：PEM 格式、互相匹配、服务账户可读";
    let english =
        "correct certificate and key of [tls]: PEM, belonging together, readable by the server's account";
    language.pick(chinese, english).to_owned()
}

pub(super) fn mend_glance(language: Language) -> String {
    let chinese = "检查 [glance] 的地址、账户与密码文件，以及 Glance 和 Keystone 是否运行";
    let english = "check addresses, account and secret files of [glance], and that Glance and Keystone run";
    language.pick(chinese, english).to_owned()
}

pub(super) fn platform(url: &str, has_task: bool, language: Language) -> String {
    let state = match has_task {
        true => {
            language.pick("（有下发任务，暂时不能保存）", "(terminals have tasks running: no save for now)")
        }
        false => language.pick("（没有下发任务）", "(no terminal has a task running)"),
    };
    format!("{url} {state}")
}

pub(super) fn platform_without_room(url: &str, language: Language) -> String {
    format!(
        "{url} {}",
        language.pick("（空间不足，不能保存）", "(says that there is no room: nothing can be saved)")
    )
}

pub(super) fn make_room_there(language: Language) -> String {
    let chinese = "在终端服务所用的镜像存储中释放空间";
    language.pick(chinese, "free space where the platform keeps its images").to_owned()
}

pub(super) fn mend_platform(language: Language) -> String {
    let chinese = "检查 [voi_api] 的 url、token_file 与 ca_file，以及终端服务是否运行";
    let english = "check url, token_file and ca_file of [voi_api], and that the platform runs";
    language.pick(chinese, english).to_owned()
}

pub(super) fn unconfined(language: Language) -> String {
    let chinese = "升级内核到 5.13 或更高，并启用 landlock（内核参数 lsm=landlock,…）";
    language
        .pick(chinese, "use a kernel of 5.13 or later with landlock enabled (boot parameter lsm=landlock,…)")
        .to_owned()
}
