// SPDX-License-Identifier: GPL-3.0-or-later
import { SaveOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useReason } from "../api/reason";
import type { Status } from "../api/status";
import { ActionButton } from "../components/action-button";
import { SaveDialog } from "./save-dialog";

/** 保存: opens the dialog that shows what is about to be published. */
export function SaveButton({ status }: { status: Status }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <ActionButton
        type="primary"
        icon={<SaveOutlined aria-hidden="true" />}
        reason={useReason("save")}
        onClick={() => setOpen(true)}
      >
        {t("edit.save")}
      </ActionButton>
      <SaveDialog status={status} isOpen={isOpen} close={() => setOpen(false)} />
    </>
  );
}
