// SPDX-License-Identifier: GPL-3.0-or-later
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { App, type TableColumnsType, Tabs } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useRoleReason } from "../../api/role";
import { MountStatus, statusQuery } from "../../api/status";
import { deleteDesktop, type Desktop, type DesktopKind, desktopsQuery } from "../../api/templates";
import { useAction } from "../../api/use-action";
import { ActionButton } from "../../components/action-button";
import { Badge } from "../../components/badge";
import cell from "../../components/cell.module.css";
import { Empty } from "../../components/empty";
import { Grid } from "../../components/grid";
import { Loaded } from "../../components/loaded";
import { PageHead } from "../../components/page-head";
import { Panel } from "../../components/panel";
import { When } from "../../components/when";
import { osName } from "../../format/os";
import { DesktopDialog } from "./desktop-dialog";

const route = getRouteApi("/desktops");
const KINDS = ["personal", "scene"] as const;

/** What is made of templates. */
export function DesktopsPage() {
  const { t } = useTranslation();
  const { kind = "personal" } = route.useSearch();
  const navigate = route.useNavigate();
  const { data: status } = useQuery(statusQuery);
  const role = useRoleReason("operator");
  const [isOpen, setOpen] = useState(false);
  const merging = status?.mount_status === MountStatus.merging ? t("desktops.merging") : undefined;
  const create = (
    <ActionButton
      type="primary"
      icon={<PlusOutlined aria-hidden="true" />}
      reason={role ?? merging}
      onClick={() => setOpen(true)}
    >
      {t(`desktops.create.${kind}`)}
    </ActionButton>
  );
  const items = KINDS.map((key) => ({ key, label: t(`desktops.kinds.${key}`), children: <List kind={key} /> }));
  return (
    <>
      <PageHead title={t("desktops.title")} lead={t("desktops.lead")} actions={create} />
      <Panel flush>
        <Tabs
          activeKey={kind}
          items={items}
          tabBarStyle={{ padding: "0 16px", marginBottom: 4 }}
          onChange={(key) => void navigate({ search: { kind: key as DesktopKind } })}
        />
      </Panel>
      <DesktopDialog isOpen={isOpen} kind={kind} close={() => setOpen(false)} />
    </>
  );
}

function List({ kind }: { kind: DesktopKind }) {
  const { t } = useTranslation();
  const desktops = useQuery(desktopsQuery(kind));
  const columns: TableColumnsType<Desktop> = [
    { title: t("common.name"), dataIndex: "name", sorter: (a, b) => a.name.localeCompare(b.name, "zh-CN") },
    {
      title: t("desktops.template"),
      dataIndex: "image_name",
      render: (name: string, row) => (
        <span className={cell.marked}>
          {name} {row.is_allow_heterogeneous && <Badge tone="mute">{t("desktops.heterogeneous")}</Badge>}
        </span>
      ),
    },
    { title: t("desktops.system"), dataIndex: "os_type", width: 170, responsive: ["lg"], render: (os: number) => osName(os, t) },
    { title: t("desktops.describe"), dataIndex: "describe", width: 100 },
    { title: t("desktops.at"), dataIndex: "create_at", width: 120, render: (at: string) => <When at={at} /> },
    { title: t("common.actions"), key: "actions", width: 80, render: (_, row) => <Remove desktop={row} /> },
  ];
  return (
    <Loaded query={desktops}>
      {(rows) => (
        <Grid<Desktop>
          rowKey="id"
          columns={columns}
          dataSource={rows}
          pagination={{ defaultPageSize: 50 }}
          locale={{ emptyText: <Empty title={t("desktops.empty")} hint={t("desktops.emptyHint")} /> }}
        />
      )}
    </Loaded>
  );
}

function Remove({ desktop }: { desktop: Desktop }) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const reason = useRoleReason("operator");
  const { name } = desktop;
  const action = useAction(deleteDesktop, {
    refresh: ["desktops"],
    done: () => void message.success(t("desktops.deleted")),
  });
  const ask = () =>
    modal.confirm({
      title: t("desktops.deleteTitle", { name }),
      content: t("desktops.deleteText"),
      okText: t("desktops.delete"),
      okButtonProps: { danger: true },
      onOk: () => action.mutateAsync(desktop.id).catch(() => undefined),
    });
  return (
    <span className={cell.icons}>
      <ActionButton
        type="text"
        danger
        icon={<DeleteOutlined aria-hidden="true" />}
        hint={`${t("desktops.delete")}: ${name}`}
        reason={reason}
        onClick={() => void ask()}
      />
    </span>
  );
}
