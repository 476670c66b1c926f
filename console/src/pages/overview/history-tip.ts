// SPDX-License-Identifier: GPL-3.0-or-later
import type { TerminalHistory } from "../../api/terminals";
import { count } from "../../format/count";
import { clock, day } from "../../format/time";
import { type Language, say } from "../../text/text";
import { KINDS, type Place, versionsIn } from "./history-data";
import styles from "./overview.module.css";

/** An element with text; nothing here is ever read as HTML. */
function element(name: string, text = "", className?: string): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

/** What is shown of the place under the pointer. */
export function tipOf(history: TerminalHistory, place: Place | undefined, language: Language): HTMLElement {
  const tip = element("div", "", styles.tip);
  if (!place?.point) return tip.append(element("div", say("overview.historyGap"))), tip;
  const { point } = place;
  const begin = new Date(point.at);
  const end = new Date(begin.getTime() + history.every_seconds * 1000);
  tip.append(element("div", `${day(begin, language)} ${clock(begin, language)}–${clock(end, language)}`, styles.tipTime));
  for (const { key, colour, opacity } of KINDS) {
    const swatch = element("span", "", styles.swatch);
    swatch.style.background = `var(${colour})`;
    swatch.style.opacity = String(opacity);
    tip.append(swatch, element("span", say(`overview.historyKinds.${key}`)), element("b", count(point[key], language)));
  }
  for (const number of versionsIn(history, point)) {
    tip.append(element("div", say("versions.number", { number }), styles.tipVersion));
  }
  return tip;
}
