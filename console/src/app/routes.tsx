// SPDX-License-Identifier: GPL-3.0-or-later
import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  notFound,
} from "@tanstack/react-router";
import { PAGE_SIZES, PROGRAMS, SHOWS, SORTS } from "../api/terminals";
import { Lost } from "./lost";
import { Shell } from "./shell";
import { PageTrouble } from "./page-trouble";

/** What an address may carry after the `?`; everything else is dropped. */
type Search = Record<string, unknown>;
/** Words of digits come as numbers where somebody has typed the address. */
const text = (value: unknown) => (typeof value === "number" || (typeof value === "string" && value !== "") ? String(value) : undefined);
const flag = (value: unknown) => (value === true ? true : undefined);
const number = (value: unknown) => (Number.isInteger(Number(value)) && Number(value) > 0 ? Number(value) : undefined);
/** Nobody who links to a page has to say all of it. */
const optional = <Values,>(values: Values): Partial<Values> => values;
const oneOf = <Value extends string>(value: unknown, known: readonly Value[]) =>
  known.find((candidate) => candidate === value);

/** Things have numbers; an address with anything else in that place leads nowhere. */
function numbered({ params }: { params: Record<string, string> }): void {
  if (!Object.values(params).every((value) => /^\d{1,15}$/.test(value))) throw notFound();
}

const root = createRootRouteWithContext<{ queries: QueryClient }>()({ component: Shell, notFoundComponent: Lost });
const at = <Path extends string>(path: Path) => ({ getParentRoute: () => root, path });

const overview = createRoute({
  ...at("/"),
  validateSearch: (search: Search) => optional({ span: oneOf(search.span, ["week", "month"]) }),
  component: lazyRouteComponent(() => import("../pages/overview/overview-page"), "OverviewPage"),
});

const drivers = createRoute({
  ...at("/drivers"),
  validateSearch: (search: Search) =>
    optional({
    type: oneOf(search.type, ["universal", "extracted"]),
    search: text(search.search),
  }),
  component: lazyRouteComponent(() => import("../pages/drivers/drivers-page"), "DriversPage"),
});

const driver = createRoute({
  ...at("/drivers/$id"),
  beforeLoad: numbered,
  validateSearch: (search: Search) =>
    optional({
    tab: oneOf(search.tab, ["infs", "files"]),
    path: text(search.path),
    search: text(search.search),
    inf: number(search.inf),
  }),
  component: lazyRouteComponent(() => import("../pages/drivers/driver-page"), "DriverPage"),
});

const printers = createRoute({
  ...at("/printers"),
  validateSearch: (search: Search) =>
    optional({
    type: oneOf(search.type, ["local", "shared", "network"]),
    search: text(search.search),
  }),
  component: lazyRouteComponent(() => import("../pages/printers/printers-page"), "PrintersPage"),
});

const printer = createRoute({
  ...at("/printers/$id"),
  beforeLoad: numbered,
  component: lazyRouteComponent(() => import("../pages/printers/printer-page"), "PrinterPage"),
});

const templates = createRoute({
  ...at("/templates"),
  validateSearch: (search: Search) => optional({ kind: oneOf(search.kind, ["personal", "public"]) }),
  component: lazyRouteComponent(() => import("../pages/templates/templates-page"), "TemplatesPage"),
});

const desktops = createRoute({
  ...at("/desktops"),
  validateSearch: (search: Search) => optional({ kind: oneOf(search.kind, ["personal", "scene"]) }),
  component: lazyRouteComponent(() => import("../pages/desktops/desktops-page"), "DesktopsPage"),
});

const terminals = createRoute({
  ...at("/terminals"),
  validateSearch: (search: Search) =>
    optional({
    show: oneOf(search.show, SHOWS),
    program: oneOf(search.program, PROGRAMS),
    group: text(search.group),
    ungrouped: flag(search.ungrouped),
    // The empty disk is version 0.
    version: search.version === 0 ? 0 : number(search.version),
    search: text(search.search),
    sort: oneOf(search.sort, SORTS),
    desc: flag(search.desc),
    page: number(search.page),
    per_page: PAGE_SIZES.find((size) => size === search.per_page),
  }),
  component: lazyRouteComponent(() => import("../pages/terminals/terminals-page"), "TerminalsPage"),
});

const enrolment = createRoute({
  ...at("/terminals/enrolment"),
  component: lazyRouteComponent(() => import("../pages/terminals/enrolment-page"), "EnrolmentPage"),
});

const terminal = createRoute({
  ...at("/terminals/$id"),
  validateSearch: (search: Search) => optional({ template: number(search.template) }),
  component: lazyRouteComponent(() => import("../pages/terminals/terminal-page"), "TerminalPage"),
});

const versions = createRoute({
  ...at("/versions"),
  component: lazyRouteComponent(() => import("../pages/versions/versions-page"), "VersionsPage"),
});

const version = createRoute({
  ...at("/versions/$number"),
  beforeLoad: numbered,
  validateSearch: (search: Search) =>
    optional({
    from: number(search.from),
    tab: oneOf(search.tab, ["packages", "infs", "files", "disk"]),
    path: text(search.path),
  }),
  component: lazyRouteComponent(() => import("../pages/versions/version-page"), "VersionPage"),
});

const jobs = createRoute({
  ...at("/jobs"),
  validateSearch: (search: Search) =>
    optional({ state: oneOf(search.state, ["running", "failed"]) }),
  component: lazyRouteComponent(() => import("../pages/jobs/jobs-page"), "JobsPage"),
});

const audit = createRoute({
  ...at("/audit"),
  validateSearch: (search: Search) =>
    optional({ page: number(search.page), actor: text(search.actor) }),
  component: lazyRouteComponent(() => import("../pages/audit/audit-page"), "AuditPage"),
});

const settings = createRoute({
  ...at("/settings"),
  validateSearch: (search: Search) =>
    optional({ tab: oneOf(search.tab, ["account", "updates", "users", "health"]) }),
  component: lazyRouteComponent(() => import("../pages/settings/settings-page"), "SettingsPage"),
});

export const routeTree = root.addChildren([
  overview,
  drivers,
  driver,
  printers,
  printer,
  templates,
  desktops,
  terminals,
  enrolment,
  terminal,
  versions,
  version,
  jobs,
  audit,
  settings,
]);

export const router = createRouter({
  routeTree,
  context: { queries: undefined as never },
  defaultPreload: "intent",
  defaultErrorComponent: PageTrouble,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
