// SPDX-License-Identifier: GPL-3.0-or-later
import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App, Button, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type ApiToken, revokeToken, tokensQuery } from "../../api/accounts";
import { useAction } from "../../api/use-action";
import cell from "../../components/cell.module.css";
import { Empty } from "../../components/empty";
import { Grid } from "../../components/grid";
import { Loaded } from "../../components/loaded";
import { Panel } from "../../components/panel";
import { When } from "../../components/when";
import { TokenDialog } from "./token-dialog";
import styles from "./settings.module.css";

/** API tokens of whoever is signed in. */
export function TokenPanel() {
  const { t } = useTranslation();
  const tokens = useQuery(tokensQuery);
  const [isOpen, setOpen] = useState(false);
  const columns: TableColumnsType<ApiToken> = [
    { title: t("settings.tokenName"), dataIndex: "name" },
    { title: t("settings.created"), dataIndex: "created_at", width: 110, render: (at: string) => <When at={at} /> },
    {
      title: t("settings.tokenUsed"),
      dataIndex: "last_used_at",
      width: 110,
      render: (at: string | null) => (at ? <When at={at} /> : t("common.never")),
    },
    {
      title: t("settings.tokenExpires"),
      dataIndex: "expires_at",
      width: 110,
      render: (at: string | null) => (at ? <When at={at} /> : t("settings.tokenForever")),
    },
    { title: t("common.actions"), key: "actions", width: 90, render: (_, token) => <Revoke token={token} /> },
  ];
  const create = (
    <Button icon={<PlusOutlined aria-hidden="true" />} onClick={() => setOpen(true)}>
      {t("settings.tokenCreate")}
    </Button>
  );
  return (
    <Panel title={t("settings.tokens")} extra={create} flush>
      <p className={styles.leadFlush}>{t("settings.tokensLead")}</p>
      <Loaded query={tokens}>
        {(rows) => (
          <Grid<ApiToken>
            rowKey="id"
            columns={columns}
            dataSource={rows}
            pagination={{ defaultPageSize: 20 }}
            locale={{ emptyText: <Empty title={t("settings.tokensEmpty")} hint={t("settings.tokensEmptyHint")} /> }}
          />
        )}
      </Loaded>
      <TokenDialog isOpen={isOpen} close={() => setOpen(false)} />
    </Panel>
  );
}

function Revoke({ token }: { token: ApiToken }) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const action = useAction(revokeToken, {
    refresh: ["tokens"],
    done: () => void message.success(t("settings.tokenRevoked")),
  });
  const ask = () =>
    modal.confirm({
      title: t("settings.tokenRevokeTitle", { name: token.name }),
      content: t("settings.tokenRevokeText"),
      okText: t("settings.tokenRevoke"),
      okButtonProps: { danger: true },
      onOk: () => action.mutateAsync(token.id).catch(() => undefined),
    });
  const label = `${t("settings.tokenRevoke")}: ${token.name}`;
  return (
    <Button type="link" size="small" danger className={cell.word ?? ""} aria-label={label} onClick={() => void ask()}>
      {t("settings.tokenRevoke")}
    </Button>
  );
}
