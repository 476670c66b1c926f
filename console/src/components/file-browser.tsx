// SPDX-License-Identifier: GPL-3.0-or-later
import { DownloadOutlined, FileOutlined, FolderFilled } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Breadcrumb, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { fileAddress, type FileEntry, filesQuery } from "../api/files";
import { bytes } from "../format/bytes";
import { Empty } from "./empty";
import styles from "./file-browser.module.css";
import { Grid } from "./grid";
import { Loaded } from "./loaded";
import { When } from "./when";

interface Props {
  /** Where browsing begins; empty is the whole disk. */
  root: string;
  /** The directory that the address asks for. */
  path: string | undefined;
  /** Of which version; without one of the present disk, edits included. */
  version?: number;
}

/** Files below `root` on a disk, a directory at a time; the address of the page says which. */
export function FileBrowser({ root, path, version }: Props) {
  const here = path?.startsWith(`${root}/`) ? path : root;
  const files = useQuery(filesQuery(here, version));
  return (
    <>
      <Crumbs root={root} here={here} />
      <Loaded query={files}>{(entries) => <Entries entries={entries} here={here} version={version} />}</Loaded>
    </>
  );
}

interface DirectoryProps {
  path: string;
  children: ReactNode;
}

function Directory({ path, children }: DirectoryProps) {
  return (
    <Link to="." search={(old: object) => ({ ...old, path })}>
      {children}
    </Link>
  );
}

function Crumbs({ root, here }: { root: string; here: string }) {
  const { t } = useTranslation();
  const below = here.slice(root.length).split("/").filter(Boolean);
  const items = [root || t("files.disk"), ...below].map((name, index) => {
    const path = [root, ...below.slice(0, index)].join("/");
    return { key: path, title: index === below.length ? name : <Directory path={path}>{name}</Directory> };
  });
  return <Breadcrumb className={styles.crumbs} items={items} />;
}

interface EntriesProps {
  entries: FileEntry[];
  here: string;
  version: number | undefined;
}

function Entries({ entries, here, version }: EntriesProps) {
  const { t } = useTranslation();
  const columns: TableColumnsType<FileEntry> = [
    {
      title: t("common.name"),
      dataIndex: "name",
      render: (name: string, entry) =>
        entry.is_directory ? (
          <Directory path={`${here}/${name}`}>
            <FolderFilled aria-hidden="true" /> {name}
          </Directory>
        ) : (
          <span>
            <FileOutlined aria-hidden="true" className={styles.faint} /> {name}
          </span>
        ),
    },
    {
      title: t("common.size"),
      dataIndex: "size",
      width: 120,
      align: "right",
      render: (size: number, entry) => (entry.is_directory ? "" : bytes(size)),
    },
    {
      title: t("files.modified"),
      dataIndex: "modified",
      width: 150,
      render: (at: string | null) => (at ? <When at={at} /> : ""),
    },
    {
      title: t("common.actions"),
      key: "actions",
      width: 60,
      render: (_, entry) =>
        entry.is_directory ? null : (
          <a
            href={fileAddress(`${here}/${entry.name}`, version)}
            download={entry.name}
            aria-label={`${t("files.download")}: ${entry.name}`}
          >
            <DownloadOutlined aria-hidden="true" />
          </a>
        ),
    },
  ];
  const sorted = entries.toSorted(
    (a, b) => Number(b.is_directory) - Number(a.is_directory) || a.name.localeCompare(b.name),
  );
  return (
    <Grid<FileEntry>
      rowKey="name"
      size="small"
      columns={columns}
      dataSource={sorted}
      pagination={{ defaultPageSize: 100 }}
      locale={{ emptyText: <Empty title={t("files.noFiles")} hint={t("files.noFilesHint")} /> }}
    />
  );
}
