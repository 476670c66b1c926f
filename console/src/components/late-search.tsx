// SPDX-License-Identifier: GPL-3.0-or-later
import { useEffect, useRef, useState } from "react";
import { SearchBox, type SearchBoxProps } from "./search-box";

/** Who types pauses for longer than this before the answer is looked at. */
const PAUSE_MS = 300;

/** A search that the server does: it hears of it when the user pauses. */
export function LateSearch({ value, onChange, ...box }: SearchBoxProps) {
  const [typed, setTyped] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  // It may also change from outside; not while somebody types.
  useEffect(() => {
    if (timer.current === undefined) setTyped(value);
  }, [value]);
  const type = (text: string) => {
    setTyped(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      timer.current = undefined;
      onChange(text);
    }, PAUSE_MS);
  };
  return <SearchBox {...box} value={typed} onChange={type} />;
}
