// SPDX-License-Identifier: GPL-3.0-or-later
import { useNavigate } from "@tanstack/react-router";
import { TreemapChart } from "echarts/charts";
import { TooltipComponent } from "echarts/components";
import { type EChartsType, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import { type Driver, DriverType } from "../../api/drivers";
import { bytes } from "../../format/bytes";
import { useShade } from "../../look/theme";

use([TreemapChart, TooltipComponent, CanvasRenderer]);

/** Neighbouring tones, so that the picture stays calm: one family for each type of driver. */
const TONES = {
  light: { universal: ["#3f6fd1", "#5b85d9", "#2f5cb8", "#7397e0"], extracted: ["#2a8a80", "#46a097", "#1f766d"] },
  dark: { universal: ["#3b62b0", "#4b73c2", "#2f5299", "#5a80c9"], extracted: ["#2b7a72", "#3a8e85", "#216860"] },
};

/** Drivers as areas of their size; a click leads to the driver. */
export function SizeChart({ drivers }: { drivers: Driver[] }) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>(undefined);
  const shade = useShade();
  const navigate = useNavigate();

  useEffect(() => {
    if (!place.current) return;
    const made = init(place.current);
    chart.current = made;
    made.on("click", ({ data }) => {
      const id = (data as { driver?: number }).driver;
      if (id !== undefined) void navigate({ to: "/drivers/$id", params: { id: String(id) } });
    });
    const watcher = new ResizeObserver(() => made.resize());
    watcher.observe(place.current);
    return () => {
      watcher.disconnect();
      made.dispose();
    };
  }, [navigate]);

  useEffect(() => {
    chart.current?.setOption(optionOf(drivers, shade));
  }, [drivers, shade]);

  return <div ref={place} style={{ height: "100%" }} />;
}

function optionOf(drivers: Driver[], shade: "light" | "dark") {
  const tones = TONES[shade];
  const data = drivers
    .toSorted((a, b) => b.size - a.size)
    .map((driver, index) => {
      const family = driver.type === DriverType.universal ? tones.universal : tones.extracted;
      return {
        name: driver.name,
        value: driver.size,
        driver: driver.id,
        itemStyle: { color: family[index % family.length] },
      };
    });
  return {
    animation: false,
    // As text of the picture, never as HTML: names come from people.
    tooltip: { renderMode: "richText", formatter: ({ name, value }: { name: string; value: number }) => `${name}\n${bytes(value)}` },
    series: [
      {
        type: "treemap",
        data,
        left: 0,
        right: 0,
        top: 0,
        bottom: 0,
        roam: false,
        nodeClick: false,
        breadcrumb: { show: false },
        label: { formatter: ({ name, value }: { name: string; value: number }) => `${name}\n${bytes(value)}`, lineHeight: 18 },
        itemStyle: { borderWidth: 0, gapWidth: 2, borderColor: "transparent" },
      },
    ],
  };
}
