import type { Answer, Scene } from "./scene.ts";

/** A browser that has signed in, as far as it concerns pages. */
export interface Visitor {
  readonly cookie: string;
  readonly csrf: string;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  head(path: string): Promise<Answer>;
  post(
    path: string,
    form: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
}

/** Signs in. */
export async function visit(scene: Scene, name: "alice" | "bob"): Promise<Visitor> {
  const asked = { plain: true, headers: { accept: "text/html" } } as const;
  const form = { email: `${name}@localhost`, password: `${name} password` };
  const signedIn = await scene.ask("POST", "/signin", { ...asked, form });
  const cookie = (signedIn.headers["set-cookie"]?.[0] ?? "").split(";")[0] ?? "";
  const own = (headers: Readonly<Record<string, string>> = {}) => ({
    accept: "text/html",
    cookie,
    ...headers,
  });
  const get: Visitor["get"] = (path, headers) =>
    scene.ask("GET", path, { plain: true, headers: own(headers) });
  const csrf = /name="csrf" value="([0-9a-f]{32})"/.exec((await get("/devices")).body)?.[1] ?? "";
  return {
    cookie,
    csrf,
    get,
    head: (path) => scene.ask("HEAD", path, { plain: true, headers: own() }),
    post: (path, fields, headers) =>
      scene.ask("POST", path, { plain: true, form: { csrf, ...fields }, headers: own(headers) }),
  };
}
