// SPDX-License-Identifier: GPL-3.0-or-later
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import type { Driver } from "../../api/drivers";
import { type Template, type TemplateKind, templatesQuery } from "../../api/templates";

/** Which templates use a driver; their number until their names are there. */
export function TemplatesOf({ driver }: { driver: Driver }) {
  const { t } = useTranslation();
  const personal = useQuery(templatesQuery("personal")).data;
  const shared = useQuery(templatesQuery("public")).data;
  if (driver.tpl_num === 0) return <>{t("common.none")}</>;
  if (!personal || !shared) return <>{driver.tpl_num}</>;
  const named = [...using(driver, personal, "personal"), ...using(driver, shared, "public")];
  return (
    <>
      {named.map(({ id, name, kind }, index) => (
        <Fragment key={id}>
          {index > 0 && t("common.listSeparator")}
          <Link to="/templates" search={{ kind }}>
            {name}
          </Link>
        </Fragment>
      ))}
    </>
  );
}

const using = ({ id }: Driver, templates: readonly Template[], kind: TemplateKind) =>
  templates
    .filter((template) => template.universal_driver_id === id || template.extractive_driver_id === id)
    .map((template) => ({ id: template.id, name: template.name, kind }));
