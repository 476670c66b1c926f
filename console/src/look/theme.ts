// SPDX-License-Identifier: GPL-3.0-or-later
import { theme, type ThemeConfig } from "antd";
import { useSyncExternalStore } from "react";

/** What the user has chosen. */
export type Appearance = "system" | "light" | "dark";
export type Shade = "light" | "dark";

const KEPT_AS = "driver-center.theme";
const dark = globalThis.matchMedia?.("(prefers-color-scheme: dark)");
const calm = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)");
const listeners = new Set<() => void>();

function kept(): Appearance {
  try {
    const value = localStorage.getItem(KEPT_AS);
    return value === "light" || value === "dark" ? value : "system";
  } catch {
    return "system";
  }
}

let chosen = kept();

function shade(): Shade {
  if (chosen !== "system") return chosen;
  return dark?.matches ? "dark" : "light";
}

function apply(): void {
  document.documentElement.dataset.theme = shade();
  listeners.forEach((listener) => listener());
}

dark?.addEventListener("change", apply);

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Light or dark, as it is now. */
export const useShade = () => useSyncExternalStore(subscribe, shade);
export const useAppearance = () => useSyncExternalStore(subscribe, () => chosen);

/** Looks like this from now on, also at the next visit. */
export function choose(appearance: Appearance): void {
  chosen = appearance;
  try {
    if (appearance === "system") localStorage.removeItem(KEPT_AS);
    else localStorage.setItem(KEPT_AS, appearance);
  } catch {
    // Where nothing may be stored, the choice holds for this visit.
  }
  apply();
}

/** The same colours stand in `look.css` for what is not made of components. */
const COLOURS = {
  light: {
    colorPrimary: "#2257c4",
    colorPrimaryHover: "#1a479f",
    colorLink: "#2257c4",
    colorLinkHover: "#163c88",
    colorLinkActive: "#163c88",
    colorSuccess: "#1b7a4b",
    colorSuccessBg: "#eef8f2",
    colorSuccessBorder: "#bfe3cf",
    colorWarning: "#9a5b00",
    colorWarningBg: "#fdf6e7",
    colorWarningBorder: "#ecd3a1",
    colorErrorBg: "#fdf1f0",
    colorErrorBorder: "#f2c3bf",
    colorInfoBg: "#eff4fd",
    colorInfoBorder: "#c3d5f6",
    colorError: "#c0332b",
    colorInfo: "#2257c4",
    colorTextBase: "#1c2430",
    colorBgLayout: "#f4f6f9",
    colorBorder: "#cdd4de",
    colorBorderSecondary: "#e3e8ef",
    colorTextSecondary: "#4d5866",
    colorTextTertiary: "#5f6b7a",
    colorTextDescription: "#5f6b7a",
    colorTextPlaceholder: "#6b7685",
    colorTextDisabled: "#7a8593",
  },
  dark: {
    colorPrimary: "#3f6fd6",
    colorPrimaryHover: "#335fbd",
    colorLink: "#84abf8",
    colorLinkHover: "#a9c4fb",
    colorLinkActive: "#a9c4fb",
    colorSuccess: "#4fbf88",
    colorSuccessBg: "#12271b",
    colorSuccessBorder: "#27553a",
    colorWarning: "#e0a84a",
    colorWarningBg: "#2a2212",
    colorWarningBorder: "#574419",
    colorErrorBg: "#2d1918",
    colorErrorBorder: "#5f2b28",
    colorInfoBg: "#172340",
    colorInfoBorder: "#2c4678",
    colorError: "#f0736a",
    colorInfo: "#5b8cf0",
    colorTextBase: "#e6eaf0",
    colorBgBase: "#12161c",
    colorBgLayout: "#0e1217",
    colorBgContainer: "#171c23",
    colorBgElevated: "#1e242d",
    colorBorder: "#38424f",
    colorBorderSecondary: "#28303a",
    colorTextSecondary: "#b3bdca",
    colorTextTertiary: "#98a3b2",
    colorTextDescription: "#98a3b2",
    colorTextPlaceholder: "#8894a4",
    colorTextDisabled: "#7d8998",
  },
};

/** The look of all components. */
export function themeOf(shade: Shade): ThemeConfig {
  return {
    algorithm: shade === "dark" ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      ...COLOURS[shade],
      fontFamily: "var(--font)",
      fontFamilyCode: "var(--mono)",
      fontSize: 14,
      borderRadius: 6,
      boxShadowTertiary: "none",
      motion: !calm?.matches,
    },
    components: {
      Layout: { siderBg: "transparent", headerBg: "transparent", bodyBg: "transparent" },
      Table: { cellPaddingBlock: 10, cellPaddingInlineMD: 16, cellPaddingInlineSM: 16, headerSplitColor: "transparent", headerBg: "transparent", headerSortActiveBg: "transparent", headerSortHoverBg: "transparent", bodySortBg: "transparent", rowHoverBg: "var(--row)", rowSelectedBg: "var(--accent-soft)", rowSelectedHoverBg: "var(--accent-soft)" },
      Menu: { itemHeight: 36, itemBorderRadius: 6, activeBarBorderWidth: 0 },
      Button: { primaryShadow: "none", defaultShadow: "none", dangerShadow: "none" },
      // Words in the accent need more contrast than areas of it.
      ...(shade === "dark" && {
        Tabs: { itemSelectedColor: "#84abf8", itemHoverColor: "#a9c4fb", itemActiveColor: "#84abf8", inkBarColor: "#84abf8" },
        Dropdown: { colorPrimary: "#84abf8" },
      }),
    },
  };
}
