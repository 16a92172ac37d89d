/** The HTTP statuses that the platform answers errors with. */
export type ErrorStatus = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 421 | 429 | 500 | 503;

/**
 * An answer of the platform that is no: not a failure of samicerts, but what a device or a user is told, with the HTTP
 * status that the documentation has for it.
 */
export class ApiError extends Error {
  override readonly name: string = "ApiError";
  readonly status: ErrorStatus;

  constructor(status: ErrorStatus, message: string) {
    super(message);
    this.status = status;
  }
}
