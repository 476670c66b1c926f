// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { useLocation } from "@tanstack/react-router";
import { useState } from "react";
import { MountStatus, statusQuery } from "../api/status";
import { DiskTrouble } from "./disk-trouble";
import { RestoreReport } from "./restore-report";
import { useOutcome } from "./use-outcome";

/** Pages that show the state of the disk in a bar of their own. */
const WITH_BAR = ["/drivers", "/printers"];

/** On every page: that the disk is being saved or restored or is in trouble, and what came of it. */
export function DiskBanner() {
  const { data: status } = useQuery(statusQuery);
  const path = useLocation({ select: ({ pathname }) => pathname });
  const [restored, setRestored] = useState<number>();
  useOutcome(status, setRestored);
  const isShown = status !== undefined && status.mount_status !== MountStatus.normal && !WITH_BAR.includes(path);
  return (
    <>
      {isShown && <DiskTrouble status={status} />}
      <RestoreReport operation={restored} close={() => setRestored(undefined)} />
    </>
  );
}
