// SPDX-License-Identifier: GPL-3.0-or-later
import { App, AutoComplete } from "antd";
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { CHARS_MAX } from "../../api/limits";
import { useRoleReason } from "../../api/role";
import { setGroup, type Targets } from "../../api/terminals";
import { useAction } from "../../api/use-action";
import { ActionButton } from "../../components/action-button";
import { FormDialog } from "../../components/form-dialog";
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
  const [isOpen, setOpen] = useState(false);
  const action = useAction((group: string) => setGroup(targets, group.trim() || null), {
    quiet: true,
    refresh: ["terminals"],
    done: () => {
      void message.success(t("terminals.groupDone"));
      setName(undefined);
      done();
    },
  });
  const save = () => action.mutate(name ?? "");
  // With an open list, Enter takes the group from it.
  const isListed = isOpen && groups.some((group) => isFound(name ?? "", group));
  const isDone = (event: KeyboardEvent) => event.key === "Enter" && !event.nativeEvent.isComposing && !isListed && !action.isPending;
  return (
    <>
      <ActionButton reason={reason} onClick={() => setName("")}>
        {t("terminals.groupSet")}
      </ActionButton>
      <FormDialog
        isOpen={name !== undefined}
        title={t("terminals.groupTitle", { count })}
        work={action}
        onOk={save}
        close={() => setName(undefined)}
      >
        <p className={styles.faint}>{t("terminals.groupHint")}</p>
        <AutoComplete
          aria-label={t("terminals.group")}
          allowClear
          maxLength={CHARS_MAX.GroupRequest.group}
          value={name ?? ""}
          options={groups.map((value) => ({ value }))}
          showSearch={{ filterOption: (typed, option) => isFound(typed, option?.value) }}
          style={{ width: "100%" }}
          onChange={(value) => setName(value ?? "")}
          onOpenChange={setOpen}
          onKeyDown={(event) => isDone(event) && save()}
        />
      </FormDialog>
    </>
  );
}
