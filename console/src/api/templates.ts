// SPDX-License-Identifier: GPL-3.0-or-later
import { queryOptions } from "@tanstack/react-query";
import { answered, client, type Wire } from "./client";

export type Template = Wire<"Template">;
export type Desktop = Wire<"Desktop">;

/** `type` on the wire, and in the address of the list. */
export const TemplateType = { public: 1, personal: 2 } as const;
export type TemplateKind = keyof typeof TemplateType;

export const templatesQuery = (kind: TemplateKind) =>
  queryOptions({
    queryKey: ["templates", kind],
    queryFn: async () =>
      (await answered(client.GET("/thor/image/{type}", { params: { path: { type: TemplateType[kind] } } }))).data,
  });

/** The drivers that fit the system of a template. */
export const fittingQuery = (template: number) =>
  queryOptions({
    queryKey: ["templates", "fitting", template],
    queryFn: () =>
      answered(client.GET("/thor/voi/image_relate_drive", { params: { query: { ids: JSON.stringify([template]) } } })),
  });

export const storeImagesQuery = queryOptions({
  queryKey: ["store-images"],
  queryFn: () => answered(client.GET("/api/v1/store-images")),
});

export const associate = (body: Wire<"ImageRelate">) => answered(client.POST("/thor/voi/image_relate_drive", { body }));
export const createTemplate = (body: Wire<"TemplateRequest">) => answered(client.POST("/api/v1/templates", { body }));
export const updateTemplate = (id: number, body: Wire<"TemplateUpdate">) =>
  answered(client.PUT("/api/v1/templates/{id}", { params: { path: { id } }, body }));
export const deleteTemplate = (id: number) =>
  answered(client.DELETE("/api/v1/templates/{id}", { params: { path: { id } } }));

/** What is made of templates: personal desktops, and scenes of public desktops. */
export type DesktopKind = "personal" | "scene";

export const desktopsQuery = (kind: DesktopKind) =>
  queryOptions({
    queryKey: ["desktops", kind],
    queryFn: async () =>
      (await answered(kind === "scene" ? client.GET("/thor/voi/modes") : client.GET("/thor/voi/personal/desktops"))).data,
  });

export const createDesktop = (kind: DesktopKind, body: Wire<"DesktopRequest">) =>
  answered(
    kind === "scene" ? client.POST("/thor/voi/modes", { body }) : client.POST("/thor/voi/personal/desktops", { body }),
  );
export const deleteDesktop = (id: number) =>
  answered(client.DELETE("/api/v1/desktops/{id}", { params: { path: { id } } }));
