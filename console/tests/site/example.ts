// SPDX-License-Identifier: GPL-3.0-or-later
import { extracted, printer, recent, universal } from "./archives.ts";
import { Server, Terminal } from "./server.ts";

const MIB = 1024 * 1024;

/** What a terminal says is in it. */
const MACHINE = {
  model: "Dell Inc. OptiPlex 7090",
  firmware: "1.22.0",
  devices: [
    {
      name: "Ethernet controller",
      hardware_ids: ["PCI\\VEN_1F7A&DEV_0101&SUBSYS_00011F7A", "PCI\\VEN_1F7A&DEV_0101"],
      compatible_ids: ["PCI\\CC_0200"],
    },
    { name: "Multimedia audio", hardware_ids: ["HDAUDIO\\FUNC_01&VEN_1F7A&DEV_0300"] },
    { name: "SATA controller", hardware_ids: ["PCI\\VEN_8086&DEV_43D2"], compatible_ids: ["PCI\\CC_0106"] },
    { name: "USB keyboard", hardware_ids: ["USB\\VID_413C&PID_2113"], compatible_ids: ["USB\\Class_03"] },
  ],
};

/** A site in the middle of its life: drivers, versions, terminals in several states, an open edit. */
export async function exampleSite(): Promise<Server> {
  const server = await Server.start();
  await server.claim();
  await server.import("DriverPack 21.4.iso", universal(46 * MIB, 1));
  await server.import("戴尔 OptiPlex 7090 网卡.tq", extracted(9 * MIB, 2));
  await server.import("联想 M730q 声卡.tq", extracted(5 * MIB, 3));
  await server.save("首批驱动：通用包与两种机型");
  await server.import("清华同方 超翔 显卡.tq", extracted(17 * MIB, 4));
  await server.import("一体机 触摸屏.tq", recent());
  await printers(server);
  await server.save("新增同方机型和教务处打印机");
  const old = await server.import("扫描仪 Contex SD4400.tq", extracted(3 * MIB, 5));
  await server.import("DriverPack 旧机型补充.iso", universal(14 * MIB, 6));
  await server.save();
  await server.call("POST", "/thor/voi/driver", { action: "delete", ids: [old] });
  await server.save("撤下不再使用的扫描仪驱动");
  await templates(server);
  // While a terminal updates nothing can be saved.
  await terminals(server);
  await server.call("POST", "/api/v1/users", { name: "zhang.wei", role: "operator" });
  await server.call("POST", "/api/v1/users", { name: "li.na", role: "viewer" });
  await server.call("POST", "/api/v1/enrolment-tokens", { name: "四楼机房", uses: 45, hours: 48 });
  await server.import("惠普 288 G9 无线网卡.tq", extracted(6 * MIB, 7));
  await server.import("notes.tq", Buffer.from("not an archive".repeat(99))).catch(() => undefined);
  return server;
}

async function templates(server: Server): Promise<void> {
  const make = async (name: string, type: number, os_type = 4) =>
    (await server.call<{ id: number }>("POST", "/api/v1/templates", { name, type, os_type })).id;
  const teaching = await make("教学模板 Windows 10", 2);
  await make("行政模板", 2);
  await make("老机房模板", 2, 2);
  await make("考试模板", 1);
  const relation = { id: teaching, universal_driver_id: 1, extractive_driver_id: 2 };
  await server.call("POST", "/thor/voi/image_relate_drive", relation);
  await server.call("POST", "/thor/voi/personal/desktops", { name: "教师办公", image_id: teaching });
}

/** One driver, three printers. */
async function printers(server: Server): Promise<void> {
  const id = await server.import("HP LaserJet M428.zip", printer());
  const copy = async () =>
    (await server.call<{ result: { id: number }[] }>("POST", "/thor/voi/printer/duplicate", { id })).result[0]?.id;
  const common = { environment: 4, paper: 9 };
  await server.call("PUT", "/thor/voi/printer", { ...common, id: await copy(), name: "教务处 网络打印机", type: 3, ip: "10.20.3.8", port: 9100, protocol: "RAW", duplex_print: 21 });
  await server.call("PUT", "/thor/voi/printer", { ...common, id: await copy(), name: "图书馆 共享打印机", type: 2, ip: "lib-pc-01", share: "HP-M428", accounts: "print", password: "Print#2026", duplex_print: 1 });
}

/** Real terminals, and reports of others as they would send them. */
async function terminals(server: Server): Promise<void> {
  const { token } = await server.call<{ token: string }>("POST", "/api/v1/enrolment-tokens", {
    name: "三楼机房",
    uses: 60,
    hours: 24,
  });
  for (let seat = 1; seat <= 3; seat++) {
    const terminal = new Terminal(server, `t${seat}`);
    terminal.join(server, token, `3F-0${seat}`);
    terminal.run("sync");
  }
  const rest: string[] = [];
  const status = await server.call<{ version: number; root: string }>("GET", "/api/v1/status");
  const base = { program: "0.1.0", version: status.version, root: status.root, done: 0, total: 0 };
  const others = [
    { ...base, state: "downloading", done: 31 * MIB, total: 52 * MIB, version: 1, root: "" },
    { ...base, state: "waiting", version: 1, root: "" },
    { ...base, state: "error", version: 1, root: "", message: "no space left on device (/var/lib/tool-disk)" },
  ];
  for (let seat = 4; seat <= 18; seat++) {
    const name = `3F-${String(seat).padStart(2, "0")}`;
    const mac = `02:fc:00:00:03:${seat.toString(16).padStart(2, "0")}`;
    const enrolled = await server.call<{ secret: string; terminal: string }>("POST", "/api/v1/terminals/enrol", { token, name, mac });
    const report = others[seat - 6] ?? { ...base, state: "idle" };
    await server.report(enrolled.secret, report);
    await server.inventory(enrolled.secret, MACHINE);
    rest.push(enrolled.terminal);
  }
  await server.call("POST", "/api/v1/terminals/group", { terminals: rest.slice(6), group: "语音教室" });
}
