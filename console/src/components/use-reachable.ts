// SPDX-License-Identifier: GPL-3.0-or-later
import { type KeyboardEvent, type RefObject, useEffect } from "react";

const LINE = 40;

/**
 * Lets the keyboard into a frame for as long as it has more than it shows: the arrow keys scroll whatever has the focus,
 * and a screen reader says the name. `inner` finds the frame where a component of Ant Design has made it.
 */
export function useReachable(place: RefObject<HTMLElement | null>, label: string, inner?: string): void {
  useEffect(() => {
    const frame = inner === undefined ? place.current : place.current?.querySelector<HTMLElement>(inner);
    if (!frame) return;
    const look = () => mark(frame, label);
    const sizes = new ResizeObserver(look);
    [frame, ...frame.children].forEach((part) => sizes.observe(part));
    look();
    return () => sizes.disconnect();
  });
}

function mark(frame: HTMLElement, label: string): void {
  const scrolls = frame.scrollWidth > frame.clientWidth || frame.scrollHeight > frame.clientHeight;
  // A list stays one to a screen reader.
  const role = frame.tagName === "UL" ? {} : { role: "group" };
  const marks = { tabindex: "0", "aria-label": label, ...role };
  for (const [name, value] of Object.entries(marks)) {
    if (scrolls) frame.setAttribute(name, value);
    else frame.removeAttribute(name);
  }
}

/** A table that draws only the rows in sight hides its overflow, and browsers then leave the keys to the page. */
export function scrollByKey(event: KeyboardEvent<HTMLElement>): void {
  const frame = event.target;
  if (!(frame instanceof HTMLElement) || getComputedStyle(frame).overflowY !== "hidden") return;
  const page = frame.clientHeight - LINE;
  const steps: Record<string, number> = { ArrowDown: LINE, ArrowUp: -LINE, PageDown: page, PageUp: -page, End: frame.scrollHeight, Home: -frame.scrollHeight };
  const step = steps[event.key];
  if (step === undefined || frame.scrollHeight <= frame.clientHeight) return;
  event.preventDefault();
  frame.scrollTop += step;
}
