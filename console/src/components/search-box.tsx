// SPDX-License-Identifier: GPL-3.0-or-later
import { SearchOutlined } from "@ant-design/icons";
import { Input } from "antd";

interface Props {
  /** What it searches; its name and what stands in it while it is empty. */
  label: string;
  value: string;
  onChange: (text: string) => void;
}

/** Narrows a list down while one types. */
export function SearchBox({ label, value, onChange }: Props) {
  return (
    <Input
      allowClear
      prefix={<SearchOutlined aria-hidden="true" />}
      aria-label={label}
      placeholder={label}
      value={value}
      style={{ width: 280, maxWidth: "100%" }}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

/** Whether what was typed is in one of these texts. */
export const isFound = (search: string, ...texts: (string | null | undefined)[]): boolean =>
  texts.join(" ").toLowerCase().includes(search.trim().toLowerCase());
