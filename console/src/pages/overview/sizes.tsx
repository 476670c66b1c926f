// SPDX-License-Identifier: GPL-3.0-or-later
import { Link } from "@tanstack/react-router";
import { Skeleton } from "antd";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { Driver } from "../../api/drivers";
import { Empty } from "../../components/empty";
import { Panel } from "../../components/panel";
import { bytes } from "../../format/bytes";
import styles from "./overview.module.css";

/** Charts are large: they come when they are shown, and nothing waits for them. */
const SizeChart = lazy(() => import("./size-chart").then(({ SizeChart }) => ({ default: SizeChart })));

const LISTED = 5;

/** Which drivers take the space: a picture, and the largest ones as a list for whoever cannot see it. */
export function Sizes({ drivers }: { drivers: Driver[] }) {
  const { t } = useTranslation();
  const largest = drivers.toSorted((a, b) => b.size - a.size).slice(0, LISTED);
  const title = (
    <>
      {t("overview.sizes")} <span className={styles.lead}>{t("overview.sizesLead")}</span>
    </>
  );
  return (
    <Panel title={title}>
      {drivers.length === 0 ? (
        <Empty title={t("overview.sizesEmpty")} hint={t("overview.sizesEmptyHint")} />
      ) : (
        <>
          <div className={styles.chart} role="img" aria-label={t("overview.chart")}>
            <Suspense fallback={<Skeleton active paragraph={{ rows: 6 }} />}>
              <SizeChart drivers={drivers} />
            </Suspense>
          </div>
          <ol className={styles.top}>
            {largest.map((driver) => (
              <li key={driver.id}>
                <Link to="/drivers/$id" params={{ id: String(driver.id) }}>
                  {driver.name}
                </Link>
                <span className={styles.amount}>{bytes(driver.size)}</span>
              </li>
            ))}
          </ol>
        </>
      )}
    </Panel>
  );
}
