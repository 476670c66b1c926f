// SPDX-License-Identifier: GPL-3.0-or-later
// Runs before the first paint: language and theme are right from the beginning, so that nothing flashes.
(function () {
  var root = document.documentElement;
  function kept(name) {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  }
  var language = kept("driver-center.language");
  if (language !== "zh" && language !== "en") {
    language = /^en\b/i.test(navigator.language || "") ? "en" : "zh";
  }
  var theme = kept("driver-center.theme");
  if (theme !== "light" && theme !== "dark") {
    theme = window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  root.lang = language === "zh" ? "zh-CN" : "en";
  root.dataset.theme = theme;
  document.title = language === "zh" ? "驱动中心" : "Driver Center";
})();
