// Before the page is drawn, so that it does not flash in the other colours.
(() => {
  const chosen = localStorage.getItem('tollbar-theme');
  if (chosen === 'light' || chosen === 'dark') {
    document.documentElement.dataset.theme = chosen;
  }
})();
