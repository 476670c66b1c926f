// SPDX-License-Identifier: GPL-3.0-or-later
import { App, AutoComplete, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useRoleReason } from "../../api/role";
import { setGroup, type Targets } from "../../api/terminals";
import { useAction } from "../../api/use-action";
import { ActionButton } from "../../components/action-button";
import { isFound } from "../../components/search-box";
import styles from "./terminals.module.css";

interface Props {
  targets: Targets;
  /** How many that are. */
  count: number;
  /** Groups that there are. */
  groups: string[];
  done: () => void;
}

/** Puts the chosen terminals into a group, or out of theirs. */
export function GroupButton({ targets, count, groups, done }: Props) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const reason = useRoleReason("operator");
  const [name, setName] = useState<string>();
  const action = useAction((group: string) => setGroup(targets, group.trim() || null), {
    refresh: ["terminals"],
    done: () => {
      void message.success(t("terminals.groupDone"));
      setName(undefined);
      done();
    },
  });
  return (
    <>
      <ActionButton reason={reason} onClick={() => setName("")}>
        {t("terminals.groupSet")}
      </ActionButton>
      <Modal
        open={name !== undefined}
        title={t("terminals.groupTitle", { count })}
        okText={t("common.save")}
        confirmLoading={action.isPending}
        onOk={() => action.mutate(name ?? "")}
        onCancel={() => setName(undefined)}
        destroyOnHidden
      >
        <p className={styles.faint}>{t("terminals.groupHint")}</p>
        <AutoComplete
          aria-label={t("terminals.group")}
          autoFocus
          allowClear
          value={name ?? ""}
          options={groups.map((value) => ({ value }))}
          showSearch={{ filterOption: (typed, option) => isFound(typed, option?.value) }}
          style={{ width: "100%" }}
          onChange={(value) => setName(value ?? "")}
        />
      </Modal>
    </>
  );
}
