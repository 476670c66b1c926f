//! Templates and their drivers, what is made from them, and the plans of terminals.

use std::process::Command;
use std::time::Duration;

use center::accounts::{self, NewEnrolmentToken, NewTerminal};
use center::db::entities::{edit, setting};
use center::{Center, Upload};
use fault::Kind;
use image_store::{ImageId, ImageMeta, ImageStore as _};
use protocol::api::{
    HardwareDevice, Inventory, Report, TemplateRequest, TemplateUpdate, TerminalMode, TerminalState,
};
use protocol::thor::{DesktopRequest, DriverUpdate, Environment, ImageRelate, Template};

use sea_orm::{ActiveModelTrait as _, EntityTrait as _, PaginatorTrait as _};

use crate::site::{Site, actor, inf, noise, read, save, worker_of};

pub(crate) const WIN10: i32 = 4;

/// Imports a universal driver: a disc with one INF file.
async fn import_universal(site: &Site, center: &Center, name: &str) -> i64 {
    import_disc(site, center, name, &inf(name)).await
}

async fn import_disc(site: &Site, center: &Center, name: &str, inf: &str) -> i64 {
    let folder = site.directory.path().join("discs").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("device.inf"), inf).unwrap();
    let disc = site.directory.path().join(format!("{name}.iso"));
    let made =
        Command::new("genisoimage").args(["-quiet", "-J", "-r", "-o"]).arg(&disc).arg(&folder).output();
    assert!(made.unwrap().status.success());
    let upload: Upload = site.upload(center, &disc);
    center.import(&actor(), upload).await.unwrap()
}

pub(crate) async fn template(center: &Center, name: &str, system: i32, kind: i32) -> Template {
    let request =
        TemplateRequest { name: name.into(), os_type: Environment::Number(system), kind, uuid: None };
    center.create_template(&actor(), request).await.unwrap()
}

pub(crate) fn relate(id: i64, universal: Option<Option<i64>>, extracted: Option<Option<i64>>) -> ImageRelate {
    ImageRelate { id, universal_driver_id: universal, extractive_driver_id: extracted }
}

fn notice<T: std::fmt::Debug>(outcome: fault::Result<T>) -> String {
    let error = outcome.unwrap_err();
    error.notice().map_or_else(|| error.to_string(), |notice| notice.id.to_string())
}

fn desktop(name: &str, image_id: i64) -> DesktopRequest {
    DesktopRequest { name: name.into(), image_id, ..DesktopRequest::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_driver_that_a_template_is_given_while_it_is_deleted_stays() {
    let site = Site::new().await;
    let center = site.open().await;
    let driver = site.import(&center, "net").await;
    save(&center).await;
    let office = template(&center, "办公", WIN10, 2).await;
    site.import(&center, "other").await;
    let worker = worker_of(&center).expect("a worker has Active open");
    let signal = |name: &str| {
        assert!(Command::new("kill").args([name, &worker.to_string()]).status().unwrap().success());
    };
    let recorded = async || edit::Entity::find().count(center.db()).await.unwrap();
    let before = recorded().await;
    signal("-STOP");
    let deleting = tokio::spawn({
        let center = center.clone();
        async move { center.delete_drivers(&actor(), &[driver]).await }
    });
    while recorded().await == before {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    center.relate_image(&actor(), relate(office.id, None, Some(Some(driver)))).await.unwrap();
    signal("-CONT");
    assert_eq!(notice(deleting.await.unwrap()), "driver.in_use");
    assert_eq!(center.template(office.id).await.unwrap().extractive_driver_id, Some(driver));
    assert_eq!(read(&center, "/sys/tq/net/net/device.sys").await, noise("net", 200_000));
    assert_eq!(center.changes().await.unwrap().len(), 1, "of the other one");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_is_heterogeneous_exactly_while_it_has_a_driver() {
    let site = Site::new().await;
    let center = site.open().await;
    let (universal, extracted) =
        (import_universal(&site, &center, "all").await, site.import(&center, "net").await);
    let office = template(&center, "办公", WIN10, 2).await;
    let id = office.id;
    assert!(!office.is_allow_heterogeneous && office.hg_version == 0);
    let offered = async || {
        let relations = center.image_relations(&[id]).await.unwrap();
        let fitting: Vec<i64> = relations.data.iter().map(|driver| driver.id).collect();
        (relations.universal_driver_id, fitting)
    };

    // What a terminal cannot have yet is not promised to it.
    assert_eq!(offered().await, (None, vec![]));
    let early = center.relate_image(&actor(), relate(id, Some(Some(universal)), None)).await;
    assert_eq!(notice(early), "template.driver_not_saved");
    save(&center).await;
    assert_eq!(offered().await, (None, vec![extracted, universal]));
    center.relate_image(&actor(), relate(id, Some(Some(universal)), Some(Some(extracted)))).await.unwrap();
    let now = center.template(id).await.unwrap();
    assert!(now.is_allow_heterogeneous && now.hg_version == 1, "one request is one change");
    assert_eq!((now.universal_driver_id, now.extractive_driver_id), (Some(universal), Some(extracted)));
    assert_eq!(center.drivers().await.unwrap()[0].tpl_num, 1);

    // What is not named stays; what changes nothing is no change; null takes away.
    center.relate_image(&actor(), relate(id, None, Some(Some(extracted)))).await.unwrap();
    assert_eq!(center.template(id).await.unwrap().hg_version, 1);
    center.relate_image(&actor(), relate(id, Some(None), None)).await.unwrap();
    let now = center.template(id).await.unwrap();
    assert_eq!((now.universal_driver_id, now.extractive_driver_id), (None, Some(extracted)));
    assert!(now.is_allow_heterogeneous && now.hg_version == 2);
    center.relate_image(&actor(), relate(id, None, Some(None))).await.unwrap();
    assert!(!center.template(id).await.unwrap().is_allow_heterogeneous);
}

#[tokio::test(flavor = "multi_thread")]
async fn drivers_that_do_not_fit_are_refused_and_change_nothing() {
    let site = Site::new().await;
    let center = site.open().await;
    let (universal, extracted) =
        (import_universal(&site, &center, "all").await, site.import(&center, "net").await);
    save(&center).await;
    let (office, seven) =
        (template(&center, "office", WIN10, 2).await.id, template(&center, "seven", 1, 1).await.id);
    let try_it = async |request| notice(center.relate_image(&actor(), request).await);
    assert_eq!(try_it(relate(office, Some(Some(extracted)), None)).await, "template.wrong_driver_type");
    assert_eq!(try_it(relate(office, None, Some(Some(universal)))).await, "template.wrong_driver_type");
    assert_eq!(try_it(relate(seven, Some(Some(universal)), None)).await, "template.driver_does_not_fit");
    assert_eq!(try_it(relate(office, Some(Some(99)), None)).await, "driver.not_found");
    assert_eq!(try_it(relate(99, Some(None), None)).await, "template.not_found");
    // One of two is wrong: neither is set.
    let both = relate(office, Some(Some(universal)), Some(Some(universal)));
    assert_eq!(try_it(both).await, "template.wrong_driver_type");
    let now = center.template(office).await.unwrap();
    assert!(!now.is_allow_heterogeneous && now.hg_version == 0);
    assert!(center.image_relations(&[office, seven]).await.unwrap().data.is_empty());

    center.relate_image(&actor(), relate(office, Some(Some(universal)), None)).await.unwrap();
    let seven_now = TemplateUpdate { os_type: Some(Environment::Text("Windows7_32".into())), name: None };
    let changed = center.update_template(&actor(), office, seven_now).await;
    assert_eq!(notice(changed), "template.driver_does_not_fit");
    let error = center.delete_drivers(&actor(), &[universal]).await.unwrap_err();
    let notice = error.notice().unwrap();
    assert_eq!((notice.id.as_ref(), notice.values[1].1.as_str()), ("driver.in_use", "office"));
    center.relate_image(&actor(), relate(office, Some(None), None)).await.unwrap();
    center.delete_drivers(&actor(), &[universal]).await.unwrap();
}

fn of_system(id: i64, environment: Environment) -> DriverUpdate {
    DriverUpdate { id, name: None, environment: Some(environment), describe: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_that_is_not_known_may_be_sent_back_as_it_was_listed() {
    let site = Site::new().await;
    let center = site.open().await;
    let arm = import_disc(&site, &center, "arm", &inf("arm").replace("NTamd64.10.0", "NTarm64")).await;
    let system = async || center.driver(arm, &ToString::to_string).await.unwrap().driver.os_type;
    assert_eq!(system().await, 0);
    for listed in [Environment::Number(0), Environment::Text("0".into()), Environment::Text(String::new())] {
        center.update_driver(&actor(), of_system(arm, listed)).await.unwrap();
    }
    let unknown = center.update_driver(&actor(), of_system(arm, Environment::Number(99))).await;
    assert_eq!((notice(unknown).as_str(), system().await), ("driver.unknown_system", 0));
    center.update_driver(&actor(), of_system(arm, Environment::Number(WIN10))).await.unwrap();
    let taken_away = center.update_driver(&actor(), of_system(arm, Environment::Number(0))).await;
    assert_eq!((notice(taken_away).as_str(), system().await), ("driver.unknown_system", WIN10));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_system_of_a_driver_goes_on_fitting_the_templates_that_hold_it() {
    let site = Site::new().await;
    let center = site.open().await;
    let driver = site.import(&center, "net").await;
    save(&center).await;
    let set =
        async |system| center.update_driver(&actor(), of_system(driver, Environment::Number(system))).await;
    let seven = template(&center, "seven", 1, 1).await.id;
    set(1).await.unwrap();
    center.relate_image(&actor(), relate(seven, None, Some(Some(driver)))).await.unwrap();
    set(1).await.unwrap();
    let error = set(2).await.unwrap_err();
    let told = error.notice().unwrap();
    assert_eq!(told.id, "template.driver_does_not_fit");
    assert_eq!((told.values[0].1.as_str(), told.values[1].1.as_str()), ("net", "seven"));
    let system = center.driver(driver, &ToString::to_string).await.unwrap().driver.os_type;
    assert_eq!(system, 1, "refused, it changes nothing");

    center.relate_image(&actor(), relate(seven, None, Some(None))).await.unwrap();
    set(2).await.unwrap();
    // What its INF files name it fits whatever people say.
    let office = template(&center, "office", WIN10, 2).await.id;
    center.relate_image(&actor(), relate(office, None, Some(Some(driver)))).await.unwrap();
    set(1).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn saving_a_changed_driver_counts_for_the_templates_that_have_it() {
    let site = Site::new().await;
    let center = site.open().await;
    let (first, second) = (site.import(&center, "first").await, site.import(&center, "second").await);
    save(&center).await;
    let (with, without) =
        (template(&center, "with", WIN10, 2).await.id, template(&center, "without", WIN10, 2).await.id);
    center.relate_image(&actor(), relate(with, None, Some(Some(first)))).await.unwrap();
    center.relate_image(&actor(), relate(without, None, Some(Some(second)))).await.unwrap();
    center.begin_edit(&actor()).await.unwrap();
    let change = DriverUpdate { id: first, name: Some("renamed".into()), environment: None, describe: None };
    center.update_driver(&actor(), change.clone()).await.unwrap();
    let versions = async || {
        (center.template(with).await.unwrap().hg_version, center.template(without).await.unwrap().hg_version)
    };
    assert_eq!(versions().await, (1, 1), "not before the save");
    save(&center).await;
    assert_eq!(versions().await, (2, 1));
    site.import(&center, "third").await;
    save(&center).await;
    assert_eq!(versions().await, (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn rolling_an_associated_driver_back_counts_for_the_templates_that_have_it() {
    let site = Site::new().await;
    let center = site.open().await;
    let (first, second) = (site.import(&center, "first").await, site.import(&center, "second").await);
    save(&center).await;
    let (with, without) =
        (template(&center, "with", WIN10, 2).await.id, template(&center, "without", WIN10, 2).await.id);
    center.relate_image(&actor(), relate(with, None, Some(Some(first)))).await.unwrap();
    center.relate_image(&actor(), relate(without, None, Some(Some(second)))).await.unwrap();
    center.begin_edit(&actor()).await.unwrap();
    let change = DriverUpdate { id: first, name: Some("renamed".into()), environment: None, describe: None };
    center.update_driver(&actor(), change).await.unwrap();
    save(&center).await;
    site.import(&center, "third").await;
    save(&center).await;
    let versions = async || {
        (center.template(with).await.unwrap().hg_version, center.template(without).await.unwrap().hg_version)
    };
    assert_eq!(versions().await, (2, 1));
    let roll_back = async |target| {
        let operation = center.rollback(&actor(), target, None).await.unwrap();
        assert_eq!(center.wait_operation(operation.id).await.unwrap().error, None);
    };
    roll_back(2).await;
    assert_eq!(versions().await, (2, 1), "the driver that went has no template");
    roll_back(1).await;
    assert_eq!(versions().await, (3, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn desktops_and_scenes_follow_their_templates() {
    let site = Site::new().await;
    let center = site.open().await;
    let driver = site.import(&center, "net").await;
    save(&center).await;
    let (office, public) =
        (template(&center, "office", WIN10, 2).await.id, template(&center, "class", WIN10, 1).await.id);
    let made = center.create_desktop(&actor(), 2, desktop("PC", office)).await.unwrap();
    assert!(!made.is_allow_heterogeneous && made.image_name == "office");
    let scene = center.create_desktop(&actor(), 1, desktop("maths", public)).await.unwrap();
    assert_eq!(notice(center.create_desktop(&actor(), 2, desktop("x", public)).await), "template.wrong_type");
    let given = DesktopRequest { is_allow_heterogeneous: Some(true.into()), ..desktop("x", office) };
    assert_eq!(notice(center.create_desktop(&actor(), 2, given).await), "desktop.heterogeneous_given");

    center.relate_image(&actor(), relate(office, None, Some(Some(driver)))).await.unwrap();
    let listed = center.desktops(2).await.unwrap();
    assert_eq!((listed.len(), listed[0].is_allow_heterogeneous, listed[0].hg_version), (1, true, 1));
    assert!(!center.desktops(1).await.unwrap()[0].is_allow_heterogeneous);
    assert_eq!(notice(center.delete_template(&actor(), office).await), "template.in_use");
    // While the center is merging, nothing is made that a terminal would have to get.
    let merging = r#"{"is_auto_update":true,"mount_status":2}"#;
    let normal = setting::Entity::find_by_id(setting::DRIVER_CENTER).one(center.db()).await.unwrap().unwrap();
    let set = async |value: &str| {
        let row = setting::ActiveModel {
            name: sea_orm::Set(setting::DRIVER_CENTER.into()),
            value: sea_orm::Set(value.into()),
            ..Default::default()
        };
        row.update(center.db()).await.unwrap();
    };
    set(merging).await;
    assert_eq!(notice(center.create_desktop(&actor(), 2, desktop("x", office)).await), "center.merging");
    assert_eq!(
        notice(center.relate_image(&actor(), relate(office, None, Some(None))).await),
        "center.merging"
    );
    set(&normal.value).await;
    for id in [made.id, scene.id] {
        center.delete_desktop(&actor(), id).await.unwrap();
    }
    center.delete_template(&actor(), office).await.unwrap();
    assert_eq!(center.template(office).await.unwrap_err().kind(), Kind::NotFound);
    assert_eq!(center.drivers().await.unwrap()[0].tpl_num, 0);
    assert_eq!(notice(center.desktops(3).await), "template.unknown_type");
}

#[tokio::test(flavor = "multi_thread")]
async fn templates_are_made_of_images_of_the_store_but_not_of_the_driver_disk() {
    let site = Site::new().await;
    let center = site.open().await;
    site.import(&center, "net").await;
    save(&center).await;
    assert!(center.store_images().await.unwrap().is_empty(), "the center's own images are no templates");
    let golden = site.directory.path().join("golden.qcow2");
    let made =
        Command::new("qemu-img").args(["create", "-q", "-f", "qcow2"]).arg(&golden).arg("64M").output();
    assert!(made.unwrap().status.success());
    let id = ImageId::random();
    let meta = ImageMeta::new("golden", None, 0, "0".repeat(64), 0);
    site.store().register(&id, &golden, &meta).unwrap();
    let images = center.store_images().await.unwrap();
    assert_eq!((images.len(), images[0].name.as_str(), images[0].template), (1, "golden", None));
    let damaged = center.data_dir().images().join(ImageId::random().to_string());
    std::fs::copy(&golden, damaged.with_extension("qcow2")).unwrap();
    std::fs::write(damaged.with_extension("json"), "{").unwrap();
    assert_eq!(center.store_images().await.unwrap().len(), 1, "one that cannot be read hides no other");

    let of = |uuid: &str, name: &str| TemplateRequest {
        name: name.into(),
        os_type: Environment::Text("Windows10_64".into()),
        kind: 2,
        uuid: Some(uuid.into()),
    };
    let made = center.create_template(&actor(), of(&id.to_string(), "golden")).await.unwrap();
    assert_eq!(center.store_images().await.unwrap()[0].template, Some(made.id));
    let try_it = async |request| notice(center.create_template(&actor(), request).await);
    assert_eq!(try_it(of(&ImageId::random().to_string(), "x")).await, "template.no_image");
    assert_eq!(try_it(of("../x", "x")).await, "template.no_image");
    assert_eq!(try_it(of(&id.to_string(), "GOLDEN")).await, "template.name_taken");
}

/// The id of a new terminal.
pub(crate) async fn enrol(center: &Center, name: &str) -> String {
    let now = center::db::now();
    let new = NewEnrolmentToken { name, uses: 1, lifetime: chrono::TimeDelta::hours(1), created_by: "admin" };
    let mut random = accounts::system_random();
    let (_, token) = accounts::create_enrolment_token(center.db(), new, now, &mut random).await.unwrap();
    accounts::enrol_terminal(center.db(), NewTerminal::new(&token, name, ""), now, &mut random)
        .await
        .unwrap()
        .id
}

/// Reports as a terminal does; how often it was told of a heterogeneous version.
pub(crate) async fn report(center: &Center, id: &str, mode: Option<TerminalMode>) -> u64 {
    let report = Report {
        version: 0,
        root: String::new(),
        state: TerminalState::Idle,
        done: 0,
        total: 0,
        message: None,
        program: "test".into(),
        mode,
    };
    center.report(id, report, None).await.unwrap().hg_notices
}

fn device(ids: &[&str]) -> HardwareDevice {
    let hardware_ids = ids.iter().map(|id| (*id).to_owned()).collect();
    HardwareDevice { name: ids[0].into(), hardware_ids, compatible_ids: Vec::new() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_names_the_packages_in_their_order_and_says_why() {
    let site = Site::new().await;
    let center = site.open().await;
    // Both have a driver for PCI\VEN_1234&DEV_5678.
    let (universal, extracted) =
        (import_universal(&site, &center, "all").await, site.import(&center, "net").await);
    save(&center).await;
    let office = template(&center, "office", WIN10, 2).await.id;
    assert!(center.plan(office, Vec::new()).await.unwrap().packages.is_empty());
    center
        .relate_image(&actor(), relate(office, Some(Some(universal)), Some(Some(extracted))))
        .await
        .unwrap();

    let devices =
        vec![device(&["pci\\ven_1234&dev_5678&subsys_1", "pci\\ven_1234&dev_5678"]), device(&["USB\\X"])];
    let plan = center.plan(office, devices).await.unwrap();
    let order: Vec<_> =
        plan.packages.iter().map(|package| (package.driver_id, package.reason.as_str())).collect();
    assert_eq!(order, [(universal, "universal"), (extracted, "device")]);
    assert_eq!(plan.packages[1].directory, "/sys/tq/net");
    assert_eq!(plan.packages[1].since_version, Some(1));
    let (general, special) = (&plan.packages[0].devices[0], &plan.packages[1].devices[0]);
    assert_eq!((special.id.as_str(), special.score, special.is_best), ("PCI\\VEN_1234&DEV_5678", 1, true));
    assert!(!general.is_best && special.inf.ends_with("device.inf"));
    assert_eq!((plan.unserved, plan.left_out.len()), (vec!["USB\\X".to_owned()], 0));

    let other = center.plan(office, vec![device(&["PCI\\OTHER"])]).await.unwrap();
    assert_eq!((other.packages.len(), other.left_out[0].driver_id), (1, extracted));
    let unknown = center.plan(office, Vec::new()).await.unwrap();
    assert_eq!(unknown.packages[1].reason, "hardware_unknown");
    let many = vec![device(&["x"]); 2_001];
    assert_eq!(notice(center.plan(office, many).await), "plan.inventory_too_large");
}

#[tokio::test(flavor = "multi_thread")]
async fn terminals_that_can_act_are_told_and_their_hardware_is_kept() {
    let site = Site::new().await;
    let center = site.open().await;
    let driver = site.import(&center, "net").await;
    save(&center).await;
    let office = template(&center, "office", WIN10, 2).await.id;
    let (busy, idle) = (enrol(&center, "busy").await, enrol(&center, "idle").await);
    let report = async |id: &str, mode| report(&center, id, mode).await;
    assert_eq!(report(&busy, Some(TerminalMode::Windows)).await, 0);
    assert_eq!(report(&idle, Some(TerminalMode::Rest)).await, 0);
    center.relate_image(&actor(), relate(office, None, Some(Some(driver)))).await.unwrap();
    // A report that does not say what the machine does changes nothing about that.
    assert_eq!((report(&busy, None).await, report(&idle, None).await), (1, 0));
    assert_eq!(center.notify_heterogeneous(std::slice::from_ref(&idle)).await.unwrap(), 1);
    assert_eq!(center.notify_heterogeneous(&["nobody".into()]).await.unwrap(), 0);
    assert_eq!((report(&busy, None).await, report(&idle, None).await), (1, 1));

    assert_eq!(notice(center.inventory(&busy).await), "plan.no_inventory");
    let inventory = Inventory {
        model: "Lantern 7".into(),
        firmware: "1.2".into(),
        devices: vec![device(&["PCI\\VEN_1234&DEV_5678"])],
    };
    center.take_inventory(&busy, &inventory).await.unwrap();
    assert_eq!(center.inventory(&busy).await.unwrap(), inventory);
    let known = center.terminal(&busy).await.unwrap();
    assert!(known.inventory_at.is_some() && known.mode == Some(TerminalMode::Windows));
    let huge = Inventory { devices: vec![device(&["x"]); 2_001], ..inventory };
    assert_eq!(notice(center.take_inventory(&busy, &huge).await), "plan.inventory_too_large");
}
