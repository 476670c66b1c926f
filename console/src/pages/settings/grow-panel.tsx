// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { InputNumber } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { diskQuery, grow } from "../../api/disk";
import { useReason } from "../../api/reason";
import { type Status, statusQuery } from "../../api/status";
import { useAction } from "../../api/use-action";
import { ActionButton } from "../../components/action-button";
import { FormDialog } from "../../components/form-dialog";
import { Loaded } from "../../components/loaded";
import { Panel } from "../../components/panel";
import { bytes } from "../../format/bytes";
import styles from "./settings.module.css";

const GIB = 1 << 30;

/** How large the disk is for a computer, and making it larger after asking. */
export function GrowPanel() {
  const { t } = useTranslation();
  const status = useQuery(statusQuery);
  return (
    <Panel title={t("settings.grow")}>
      <p className={styles.lead}>{t("settings.growLead")}</p>
      <Loaded query={status}>{(now) => <Known status={now} />}</Loaded>
    </Panel>
  );
}

function Known({ status }: { status: Status }) {
  const disk = useQuery(diskQuery(status.virtual_bytes));
  return <Loaded query={disk}>{({ largest_bytes }) => <Size status={status} largest={largest_bytes} />}</Loaded>;
}

function Size({ status, largest }: { status: Status; largest: number }) {
  const { t } = useTranslation();
  const present = status.virtual_bytes;
  const least = Math.floor(present / GIB) + 1;
  const most = Math.floor(largest / GIB);
  const [wanted, setWanted] = useState<number | null>(null);
  const [isOpen, setOpen] = useState(false);
  const gib = wanted ?? Math.min(2 * least - 2, most);
  const reason = useReason("grow");
  if (least > most) return <p>{t("settings.growLargest", { size: bytes(present) })}</p>;
  return (
    <div className={styles.verify}>
      <span>{t("settings.growNow", { size: bytes(present), largest: bytes(largest) })}</span>
      <InputNumber
        aria-label={t("settings.growSize")}
        min={least}
        max={most}
        precision={0}
        suffix="GiB"
        style={{ width: 150 }}
        value={Math.max(gib, least)}
        onChange={setWanted}
      />
      <ActionButton reason={reason} onClick={() => setOpen(true)}>
        {t("settings.growStart")}
      </ActionButton>
      <Confirm isOpen={isOpen} from={present} to={Math.max(gib, least) * GIB} close={() => setOpen(false)} />
    </div>
  );
}

interface Props {
  isOpen: boolean;
  from: number;
  to: number;
  close: () => void;
}

function Confirm({ isOpen, from, to, close }: Props) {
  const { t } = useTranslation();
  const action = useAction(grow, {
    quiet: true,
    refresh: ["status"],
    done: close,
  });
  return (
    <FormDialog
      isOpen={isOpen}
      title={t("settings.growTitle", { from: bytes(from), to: bytes(to) })}
      okText={t("settings.growStart")}
      work={action}
      onOk={() => action.mutate(to)}
      close={close}
    >
      <p>{t("settings.growEffect")}</p>
    </FormDialog>
  );
}
