// SPDX-License-Identifier: GPL-3.0-or-later
import { Modal } from "antd";
import { type CSSProperties, type KeyboardEvent, type ReactNode, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Trouble } from "./trouble";
import styles from "./form-dialog.module.css";

/** What the dialog does: it stays open, with the reason, when that fails. */
export interface Work {
  error: Error | null;
  isPending: boolean;
  reset: () => void;
}

interface Props {
  isOpen: boolean;
  title: string;
  /** Word on the button; "Save" without. */
  okText?: string;
  work: Work;
  onOk: () => void;
  close: () => void;
  /** Whether all that is needed is there. */
  isReady?: boolean;
  isDanger?: boolean;
  width?: number;
  style?: CSSProperties;
  children: ReactNode;
}

/** A dialog that changes something. */
export function FormDialog(props: Props) {
  const { t } = useTranslation();
  const content = useRef<HTMLDivElement>(null);
  const { isOpen, title, work, onOk, close, isReady = true, isDanger = false, width = 520, children } = props;
  return (
    <Modal
      open={isOpen}
      title={title}
      width={width}
      style={props.style ?? {}}
      okText={props.okText ?? t("common.save")}
      okButtonProps={{ disabled: !isReady, danger: isDanger }}
      confirmLoading={work.isPending}
      onOk={onOk}
      onCancel={() => (work.reset(), close())}
      afterOpenChange={(isShown) => isShown && focusFirst(content.current)}
      destroyOnHidden
    >
      <div
        ref={content}
        // What was wrong may be so no more.
        onChange={() => work.error && work.reset()}
        onKeyDown={(event) => isReady && !work.isPending && isDone(event) && onOk()}
      >
        {work.error && (
          <div className={styles.trouble}>
            <Trouble error={work.error} />
          </div>
        )}
        {children}
      </div>
    </Modal>
  );
}

/** Whether the key means "that is all": Enter in a line of text, but not the one that ends a Chinese word or picks from a list. */
function isDone(event: KeyboardEvent): boolean {
  const field = event.target;
  if (event.key !== "Enter" || event.nativeEvent.isComposing || !(field instanceof HTMLInputElement)) return false;
  if (field.role === "combobox" || field.type === "checkbox" || field.type === "radio") return false;
  // With a single line the browser would send the form on its own.
  event.preventDefault();
  return true;
}

/** Ant Design gives the focus to the cross that closes the dialog; who opens a form wants to fill it in. */
function focusFirst(content: HTMLElement | null): void {
  content?.querySelector<HTMLElement>("input:not([readonly]):not([type=radio]), textarea")?.focus();
}
