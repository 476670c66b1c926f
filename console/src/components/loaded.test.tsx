// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { mockServer, show } from "../../tests/mock";
import { driversQuery } from "../api/drivers";
import { Loaded } from "./loaded";

function Drivers() {
  const drivers = useQuery(driversQuery);
  return <Loaded query={drivers}>{(rows) => <p>{rows.length} rows</p>}</Loaded>;
}

const PATH = "GET /thor/voi/driver";

test("what failed is said in the server's words, with the cause folded away, and can be tried again", async () => {
  mockServer({ [PATH]: [503, { code: 503, message: "数据库暂时不可用", detail: "connect: refused" }] });
  show(<Drivers />);
  await screen.findByText("数据库暂时不可用");
  expect(screen.getByText("connect: refused").closest("details")?.open).toBe(false);
  mockServer({ [PATH]: { code: 0, data: [] } });
  fireEvent.click(screen.getByRole("button", { name: "重试" }));
  await screen.findByText("0 rows");
});

test("a server that cannot be reached, and a page of a proxy, are told as what they are", async () => {
  mockServer({ [PATH]: "offline" });
  show(<Drivers />);
  await screen.findByText("无法连接服务器，请检查网络后重试。");
  mockServer({ [PATH]: [502, "<html>Bad Gateway</html>"] });
  fireEvent.click(screen.getByRole("button", { name: "重试" }));
  await screen.findByText(/502/);
});
