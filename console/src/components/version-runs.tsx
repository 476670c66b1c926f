// SPDX-License-Identifier: GPL-3.0-or-later
import { Link } from "@tanstack/react-router";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";

/** Versions, each run of them as its first and its last. */
export function VersionRuns({ numbers }: { numbers: readonly number[] }) {
  const { t } = useTranslation();
  if (numbers.length === 0) return <>{t("versions.heldByNone")}</>;
  return (
    <>
      {runsOf(numbers).map(([first, last], index) => (
        <Fragment key={first}>
          {index > 0 && t("common.listSeparator")}
          <Version number={first} />
          {last > first && (
            <>
              –<Version number={last} />
            </>
          )}
        </Fragment>
      ))}
    </>
  );
}

function Version({ number }: { number: number }) {
  const { t } = useTranslation();
  return (
    <Link to="/versions/$number" params={{ number: String(number) }} aria-label={t("versions.number", { number })}>
      {number}
    </Link>
  );
}

/** What follows on each other of ascending numbers. */
export function runsOf(numbers: readonly number[]): [first: number, last: number][] {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const run = runs.at(-1);
    if (run?.[1] === number - 1) run[1] = number;
    else runs.push([number, number]);
  }
  return runs;
}
