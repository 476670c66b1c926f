// SPDX-License-Identifier: GPL-3.0-or-later
import * as app from "../app/text";
import * as edit from "../edit/text";
import * as audit from "../pages/audit/text";
import * as desktops from "../pages/desktops/text";
import * as drivers from "../pages/drivers/text";
import * as jobs from "../pages/jobs/text";
import * as overview from "../pages/overview/text";
import * as printers from "../pages/printers/text";
import * as settings from "../pages/settings/text";
import * as signIn from "../pages/sign-in/text";
import * as templates from "../pages/templates/text";
import * as terminals from "../pages/terminals/text";
import * as versions from "../pages/versions/text";
import * as uploads from "../uploads/text";

/** All texts; a section for each part of the console, written beside it. */
export const zh = {
  ...app.zh,
  audit: audit.zh,
  desktops: desktops.zh,
  drivers: drivers.zh,
  edit: edit.zh,
  jobs: jobs.zh,
  overview: overview.zh,
  printers: printers.zh,
  settings: settings.zh,
  signIn: signIn.zh,
  templates: templates.zh,
  terminals: terminals.zh,
  uploads: uploads.zh,
  versions: versions.zh,
};

export const en = {
  ...app.en,
  audit: audit.en,
  desktops: desktops.en,
  drivers: drivers.en,
  edit: edit.en,
  jobs: jobs.en,
  overview: overview.en,
  printers: printers.en,
  settings: settings.en,
  signIn: signIn.en,
  templates: templates.en,
  terminals: terminals.en,
  uploads: uploads.en,
  versions: versions.en,
};
