// SPDX-License-Identifier: GPL-3.0-or-later
import type { UseQueryResult } from "@tanstack/react-query";
import { Skeleton } from "antd";
import type { ReactNode } from "react";
import { Trouble } from "./trouble";

interface Props<Data> {
  query: UseQueryResult<Data>;
  children: (data: Data) => ReactNode;
  /** In place of the content while it loads. */
  waiting?: ReactNode;
}

/** Shows what a query brought, that it is on its way, or why it failed and how to try again. */
export function Loaded<Data>({ query, children, waiting }: Props<Data>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error) return <Trouble error={query.error} retry={() => void query.refetch()} />;
  return waiting ?? <Skeleton active paragraph={{ rows: 4 }} style={{ padding: 20 }} />;
}
