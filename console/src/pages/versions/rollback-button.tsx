// SPDX-License-Identifier: GPL-3.0-or-later
import { RollbackOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CHARS_MAX } from "../../api/limits";
import { useReason } from "../../api/reason";
import { useAction } from "../../api/use-action";
import { type PackageChange, rollback, rollbackPlanQuery } from "../../api/versions";
import { ActionButton } from "../../components/action-button";
import { FormDialog } from "../../components/form-dialog";
import { Loaded } from "../../components/loaded";
import { bytes } from "../../format/bytes";
import { ChangeMark } from "./change-mark";
import styles from "./versions.module.css";

/** Brings an older version back as a new one, after showing what that changes. */
export function RollbackButton({ number, isSmall }: { number: number; isSmall?: boolean }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const [note, setNote] = useState("");
  const reason = useReason("rollback");
  const plan = useQuery({ ...rollbackPlanQuery(number), enabled: isOpen, retry: false });
  const close = () => setOpen(false);
  const action = useAction((text: string) => rollback(number, text), {
    quiet: true,
    refresh: ["status"],
    done: close,
  });
  return (
    <>
      <ActionButton
        size={isSmall ? "small" : "middle"}
        type={isSmall ? "text" : "default"}
        icon={<RollbackOutlined aria-hidden="true" />}
        reason={reason}
        aria-label={`${t("versions.rollback")}: ${number}`}
        onClick={() => setOpen(true)}
      >
        {t("versions.rollback")}
      </ActionButton>
      <FormDialog
        isOpen={isOpen}
        title={t("versions.rollbackTitle", { number })}
        width={560}
        okText={t("versions.rollbackOk")}
        isReady={plan.data !== undefined}
        work={action}
        onOk={() => action.mutate(note)}
        close={close}
      >
        <Loaded query={plan}>
          {({ packages, update_bytes, virtual_bytes_before: before, virtual_bytes: after }) => (
            <>
              <Packages changes={packages} />
              {before !== undefined && after !== undefined && before !== after && (
                <p>{t("versions.rollbackSize", { before: bytes(before), after: bytes(after) })}</p>
              )}
              <p>{t("versions.rollbackEffect", { bytes: bytes(update_bytes) })}</p>
              <Input
                aria-label={t("versions.rollbackNote")}
                placeholder={t("versions.rollbackNote")}
                maxLength={CHARS_MAX.RollbackRequest.note}
                value={note}
                onChange={(event) => setNote(event.target.value)}
              />
            </>
          )}
        </Loaded>
      </FormDialog>
    </>
  );
}

function Packages({ changes }: { changes: PackageChange[] }) {
  const { t } = useTranslation();
  if (changes.length === 0) return <p>{t("versions.rollbackSame")}</p>;
  return (
    <ul className={styles.planned}>
      {changes.map((change) => (
        <li key={`${change.change} ${change.after?.directory ?? change.before?.directory}`}>
          <ChangeMark kind={change.change} />
          <span className={styles.packageName}>{change.after?.name ?? change.before?.name}</span>
        </li>
      ))}
    </ul>
  );
}
