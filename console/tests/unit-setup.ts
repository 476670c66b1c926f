// SPDX-License-Identifier: GPL-3.0-or-later
// What jsdom lacks and the components ask for.
import { afterEach, vi } from "vitest";
import { cleanup, configure } from "@testing-library/react";

vi.stubGlobal("matchMedia", (query: string) => ({
  matches: false,
  media: query,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
  addListener: () => undefined,
  removeListener: () => undefined,
}));
vi.stubGlobal(
  "ResizeObserver",
  class {
    observe() {}
    unobserve() {}
    disconnect() {}
  },
);

document.documentElement.lang = "zh-CN";

afterEach(cleanup);

// A page with all that it imports is loaded by the first who opens it, on a machine that may be busy.
configure({ asyncUtilTimeout: 10_000 });

// It knows no styles of pseudo-elements and says so at length.
const styleOf = window.getComputedStyle.bind(window);
window.getComputedStyle = (element: Element) => styleOf(element);
