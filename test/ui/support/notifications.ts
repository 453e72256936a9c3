import type { Page } from 'playwright-core';

/** A message that VS Code has shown in a corner of the window. */
export interface ShownNotification {
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
}

/**
 * Runs in the page before VS Code does and remembers every notification, because they vanish by themselves. It is a
 * text, since the page's globals are unknown to the compiler here.
 */
const recorder = `
  window.shownNotifications = [];
  const severityOf = (item) =>
    item.querySelector('.codicon-error') ? 'error' : item.querySelector('.codicon-warning') ? 'warning' : 'info';
  const record = () => {
    for (const item of document.querySelectorAll('.notification-list-item')) {
      const message = item.querySelector('.notification-list-item-message')?.textContent ?? '';
      const severity = severityOf(item);
      const known = window.shownNotifications.some((each) => each.message === message && each.severity === severity);
      if (message !== '' && !known) window.shownNotifications.push({ severity, message });
    }
  };
  new MutationObserver(record).observe(document, { childList: true, subtree: true, characterData: true });
`;

/** Starts to remember notifications in a page; to be called before it loads VS Code. */
export async function recordNotifications(page: Page): Promise<void> {
  await page.addInitScript({ content: recorder });
}

/** All different notifications since the page was loaded, also those that have vanished. */
export async function shownNotifications(page: Page): Promise<readonly ShownNotification[]> {
  return page.evaluate<ShownNotification[]>('window.shownNotifications');
}
