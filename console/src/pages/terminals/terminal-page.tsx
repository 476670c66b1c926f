// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type Terminal, terminalsQuery } from "../../api/terminals";
import { BackLink } from "../../components/back-link";
import { Empty } from "../../components/empty";
import { Loaded } from "../../components/loaded";
import { PageHead } from "../../components/page-head";
import { Panel } from "../../components/panel";
import { When } from "../../components/when";
import { Inventory } from "./inventory";
import { Plan } from "./plan";
import { PushButton } from "./push-button";
import { RemoveButton } from "./remove-button";
import { TerminalFacts } from "./terminal-facts";

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
        above={<BackLink to="/terminals">{t("terminals.back")}</BackLink>}
        actions={<Actions terminal={terminal} />}
      />
      <Panel>
        <TerminalFacts terminal={terminal} />
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

function Actions({ terminal }: { terminal: Terminal }) {
  const navigate = route.useNavigate();
  return (
    <>
      {!terminal.identical && <PushButton targets={[terminal.id]} name={terminal.name} isLarge />}
      <RemoveButton terminals={[terminal]} done={() => void navigate({ to: "/terminals" })} />
    </>
  );
}
