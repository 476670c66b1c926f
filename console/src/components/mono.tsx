// SPDX-License-Identifier: GPL-3.0-or-later
import { Typography } from "antd";

/** A digest or identifier: its beginning is shown, all of it is copied. */
export function Mono({ text, length = 12 }: { text: string; length?: number }) {
  const isCut = text.length > length;
  return (
    <Typography.Text copyable={{ text }} title={isCut ? text : undefined} style={{ fontFamily: "var(--mono)", fontSize: 12.5 }}>
      {isCut ? `${text.slice(0, length)}…` : text}
    </Typography.Text>
  );
}
