// SPDX-License-Identifier: GPL-3.0-or-later
import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { App, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useRoleReason } from "../../api/role";
import { deleteEnrolmentToken, type EnrolmentToken, enrolmentTokensQuery } from "../../api/terminals";
import { useAction } from "../../api/use-action";
import { ActionButton } from "../../components/action-button";
import cell from "../../components/cell.module.css";
import { Empty } from "../../components/empty";
import { Grid } from "../../components/grid";
import { Loaded } from "../../components/loaded";
import { PageHead } from "../../components/page-head";
import { Panel } from "../../components/panel";
import { When } from "../../components/when";
import { EnrolmentDialog } from "./enrolment-dialog";
import styles from "./terminals.module.css";

/** Tokens with which new terminals join. */
export function EnrolmentPage() {
  const { t } = useTranslation();
  const role = useRoleReason("administrator");
  const [isOpen, setOpen] = useState(false);
  const create = (
    <ActionButton type="primary" icon={<PlusOutlined aria-hidden="true" />} reason={role} onClick={() => setOpen(true)}>
      {t("terminals.enrolment.create")}
    </ActionButton>
  );
  return (
    <>
      <PageHead title={t("terminals.enrolment.title")} lead={t("terminals.enrolment.lead")} actions={create} />
      <Panel flush>{role ? <Empty title={role} hint={t("terminals.enrolment.lead")} /> : <Tokens />}</Panel>
      <p className={styles.clients}>
        {t("terminals.enrolment.clients")}{" "}
        <Link to="/terminals" search={{ program: "driver_client" }}>
          {t("terminals.enrolment.clientsLink")}
        </Link>
      </p>
      <EnrolmentDialog isOpen={isOpen} close={() => setOpen(false)} />
    </>
  );
}

function Tokens() {
  const { t } = useTranslation();
  const tokens = useQuery(enrolmentTokensQuery);
  const columns: TableColumnsType<EnrolmentToken> = [
    { title: t("terminals.enrolment.name"), dataIndex: "name" },
    { title: t("terminals.enrolment.usesLeft"), dataIndex: "uses_left", width: 100, align: "right" },
    { title: t("terminals.enrolment.expires"), dataIndex: "expires_at", width: 120, render: (at: string) => <When at={at} /> },
    { title: t("terminals.enrolment.createdBy"), dataIndex: "created_by", width: 110 },
    { title: t("common.actions"), key: "actions", width: 90, render: (_, token) => <Withdraw token={token} /> },
  ];
  const empty = <Empty title={t("terminals.enrolment.empty")} hint={t("terminals.enrolment.emptyHint")} />;
  return (
    <Loaded query={tokens}>
      {(rows) => (
        <Grid rowKey="id" columns={columns} dataSource={rows} pagination={false} locale={{ emptyText: empty }} />
      )}
    </Loaded>
  );
}

function Withdraw({ token }: { token: EnrolmentToken }) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const action = useAction(deleteEnrolmentToken, {
    refresh: ["enrolment-tokens"],
    done: () => void message.success(t("terminals.enrolment.withdrawn")),
  });
  const ask = () =>
    modal.confirm({
      title: t("terminals.enrolment.withdrawTitle", { name: token.name }),
      content: t("terminals.enrolment.withdrawText"),
      okText: t("terminals.enrolment.withdraw"),
      okButtonProps: { danger: true },
      onOk: () => action.mutateAsync(token.id).catch(() => undefined),
    });
  return (
    <ActionButton
      type="link"
      size="small"
      danger
      className={cell.word ?? ""}
      onClick={() => void ask()}
      aria-label={`${t("terminals.enrolment.withdraw")}: ${token.name}`}
    >
      {t("terminals.enrolment.withdraw")}
    </ActionButton>
  );
}
