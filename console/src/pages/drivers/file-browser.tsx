// SPDX-License-Identifier: GPL-3.0-or-later
import { DownloadOutlined, FileOutlined, FolderFilled } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Breadcrumb, Table, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { fileAddress, type FileEntry, filesQuery } from "../../api/drivers";
import { Empty } from "../../components/empty";
import { Loaded } from "../../components/loaded";
import { When } from "../../components/when";
import { bytes } from "../../format/bytes";
import styles from "./drivers.module.css";

const route = getRouteApi("/drivers/$id");

/** Files below `root` on the disk, a directory at a time; the address says which. */
export function FileBrowser({ root }: { root: string }) {
  const { path } = route.useSearch();
  const here = path !== undefined && path.startsWith(`${root}/`) ? path : root;
  const files = useQuery(filesQuery(here));
  return (
    <>
      <Crumbs root={root} here={here} />
      <Loaded query={files}>{(entries) => <Entries entries={entries} here={here} />}</Loaded>
    </>
  );
}

function Crumbs({ root, here }: { root: string; here: string }) {
  const { id } = route.useParams();
  const below = here.slice(root.length).split("/").filter(Boolean);
  const items = [root, ...below].map((name, index) => {
    const path = [root, ...below.slice(0, index)].join("/");
    const title =
      index === below.length ? (
        name
      ) : (
        <Link to="/drivers/$id" params={{ id }} search={{ tab: "files", path }}>
          {name}
        </Link>
      );
    return { key: path, title };
  });
  return <Breadcrumb className={styles.crumbs} items={items} />;
}

function Entries({ entries, here }: { entries: FileEntry[]; here: string }) {
  const { t } = useTranslation();
  const { id } = route.useParams();
  const columns: TableColumnsType<FileEntry> = [
    {
      title: t("common.name"),
      dataIndex: "name",
      render: (name: string, entry) =>
        entry.is_directory ? (
          <Link to="/drivers/$id" params={{ id }} search={{ tab: "files", path: `${here}/${name}` }}>
            <FolderFilled aria-hidden="true" /> {name}
          </Link>
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
      title: t("drivers.modified"),
      dataIndex: "modified",
      width: 150,
      render: (at: string | null) => (at ? <When at={at} /> : ""),
    },
    {
      title: t("common.actions"),
      key: "actions",
      width: 90,
      render: (_, entry) =>
        entry.is_directory ? null : (
          <a
            href={fileAddress(`${here}/${entry.name}`)}
            download={entry.name}
            aria-label={`${t("drivers.download")}: ${entry.name}`}
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
    <Table<FileEntry>
      rowKey="name"
      size="small"
      columns={columns}
      dataSource={sorted}
      pagination={{ pageSize: 100, hideOnSinglePage: true }}
      locale={{ emptyText: <Empty title={t("drivers.noFiles")} hint={t("drivers.noFilesHint")} /> }}
    />
  );
}
