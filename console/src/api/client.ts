// SPDX-License-Identifier: GPL-3.0-or-later
import createClient, { type Middleware } from "openapi-fetch";
import { currentLanguage, say } from "../text/text";
import { Failure, failureOf } from "./failure";
import type { components, paths } from "./schema";

/** A type of the interface. */
export type Wire<Name extends keyof components["schemas"]> = components["schemas"][Name];

/** Every request asks for the language of the page, so that messages of the server fit it. */
const language: Middleware = {
  onRequest({ request }) {
    request.headers.set("accept-language", currentLanguage());
    return request;
  },
  onError() {
    return new Failure(0, say("failure.offline"));
  },
};

export const client = createClient<paths>({
  baseUrl: globalThis.location?.origin ?? "",
  // Looked up at each request, so that tests can stand in for the server.
  fetch: (request) => globalThis.fetch(request),
});
client.use(language);

interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** What a request answered; every failure is thrown as a {@link Failure}. */
export async function answered<Data>(request: Promise<Answer<Data>>): Promise<Data> {
  const { data, error, response } = await request;
  if (!response.ok) {
    throw failureOf(response.status, error, say("failure.status", { status: response.status }));
  }
  return data as Data;
}
