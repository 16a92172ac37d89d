import { resolve } from "node:path";
import type { RequestRead } from "../../actions/batch-order.ts";
import { isOfRow, refusalParts } from "../../actions/make-devices.ts";
import { SamicertsError } from "../../base/errors.ts";
import { nodeFiles } from "../../workspace/node-files.ts";
import { readBounded } from "../../workspace/read-file.ts";
import { readRequest } from "../../x509/read-request.ts";
import { MAX_REQUEST_SIZE } from "../../x509/request.ts";
import { asInput } from "../read-input.ts";

/** PEM takes a third more than DER, and there may be text around it. */
const MAX_FILE: number = 2 * MAX_REQUEST_SIZE;

/**
 * Reads certificate requests, each the PEM itself or a file's path from `directory` on, and checks that whoever made it
 * has the key.
 */
export function readRequests(requests: readonly string[], directory: string): readonly RequestRead[] {
  return requests.map((request) => {
    try {
      return { publicKey: readOne(request, directory).publicKey.der };
    } catch (error) {
      const told = error instanceof SamicertsError ? asInput(error) : error;
      if (!(told instanceof SamicertsError) || !isOfRow(told)) throw error;
      return { error: refusalParts(told) };
    }
  });
}

function readOne(request: string, directory: string): ReturnType<typeof readRequest> {
  if (request.includes("-----BEGIN ")) return readRequest(Buffer.from(request), "the column csr");
  const path = resolve(directory, request);
  return readRequest(readBounded(nodeFiles, path, MAX_FILE, "a certificate request"), path);
}
