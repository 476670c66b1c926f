// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CHARS_MAX } from "../api/limits";
import { save, type Status } from "../api/status";
import { terminalCountsQuery } from "../api/terminals";
import { useAction } from "../api/use-action";
import { FormDialog } from "../components/form-dialog";
import { ChangeList } from "./change-list";
import styles from "./dialog.module.css";

interface Props {
  status: Status;
  isOpen: boolean;
  close: () => void;
}

/** What the save will publish and to whom; a note for the history. */
export function SaveDialog({ status, isOpen, close }: Props) {
  const { t } = useTranslation();
  const [note, setNote] = useState("");
  const changes = status.edit?.changes ?? [];
  const publishes = changes.length > 0 || status.publishes_unchanged === true;
  const empty = publishes ? "edit.saveFirst" : "edit.saveEmpty";
  const action = useAction(save, {
    quiet: true,
    refresh: ["status"],
    done: () => (setNote(""), close()),
  });
  return (
    <FormDialog
      isOpen={isOpen}
      title={publishes ? t("edit.saveTitle", { number: status.version + 1 }) : t("edit.save")}
      width={560}
      okText={t("edit.save")}
      work={action}
      onOk={() => action.mutate(note)}
      close={close}
    >
      <div className={styles.content}>
        {changes.length === 0 ? <p>{t(empty)}</p> : <ChangeList changes={changes} />}
        {publishes && <Effect isAuto={status.is_auto_update} />}
        {publishes && (
          <Form layout="vertical">
            <Form.Item label={t("edit.note")} htmlFor="save-note" style={{ marginBottom: 8 }}>
              <Input
                id="save-note"
                value={note}
                maxLength={CHARS_MAX.SaveRequest.note}
                placeholder={t("edit.notePlaceholder")}
                onChange={(event) => setNote(event.target.value)}
              />
            </Form.Item>
          </Form>
        )}
      </div>
    </FormDialog>
  );
}

function Effect({ isAuto }: { isAuto: boolean }) {
  const { t } = useTranslation();
  const overview = useQuery(terminalCountsQuery()).data;
  if (!overview) return null;
  const count = overview.counts.total;
  const words = () => {
    if (count === 0) return t("edit.saveEffectNone");
    return isAuto ? t("edit.saveEffectAuto", { count }) : t("edit.saveEffectManual");
  };
  return <p className={styles.effect}>{words()}</p>;
}
