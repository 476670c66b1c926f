// SPDX-License-Identifier: GPL-3.0-or-later
import { Alert, Button } from "antd";
import { useTranslation } from "react-i18next";
import { Failure } from "../api/failure";
import { Technical } from "./technical";

interface Props {
  error: Error;
  retry?: () => void;
}

/** What failed, in words, with the technical cause folded away. */
export function Trouble({ error, retry }: Props) {
  const { t } = useTranslation();
  const detail = error instanceof Failure ? error.detail : undefined;
  return (
    <Alert
      type="error"
      showIcon
      title={error.message}
      description={detail && <Technical text={detail} />}
      action={retry && <Button onClick={retry}>{t("common.retry")}</Button>}
    />
  );
}
