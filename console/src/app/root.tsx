// SPDX-License-Identifier: GPL-3.0-or-later
import { QueryCache, QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { App, ConfigProvider, Modal } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Failure } from "../api/failure";
import { sessionQuery, type Who } from "../api/session";
import { Trouble } from "../components/trouble";
import { PasswordPage } from "../pages/sign-in/password-page";
import { SignInPage } from "../pages/sign-in/sign-in-page";
import { useLanguage } from "../text/use-language";
import { forgetAll, pauseAll } from "../uploads/manager";
import { router } from "./routes";
import { themeOf, useShade } from "../look/theme";

/** Attempts after the first one, for what a moment may mend. */
const RETRIES = 2;

const queries = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      if (error instanceof Failure && error.isSignedOut) queries.setQueryData(sessionQuery.queryKey, null);
    },
  }),
  defaultOptions: {
    queries: {
      // Events say when something has changed.
      staleTime: 30_000,
      retry: (count, error) => count < RETRIES && mayPass(error),
    },
  },
});

function mayPass(error: Error): boolean {
  return !(error instanceof Failure) || error.status === 0 || error.status >= 502;
}

/** The console: look, language, who is signed in. */
export function Root() {
  return (
    <QueryClientProvider client={queries}>
      <Dressed>
        <Entrance />
      </Dressed>
    </QueryClientProvider>
  );
}

function Dressed({ children }: { children: ReactNode }) {
  const shade = useShade();
  const language = useLanguage();
  const theme = useMemo(() => themeOf(shade), [shade]);
  return (
    <ConfigProvider theme={theme} locale={language === "zh" ? zhCN : enUS} button={{ autoInsertSpace: false }}>
      <App>{children}</App>
    </ConfigProvider>
  );
}

/** Whoever is not signed in signs in first, and is then where the address says. */
function Entrance() {
  const session = useQuery(sessionQuery);
  useLeaving(session.data);
  // In the memory of this page alone.
  const [oneTime, setOneTime] = useState<string>();
  if (session.error) {
    return (
      <main style={{ maxWidth: 560, margin: "15vh auto 0", padding: 16 }}>
        <Trouble error={session.error} retry={() => void session.refetch()} />
      </main>
    );
  }
  if (session.data === undefined) return null;
  if (session.data === null) return <SignInPage onOneTime={setOneTime} />;
  if (session.data.must_change_password) {
    return <PasswordPage who={session.data} oneTime={oneTime} forget={() => setOneTime(undefined)} />;
  }
  return <RouterProvider router={router} context={{ queries }} />;
}

/** Questions and secrets go with the page that they came from, and whoever signs in next sees nothing of what this user saw. */
function useLeaving(who: Who | null | undefined): void {
  const last = useRef<string>(undefined);
  useEffect(() => router.subscribe("onBeforeLoad", ({ pathChanged }) => pathChanged && Modal.destroyAll()), []);
  useLayoutEffect(() => {
    if (who === null) {
      Modal.destroyAll();
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] });
      pauseAll();
    } else if (who) {
      if (last.current !== undefined && last.current !== who.name) forgetAll();
      last.current = who.name;
    }
  }, [who]);
}
