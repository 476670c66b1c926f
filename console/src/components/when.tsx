// SPDX-License-Identifier: GPL-3.0-or-later
import { useEffect, useState } from "react";
import { exact, moment, relative } from "../format/time";
import { useLanguage } from "../text/use-language";

const TICK_MS = 15_000;

/** A time as "3 minutes ago"; the exact one is shown on hover. */
export function When({ at }: { at: string }) {
  const language = useLanguage();
  const now = useNow();
  const time = moment(at);
  return (
    <time dateTime={time.toISOString()} title={exact(time, language)}>
      {relative(time, now, language)}
    </time>
  );
}

function useNow(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
