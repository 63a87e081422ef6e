// The bell hears at once that the notices have changed. One tab of a browser listens and tells the others: each open
// stream is a connection, and browsers allow few of them.

const watch = document.getElementById("bell-watch");
const news = new BroadcastChannel(`attain ${watch.dataset.stream}`);
const ring = () => htmx.trigger(document.body, "notices");

function listen() {
  const stream = new EventSource(watch.dataset.stream);
  stream.addEventListener("notices", () => {
    ring();
    news.postMessage("");
  });
  return new Promise(() => {});
}

news.addEventListener("message", ring);
navigator.locks?.request(news.name, listen);
