// The bell hears at once that the notices have changed. One tab of a browser listens and tells the others: each open
// stream is a connection, and browsers allow few of them.

{
  const address = document.getElementById("bell-watch").dataset.stream;
  const news = new BroadcastChannel(`attain ${address}`);
  const ring = () => htmx.trigger(document.body, "notices");

  const listen = () => {
    const stream = new EventSource(address);
    stream.addEventListener("open", (event) => { if ("data" in event) document.documentElement.dataset.bell = "hears"; });
    stream.addEventListener("notices", () => {
      ring();
      news.postMessage("");
    });
    return new Promise(() => {});
  };

  news.addEventListener("message", ring);
  navigator.locks?.request(news.name, listen);
}
