// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { hasDisk, type Terminal, terminalQuery } from "../../api/terminals";
import { BackLink } from "../../components/back-link";
import { Empty } from "../../components/empty";
import { ItemPage } from "../../components/item-page";
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
  const terminal = useQuery(terminalQuery(id));
  const above = <BackLink to="/terminals">{t("terminals.back")}</BackLink>;
  return (
    <ItemPage query={terminal} title={t("terminals.title")} above={above}>
      {(known) => <Detail terminal={known} />}
    </ItemPage>
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
      {hasDisk(terminal) && <Machine terminal={terminal} />}
    </>
  );
}

/** What is in it, and what it takes for a template. */
function Machine({ terminal }: { terminal: Terminal }) {
  const { t } = useTranslation();
  return (
    <>
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
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  return (
    <>
      {hasDisk(terminal) && !terminal.identical && <PushButton targets={{ terminals: [terminal.id] }} count={1} label={t("terminals.push")} />}
      <RemoveButton targets={{ terminals: [terminal.id] }} count={1} names={[terminal.name]} done={() => void navigate({ to: "/terminals" })} />
    </>
  );
}
