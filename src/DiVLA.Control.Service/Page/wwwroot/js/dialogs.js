// Questions beside the page, not before it: while one is open the stop stays within reach.

/** Opens a dialog; Escape closes it. */
export function openDialog(dialog) {
  const before = document.activeElement;
  const close = event => { if (event.key === "Escape") dialog.close(); };
  dialog.addEventListener("keydown", close);
  dialog.addEventListener("close", () => {
    dialog.removeEventListener("keydown", close);
    before?.focus();
  }, { once: true });
  dialog.show();
}
