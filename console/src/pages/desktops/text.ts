// SPDX-License-Identifier: GPL-3.0-or-later
import type { English } from "../../text/shape";

export const zh = {
  title: "桌面与场景",
  lead: "是否异构由模板决定：模板关联了驱动，由它创建的桌面和场景就是异构的。",
  kinds: { personal: "个人桌面", scene: "场景" },
  create: { personal: "创建桌面", scene: "创建场景" },
  merging: "驱动中心正在合并，暂不能分发桌面或场景",
  created: "{{name}} 已创建",
  template: "模板",
  templateNone: "还没有这一类的模板，请先添加模板",
  describe: "描述",
  system: "系统",
  heterogeneous: "异构",
  at: "创建时间",
  delete: "删除",
  deleteTitle: "删除 {{name}}？",
  deleteText: "使用它的终端将不再提供此桌面；模板和驱动不受影响。",
  deleted: "已删除",
  empty: "还没有内容",
  emptyHint: "从模板创建后会显示在这里。",
};

export const en: English<typeof zh> = {
  title: "Desktops and scenes",
  lead: "Whether they are heterogeneous follows from the template: with an associated driver, all that is made of it is.",
  kinds: { personal: "Personal desktops", scene: "Scenes" },
  create: { personal: "Make a desktop", scene: "Make a scene" },
  merging: "The center is merging; desktops and scenes cannot be distributed now",
  created: "{{name}} is made",
  template: "Template",
  templateNone: "There is no template of this kind; add one first",
  describe: "Description",
  system: "System",
  heterogeneous: "heterogeneous",
  at: "Made",
  delete: "Delete",
  deleteTitle: "Delete {{name}}?",
  deleteText: "Terminals do not offer it any more; its template and the drivers stay.",
  deleted: "Deleted",
  empty: "Nothing here yet",
  emptyHint: "What is made of a template is shown here.",
};
