// SPDX-License-Identifier: GPL-3.0-or-later
import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Tabs } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useRoleReason } from "../../api/role";
import { type TemplateKind, templatesQuery } from "../../api/templates";
import { ActionButton } from "../../components/action-button";
import { Loaded } from "../../components/loaded";
import { PageHead } from "../../components/page-head";
import { Panel } from "../../components/panel";
import { TemplateDialog } from "./template-dialog";
import { TemplateTable } from "./template-table";

const route = getRouteApi("/templates");
const KINDS = ["personal", "public"] as const;

/** Golden images, and the drivers that are associated with them. */
export function TemplatesPage() {
  const { t } = useTranslation();
  const { kind = "personal" } = route.useSearch();
  const navigate = route.useNavigate();
  const role = useRoleReason("operator");
  const [isOpen, setOpen] = useState(false);
  const create = (
    <ActionButton type="primary" icon={<PlusOutlined aria-hidden="true" />} reason={role} onClick={() => setOpen(true)}>
      {t("templates.create")}
    </ActionButton>
  );
  const items = KINDS.map((key) => ({ key, label: <Kind kind={key} />, children: <List kind={key} /> }));
  return (
    <>
      <PageHead title={t("templates.title")} lead={t("templates.lead")} actions={create} />
      <Panel flush>
        <Tabs
          activeKey={kind}
          items={items}
          tabBarStyle={{ padding: "0 16px", marginBottom: 4 }}
          onChange={(key) => void navigate({ search: { kind: key as TemplateKind } })}
        />
      </Panel>
      <TemplateDialog isOpen={isOpen} kind={kind} close={() => setOpen(false)} />
    </>
  );
}

/** Its name, and how many there are. */
function Kind({ kind }: { kind: TemplateKind }) {
  const { t } = useTranslation();
  const { data } = useQuery(templatesQuery(kind));
  return (
    <>
      {t(`templates.kinds.${kind}`)} {data?.length}
    </>
  );
}

function List({ kind }: { kind: TemplateKind }) {
  const templates = useQuery(templatesQuery(kind));
  return <Loaded query={templates}>{(rows) => <TemplateTable rows={rows} />}</Loaded>;
}
