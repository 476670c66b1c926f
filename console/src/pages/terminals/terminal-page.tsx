// SPDX-License-Identifier: GPL-3.0-or-later
import { ArrowLeftOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Descriptions } from "antd";
import { useTranslation } from "react-i18next";
import { type Terminal, terminalsQuery } from "../../api/terminals";
import { Empty } from "../../components/empty";
import { Loaded } from "../../components/loaded";
import { Mono } from "../../components/mono";
import { PageHead } from "../../components/page-head";
import { Panel } from "../../components/panel";
import { When } from "../../components/when";
import { mac } from "../../format/mac";
import { Inventory } from "./inventory";
import { Plan } from "./plan";
import { PushButton } from "./push-button";
import { Disk, State } from "./terminal-table";

const route = getRouteApi("/terminals/$id");

/** One terminal: its disk, what is in it, and which drivers it takes for a template. */
export function TerminalPage() {
  const { t } = useTranslation();
  const { id } = route.useParams();
  const terminals = useQuery(terminalsQuery);
  return (
    <Loaded query={terminals}>
      {(rows) => {
        const terminal = rows.find((row) => row.id === id);
        if (terminal) return <Detail terminal={terminal} />;
        const back = <Link to="/terminals">{t("terminals.back")}</Link>;
        return <Empty title={t("terminals.gone")} hint={t("terminals.goneHint")} action={back} />;
      }}
    </Loaded>
  );
}

function Detail({ terminal }: { terminal: Terminal }) {
  const { t } = useTranslation();
  return (
    <>
      <PageHead
        title={terminal.name}
        lead={terminal.group}
        above={
          <Link to="/terminals">
            <ArrowLeftOutlined aria-hidden="true" /> {t("terminals.back")}
          </Link>
        }
        actions={terminal.identical ? null : <PushButton targets={[terminal.id]} name={terminal.name} />}
      />
      <Panel>
        <Facts terminal={terminal} />
      </Panel>
      <Panel flush title={t("terminals.inventory")} extra={terminal.inventory_at && <When at={terminal.inventory_at} />}>
        {terminal.inventory_at ? (
          <Inventory terminal={terminal.id} />
        ) : (
          <Empty title={t("terminals.noInventory")} hint={t("terminals.noInventoryHint")} />
        )}
      </Panel>
      <Panel flush title={t("terminals.plan")}>
        <Plan terminal={terminal.id} />
      </Panel>
    </>
  );
}

function Facts({ terminal }: { terminal: Terminal }) {
  const { t } = useTranslation();
  const items = [
    { key: "disk", label: t("terminals.disk"), children: <Disk row={terminal} /> },
    { key: "version", label: t("terminals.version"), children: terminal.version ?? t("common.none") },
    { key: "state", label: t("terminals.state"), children: <State row={terminal} /> },
    {
      key: "mode",
      label: t("terminals.mode"),
      children: terminal.mode ? t(`terminals.modes.${terminal.mode}`) : t("terminals.modes.unknown"),
    },
    { key: "mac", label: "MAC", children: <Mono text={mac(terminal.mac)} length={17} /> },
    { key: "id", label: "ID", children: <Mono text={terminal.id} /> },
    { key: "enrolled", label: t("terminals.enrolled"), children: <When at={terminal.enrolled_at} /> },
    {
      key: "seen",
      label: t("terminals.seen"),
      children: terminal.last_seen_at ? <When at={terminal.last_seen_at} /> : t("common.never"),
    },
  ];
  return <Descriptions size="small" column={{ xs: 1, sm: 2, xl: 4 }} items={items} layout="vertical" colon={false} />;
}
