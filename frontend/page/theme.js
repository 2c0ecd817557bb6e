/* Before the first paint: the chosen theme, and, for who was signed in, the frame of the page while the app is loading. */
(() => {
  const { dataset, style } = document.documentElement;
  try {
    const theme = localStorage.getItem("confab.theme");
    if (theme === "light" || theme === "dark") dataset.theme = theme;
    if (localStorage.getItem("confab.signed-in") === null) return;
    dataset.frame = /^\/inbox\/./.test(location.pathname) ? "thread" : /^\/(inbox)?$/.test(location.pathname) ? "list" : "page";
    const { list } = JSON.parse(localStorage.getItem("confab.panes") ?? "{}");
    if (list > 0) style.setProperty("--kept-list-width", `${list}px`);
  } catch {
    /* Without storage the system decides, and the app shows its own frame. */
  }
})();
