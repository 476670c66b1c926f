// SPDX-License-Identifier: GPL-3.0-or-later
import { InboxOutlined } from "@ant-design/icons";
import { App } from "antd";
import { type DragEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useOtherEditor } from "../api/status";
import type { UploadKind } from "./item";
import { upload } from "./manager";
import styles from "./drop-zone.module.css";

interface Props {
  kind: UploadKind;
  /** Ends of names that the file dialog offers. */
  accept: string;
  hint: string;
  /** Why nothing can be taken in now. */
  reason?: string | undefined;
  children: ReactNode;
}

/** A page that takes files which are dropped anywhere on it, with a strip that can be clicked. */
export function DropZone({ kind, accept, hint, reason, children }: Props) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const [depth, setDepth] = useState(0);
  const editor = useOtherEditor();
  const { message } = App.useApp();
  const isOver = depth > 0 && reason === undefined;
  const refusal = reason !== undefined && editor !== undefined ? t("uploads.held", { name: editor }) : reason;
  useNoNavigationOnDrop();
  const take = (files: FileList | null) => {
    if (refusal !== undefined) void message.warning(refusal);
    else if (files) upload(kind, [...files]);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setDepth(0);
    take(event.dataTransfer.files);
  };
  return (
    <div
      onDragEnter={() => setDepth((value) => value + 1)}
      onDragLeave={() => setDepth((value) => value - 1)}
      onDragOver={(event) => event.preventDefault()}
      onDrop={drop}
    >
      <button
        type="button"
        className={`${styles.strip} ${isOver ? styles.over : ""}`}
        aria-disabled={reason !== undefined}
        title={reason}
        onClick={() => reason === undefined && input.current?.click()}
      >
        <InboxOutlined className={styles.icon} aria-hidden="true" />
        <span>
          <span className={styles.title}>{t(isOver ? "uploads.dropActive" : "uploads.drop")}</span>
          <span className={styles.hint}>{refusal ?? hint}</span>
        </span>
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={accept}
        aria-label={t("uploads.drop")}
        onChange={(event) => {
          take(event.target.files);
          event.target.value = "";
        }}
      />
      {children}
    </div>
  );
}

/** A file that is dropped beside the zone must not replace the page. */
function useNoNavigationOnDrop(): void {
  useEffect(() => {
    const stop = (event: Event) => event.preventDefault();
    addEventListener("dragover", stop);
    addEventListener("drop", stop);
    return () => {
      removeEventListener("dragover", stop);
      removeEventListener("drop", stop);
    };
  }, []);
}
