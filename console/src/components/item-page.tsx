// SPDX-License-Identifier: GPL-3.0-or-later
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Failure } from "../api/failure";
import { Empty } from "./empty";
import { Loaded } from "./loaded";
import { PageHead } from "./page-head";
import { Panel } from "./panel";

interface Props<Data> {
  query: UseQueryResult<Data>;
  /** What the page is called until it is known what it shows. */
  title: string;
  /** Way back to the list. */
  above: ReactNode;
  children: (data: Data) => ReactNode;
}

/** A page about one thing. While it loads, and where it is gone, it says so under a title, with the way back. */
export function ItemPage<Data>({ query, title, above, children }: Props<Data>) {
  const { t } = useTranslation();
  if (query.data !== undefined) return <>{children(query.data)}</>;
  const { error } = query;
  return (
    <>
      <PageHead title={title} above={above} />
      <Panel>
        {error instanceof Failure && error.status === 404 ? (
          <Empty title={error.message} hint={t("app.notFoundHint")} />
        ) : (
          <Loaded query={query}>{() => null}</Loaded>
        )}
      </Panel>
    </>
  );
}
