/**
 * The portal's script: puts what the server tells of into the page as it comes. Pages work without it. What comes is HTML
 * that the server has put together and escaped; it is parsed where no script in it could run.
 */
export const SCRIPT: string = `"use strict";
(() => {
  const place = document.body.dataset.events;
  const bar = document.getElementById("live");
  if (!place || !bar || !("EventSource" in window)) return;
  const state = document.getElementById("live-state");
  const note = document.getElementById("live-note");
  const button = document.getElementById("live-pause");
  let source;
  let paused = false;
  let ended = false;

  const say = (how, text) => {
    bar.dataset.state = how;
    if (state.textContent !== text) state.textContent = text;
  };
  const close = () => {
    if (source) source.close();
    source = undefined;
  };
  const end = (text) => {
    ended = true;
    close();
    button.hidden = true;
    say("ended", text);
  };
  const put = ({ id, html }) => {
    const region = document.getElementById(id);
    if (!region) return;
    const parsed = new DOMParser().parseFromString(html, "text/html");
    region.replaceChildren(...parsed.body.childNodes);
  };
  const open = () => {
    if (source || paused || ended) return;
    source = new EventSource(place);
    source.addEventListener("open", () => say("live", "Live"));
    source.addEventListener("region", (event) => put(JSON.parse(event.data)));
    source.addEventListener("note", (event) => {
      note.textContent = JSON.parse(event.data);
    });
    source.addEventListener("ended", (event) =>
      end(
        JSON.parse(event.data) === "signed out"
          ? "You are signed out. Sign in again to see what is new."
          : "What this page shows is there no more.",
      ),
    );
    source.addEventListener("error", () => {
      if (source && source.readyState === EventSource.CLOSED)
        end("Not live. Load the page again to see what is new.");
      else say("waiting", "The connection is lost. Trying again.");
    });
  };

  button.addEventListener("click", () => {
    paused = !paused;
    button.textContent = paused ? "Resume" : "Pause";
    if (paused) {
      close();
      say("paused", "Paused");
    } else {
      say("waiting", "Connecting");
      open();
    }
  });
  // A browser has few connections to one server: a page that nobody sees keeps none.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) close();
    else open();
  });
  addEventListener("pagehide", close);
  addEventListener("pageshow", open);
  bar.hidden = false;
  say("waiting", "Connecting");
  if (!document.hidden) open();
})();
`;
