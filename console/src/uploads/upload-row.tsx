// SPDX-License-Identifier: GPL-3.0-or-later
import { CaretRightOutlined, CloseOutlined, FolderOpenOutlined, PauseOutlined, RedoOutlined } from "@ant-design/icons";
import { Link } from "@tanstack/react-router";
import { App, Button, Progress, Upload } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Technical } from "../components/technical";
import { bytes, percent, speed } from "../format/bytes";
import { remaining } from "../format/duration";
import { isOver, secondsLeft, type UploadItem } from "./item";
import { dismiss, giveUp, pause, resume, resumeWith } from "./manager";
import styles from "./upload-panel.module.css";

/** One file: name, how far, and what can be done about it. */
export function UploadRow({ item }: { item: UploadItem }) {
  const { t } = useTranslation();
  return (
    <li className={styles.row}>
      <div className={styles.line}>
        <span className={styles.name} title={item.name}>
          {item.name}
        </span>
        <Tools item={item} />
      </div>
      {!isOver(item) && (
        <Progress
          percent={item.state === "importing" ? (item.imported ?? 0) : percent(item.sent, item.size)}
          size="small"
          showInfo={false}
          status={item.state === "sending" || item.state === "importing" ? "active" : "normal"}
          aria-label={t("uploads.progress", { name: item.name })}
        />
      )}
      <Note item={item} />
    </li>
  );
}

function Note({ item }: { item: UploadItem }) {
  const { t } = useTranslation();
  const note = useNote(item);
  if (item.state === "done") {
    return (
      <div className={styles.good}>
        {t("uploads.done")}{" "}
        {item.made !== undefined && (
          <Link to={item.kind === "printer" ? "/printers/$id" : "/drivers/$id"} params={{ id: String(item.made) }}>
            {t("uploads.open")}
          </Link>
        )}
      </div>
    );
  }
  return (
    <>
      {item.trouble && <div className={styles.bad}>{item.trouble}</div>}
      {item.detail && <Technical text={item.detail} />}
      {note && <div className={styles.note}>{note}</div>}
    </>
  );
}

function useNote(item: UploadItem): ReactNode {
  const { t } = useTranslation();
  const [sent, size] = [bytes(item.sent), bytes(item.size)];
  const left = secondsLeft(item);
  switch (item.state) {
    case "queued":
      return t("uploads.queued");
    case "sending":
      return left === undefined
        ? t("uploads.starting", { sent, size })
        : t("uploads.sending", { sent, size, speed: speed(item.speed), left: remaining(left) });
    case "reconnecting":
      return t("uploads.reconnecting", { sent });
    case "paused":
      return t("uploads.paused", { sent, size });
    case "unfinished":
      return t("uploads.unfinished", { sent, size });
    case "waiting":
      return t("uploads.waiting");
    case "importing":
      return item.imported === undefined
        ? t("uploads.importing")
        : t("uploads.importingPart", { percent: item.imported });
    default:
      return null;
  }
}

function Tools({ item }: { item: UploadItem }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const ask = () =>
    modal.confirm({
      title: t("uploads.giveUpTitle", { name: item.name }),
      content: t("uploads.giveUpText", { sent: bytes(item.sent) }),
      okText: t("uploads.giveUp"),
      cancelText: t("uploads.giveUpNot"),
      okButtonProps: { danger: true },
      onOk: () => void giveUp(item.key),
    });
  const tool = (label: string, icon: ReactNode, onClick?: () => void) => (
    <Button size="small" type="text" title={label} aria-label={`${label}: ${item.name}`} icon={icon} onClick={onClick} />
  );
  switch (item.state) {
    case "sending":
    case "reconnecting":
      return (
        <>
          {tool(t("uploads.pause"), <PauseOutlined aria-hidden="true" />, () => pause(item.key))}
          {tool(t("uploads.giveUp"), <CloseOutlined aria-hidden="true" />, () => void ask())}
        </>
      );
    case "queued":
      return tool(t("uploads.giveUp"), <CloseOutlined aria-hidden="true" />, () => void giveUp(item.key));
    case "paused":
      return (
        <>
          {tool(t("uploads.resume"), <CaretRightOutlined aria-hidden="true" />, () => resume(item.key))}
          {tool(t("uploads.giveUp"), <CloseOutlined aria-hidden="true" />, () => void ask())}
        </>
      );
    case "unfinished":
      return (
        <>
          <Upload showUploadList={false} beforeUpload={(file) => (resumeWith(item.key, file), false)}>
            <Button size="small" icon={<FolderOpenOutlined aria-hidden="true" />}>
              {t("uploads.choose")}
            </Button>
          </Upload>
          {tool(t("uploads.giveUp"), <CloseOutlined aria-hidden="true" />, () => void ask())}
        </>
      );
    case "failed":
      return (
        <>
          {item.mayRetry && tool(t("uploads.retry"), <RedoOutlined aria-hidden="true" />, () => resume(item.key))}
          {tool(t("uploads.remove"), <CloseOutlined aria-hidden="true" />, () => dismiss(item.key))}
        </>
      );
    case "done":
      return tool(t("uploads.remove"), <CloseOutlined aria-hidden="true" />, () => dismiss(item.key));
    default:
      return null;
  }
}
