// SPDX-License-Identifier: GPL-3.0-or-later
import { LineChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { type EChartsType, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import type { TerminalHistory } from "../../api/terminals";
import { useShade } from "../../look/theme";
import { useLanguage } from "../../text/use-language";
import { optionOf } from "./history-option";

use([LineChart, GridComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);

/** Terminals by state as areas over time, and where versions were made. */
export function HistoryChart({ history }: { history: TerminalHistory }) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>(undefined);
  const shade = useShade();
  const language = useLanguage();

  useEffect(() => {
    if (!place.current) return;
    const made = init(place.current);
    chart.current = made;
    const watcher = new ResizeObserver(() => made.resize());
    watcher.observe(place.current);
    return () => {
      watcher.disconnect();
      made.dispose();
    };
  }, []);

  useEffect(() => {
    chart.current?.setOption(optionOf(history, language), { notMerge: true });
  }, [history, language, shade]);

  return <div ref={place} style={{ height: "100%" }} />;
}
