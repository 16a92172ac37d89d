import type { Html } from "./html.ts";

/** Says whether what is shown is told as it changes, and lets one pause that; without the script there is nothing to say. */
export function LiveBar(): Html {
  return (
    <>
      <div class="live" id="live" hidden>
        <span class="live-dot" aria-hidden="true" />
        <p id="live-state" role="status" />
        <button type="button" class="button button-quiet button-small" id="live-pause">
          Pause
        </button>
      </div>
      <p class="unseen" id="live-note" role="status" />
    </>
  );
}
