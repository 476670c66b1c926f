// SPDX-License-Identifier: GPL-3.0-or-later
import { SearchOutlined } from "@ant-design/icons";
import { Input } from "antd";

export interface SearchBoxProps {
  /** What it searches; its name and what stands in it while it is empty. */
  label: string;
  value: string;
  onChange: (text: string) => void;
  /** Characters that are taken in. */
  maxLength?: number;
}

/** Narrows a list down while one types. */
export function SearchBox({ label, value, onChange, maxLength }: SearchBoxProps) {
  return (
    <Input
      allowClear
      prefix={<SearchOutlined aria-hidden="true" />}
      aria-label={label}
      placeholder={label}
      value={value}
      {...(maxLength !== undefined && { maxLength })}
      style={{ width: 300, maxWidth: "100%" }}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

/** Whether what was typed is in one of these texts. */
export const isFound = (search: string, ...texts: (string | null | undefined)[]): boolean =>
  texts.join(" ").toLowerCase().includes(search.trim().toLowerCase());
