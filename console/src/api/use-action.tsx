// SPDX-License-Identifier: GPL-3.0-or-later
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { Technical } from "../components/technical";
import { Failure } from "./failure";

interface Options<Input, Output> {
  done?: (output: Output, input: Input) => void;
  /** Keys of queries that are fetched again afterwards, also after a failure: it may have been half done. */
  refresh?: readonly string[];
  /** The caller shows the failure itself. */
  quiet?: boolean;
}

/** Something that the user does to the server. What goes wrong is told. */
export function useAction<Output, Input = void>(
  work: (input: Input) => Promise<Output>,
  { done, refresh, quiet }: Options<Input, Output> = {},
) {
  const queries = useQueryClient();
  const { notification } = App.useApp();
  return useMutation<Output, Error, Input>({
    mutationFn: work,
    onSuccess: (output, input) => done?.(output, input),
    onError: (error) => {
      if (error instanceof Failure && error.isSignedOut) queries.setQueryData(["session"], null);
      if (quiet) return;
      const detail = error instanceof Failure ? error.detail : undefined;
      notification.error({
        title: error.message,
        description: detail && <Technical text={detail} />,
        placement: "topRight",
        duration: 10,
      });
    },
    onSettled: () => {
      refresh?.forEach((key) => void queries.invalidateQueries({ queryKey: [key] }));
    },
  });
}
