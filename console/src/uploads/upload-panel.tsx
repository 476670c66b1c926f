// SPDX-License-Identifier: GPL-3.0-or-later
import { DownOutlined, UpOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { type RefObject, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useReachable } from "../components/use-reachable";
import { isOver, isUnderWay } from "./item";
import { dismissFinished, findUnfinished, useUploads } from "./manager";
import { UploadRow } from "./upload-row";
import styles from "./upload-panel.module.css";

/** Files on their way in, on every page, until the user has seen what came of them. */
export function UploadPanel() {
  const { t } = useTranslation();
  const items = useUploads();
  const [isOpen, setOpen] = useState(true);
  const panel = useRef<HTMLElement>(null);
  useEffect(() => void findUnfinished(), []);
  // Rows that are being imported have nothing in them that could be focused.
  useReachable(panel, t("uploads.title"), "ul");
  useSpaceBelow(panel, items.length > 0);
  if (items.length === 0) return null;
  const active = items.filter(isUnderWay).length;
  const over = items.filter(isOver).length;
  const summary = active > 0 ? t("uploads.active", { count: active }) : over > 0 ? t("uploads.finished", { count: over }) : "";
  return (
    <section ref={panel} className={styles.panel} aria-label={t("uploads.title")}>
      <div className={styles.head}>
        <strong>{t("uploads.title")}</strong>
        <span className={styles.summary} role="status">
          {summary}
        </span>
        {over > 0 && (
          <Button size="small" type="text" onClick={dismissFinished}>
            {t("uploads.clear")}
          </Button>
        )}
        <Button
          size="small"
          type="text"
          aria-expanded={isOpen}
          aria-label={t(isOpen ? "uploads.collapse" : "uploads.expand")}
          icon={isOpen ? <DownOutlined aria-hidden="true" /> : <UpOutlined aria-hidden="true" />}
          onClick={() => setOpen(!isOpen)}
        />
      </div>
      {isOpen && (
        <ul className={styles.list}>
          {items.map((item) => (
            <UploadRow key={item.key} item={item} />
          ))}
        </ul>
      )}
    </section>
  );
}

/** Has pages end above the panel while it is shown, so that it covers nothing that cannot be scrolled from under it. */
function useSpaceBelow(panel: RefObject<HTMLElement | null>, isShown: boolean): void {
  useEffect(() => {
    if (!isShown || panel.current === null) return;
    const { style } = document.documentElement;
    const observer = new ResizeObserver(([entry]) => {
      style.setProperty("--uploads-height", `${entry?.target.getBoundingClientRect().height ?? 0}px`);
    });
    observer.observe(panel.current);
    return () => {
      observer.disconnect();
      style.removeProperty("--uploads-height");
    };
  }, [panel, isShown]);
}
