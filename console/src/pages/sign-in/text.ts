// SPDX-License-Identifier: GPL-3.0-or-later
import type { English } from "../../text/shape";

export const zh = {
  title: "登录",
  name: "用户名",
  password: "密码",
  submit: "登录",
  first: "首次登录",
  firstHint: "用户名为 admin，初始密码只在服务器首次启动时显示一次，在运行 driver-center serve 的终端上。",
  change: "设置新密码",
  changeLead: "当前密码是一次性密码，请先设置自己的密码再继续。",
  current: "当前密码",
  fresh: "新密码",
  again: "再次输入新密码",
  differs: "两次输入的密码不一致",
  rule: "至少 10 个字符；一句容易记住的话就很好。",
  submitChange: "设置并继续",
};

export const en: English<typeof zh> = {
  title: "Sign in",
  name: "User name",
  password: "Password",
  submit: "Sign in",
  first: "First sign-in",
  firstHint: "The user name is admin. The initial password was shown once, when the server first started, in the terminal that runs driver-center serve.",
  change: "Choose a new password",
  changeLead: "Your current password is a one-time password. Choose your own before you continue.",
  current: "Current password",
  fresh: "New password",
  again: "Repeat the new password",
  differs: "The two passwords do not match",
  rule: "At least 10 characters; a sentence you can remember works well.",
  submitChange: "Set password and continue",
};
