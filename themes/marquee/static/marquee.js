// Times of a page jump in its player instead of loading the film anew. Without this they are plain links.
(() => {
  const players = [...document.querySelectorAll("video, audio")];
  const address = (text) => new URL(text, location.href);
  const playerOf = (link) =>
    players.find((player) =>
      [...player.querySelectorAll("source")].some((source) => address(source.src).pathname === link.pathname),
    ) || (link.pathname === location.pathname ? players[0] : undefined);
  const start = (link, play) => {
    const seconds = /^#t=([\d.]+)$/.exec(link.hash);
    const player = seconds && playerOf(link);
    if (!player) return false;
    player.currentTime = Number(seconds[1]);
    if (play) {
      player.play().catch(() => {});
      player.scrollIntoView({ block: "nearest" });
      player.focus({ preventScroll: true });
    }
    return true;
  };
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest("a[href*='#t=']");
    if (link && start(link, true)) event.preventDefault();
  });
  start(location, false);

  // A credit that an address names is shown with its reason.
  const open = () => {
    const reason = document.querySelector("dd:target details");
    if (reason) reason.open = true;
  };
  addEventListener("hashchange", open);
  addEventListener("load", open);
})();
