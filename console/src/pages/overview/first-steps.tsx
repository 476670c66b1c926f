// SPDX-License-Identifier: GPL-3.0-or-later
import { CheckOutlined } from "@ant-design/icons";
import { Link, type LinkProps } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Status } from "../../api/status";
import { Panel } from "../../components/panel";
import styles from "./overview.module.css";

interface Props {
  status: Status;
  drivers: number;
  terminals: number;
}

/** What to do first, in order; what is done is ticked off. */
export function FirstSteps({ status, drivers, terminals }: Props) {
  const { t } = useTranslation();
  return (
    <Panel title={t("overview.begin")}>
      <ol className={styles.steps}>
        <Step
          number={1}
          to="/drivers"
          title={t("overview.beginImport")}
          text={t("overview.beginImportText")}
          isDone={drivers > 0}
        />
        <Step
          number={2}
          to="/drivers"
          title={t("overview.beginSave")}
          text={t("overview.beginSaveText")}
          isDone={status.version > 0}
        />
        <Step
          number={3}
          to="/terminals/enrolment"
          title={t("overview.beginEnrol")}
          text={t("overview.beginEnrolText")}
          isDone={terminals > 0}
        />
      </ol>
    </Panel>
  );
}

interface StepProps {
  number: number;
  to: LinkProps["to"];
  title: string;
  text: string;
  isDone: boolean;
}

function Step({ number, to, title, text, isDone }: StepProps) {
  const { t } = useTranslation();
  return (
    <li className={`${styles.step} ${isDone ? styles.done : ""}`}>
      <span className={styles.number}>
        {isDone ? <CheckOutlined role="img" aria-label={t("overview.stepDone")} /> : number}
      </span>
      <div>
        <Link to={to}>{title}</Link>
        <p className={styles.stepText}>{text}</p>
      </div>
    </li>
  );
}
