// SPDX-License-Identifier: GPL-3.0-or-later
import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";
import { PAGE_SIZES, type TerminalFilter, type TerminalPageQuery, type TerminalSort } from "../../api/terminals";

const route = getRouteApi("/terminals");

const [PER_PAGE] = PAGE_SIZES;

type Address = ReturnType<typeof route.useSearch>;

/** What the address of the page asks for; what it leaves out is the usual. */
export function useAsked(): TerminalPageQuery {
  const address = route.useSearch();
  return useMemo(() => askedBy(address), [address]);
}

function askedBy({ page = 1, per_page: perPage = PER_PAGE, sort = "name", desc = false, ...filter }: Address): TerminalPageQuery {
  return { filter: filter as TerminalFilter, sort, isDescending: desc, page, perPage };
}

/** Whether anything is left out of the list. */
export const isNarrowed = (filter: TerminalFilter): boolean => Object.values(filter).some((value) => value !== undefined);

/** Changes the address. Other rows are looked at from the first page on. */
export function useGoTo() {
  const navigate = route.useNavigate();
  return useMemo(
    () => ({
      filter: (part: Address, replace = false) => void navigate({ replace, search: (old) => ({ ...old, ...part, page: undefined }) }),
      sort: (sort: TerminalSort | undefined, desc: boolean) =>
        void navigate({ search: (old) => ({ ...old, sort, desc: desc || undefined, page: undefined }) }),
      page: (page: number, perPage: number, replace = false) =>
        void navigate({
          replace,
          search: (old) => ({
            ...old,
            page: page === 1 ? undefined : page,
            per_page: PAGE_SIZES.find((size) => size === perPage && size !== PER_PAGE),
          }),
        }),
      everything: () => void navigate({ search: ({ sort, desc, per_page }) => ({ sort, desc, per_page }) }),
    }),
    [navigate],
  );
}
