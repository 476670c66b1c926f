// SPDX-License-Identifier: GPL-3.0-or-later
import { TranslationOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { speak } from "../text/text";
import { useLanguage } from "../text/use-language";

/** One press: the other language, named in itself. What the server words is fetched again. */
export function LanguageSwitch() {
  const queries = useQueryClient();
  const other = useLanguage() === "zh" ? "en" : "zh";
  const change = async () => {
    await speak(other);
    await queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" });
  };
  return (
    <Button type="text" icon={<TranslationOutlined aria-hidden="true" />} lang={other === "zh" ? "zh-CN" : "en"} onClick={() => void change()}>
      {other === "zh" ? "中文" : "English"}
    </Button>
  );
}
