/** Light, dark, or as the system says; the choice stays on this machine. */
export type Theme = "system" | "light" | "dark";

const KEY = "papaver:theme";
const order: readonly Theme[] = ["system", "light", "dark"];

export function storedTheme(): Theme {
  try {
    return order.find((theme) => theme === localStorage.getItem(KEY)) ?? "system";
  } catch {
    return "system";
  }
}

export function applyTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export function chooseTheme(theme: Theme): void {
  applyTheme(theme);
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Without storage the choice lasts for this page only.
  }
}

export const nextTheme = (theme: Theme): Theme => order[(order.indexOf(theme) + 1) % order.length] ?? "system";
