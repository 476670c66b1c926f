// SPDX-License-Identifier: GPL-3.0-or-later
import { Alert, Button, Modal } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { FormDialog, type Work } from "./form-dialog";

interface Props<Made> {
  isOpen: boolean;
  /** Of the form, and word on its button. */
  title: string;
  okText: string;
  work: Work & { data: Made | undefined };
  onOk: () => void;
  close: () => void;
  form: ReactNode;
  /** Once it is made: what to say, that it is shown only now, and the secret itself. */
  madeTitle: string;
  once: string;
  secret: (made: Made) => ReactNode;
}

/** A form that makes something with a secret, and then the secret: gone with the dialog, so only its button closes it. */
export function SecretDialog<Made>(props: Props<Made>) {
  const { t } = useTranslation();
  const { isOpen, work, close } = props;
  const made = work.data;
  const leave = () => {
    work.reset();
    close();
  };
  return (
    <>
      <FormDialog
        isOpen={isOpen && made === undefined}
        title={props.title}
        okText={props.okText}
        work={work}
        onOk={props.onOk}
        close={close}
      >
        {props.form}
      </FormDialog>
      <Modal
        open={isOpen && made !== undefined}
        title={props.madeTitle}
        width={620}
        closable={false}
        mask={{ closable: false }}
        keyboard={false}
        footer={
          <Button type="primary" onClick={leave}>
            {t("common.close")}
          </Button>
        }
        destroyOnHidden
      >
        <Alert type="warning" showIcon title={props.once} />
        {made !== undefined && props.secret(made)}
      </Modal>
    </>
  );
}
