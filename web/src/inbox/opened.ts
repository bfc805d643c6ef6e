/** Which revisions were opened on this machine; a new finding is semibold until then. */
const KEY = "papaver:opened";

function read(): string[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(value) ? value.filter((id): id is string => typeof id === "string") : [];
  } catch {
    return [];
  }
}

export const wasOpened = (id: string): boolean => read().includes(id);

export function markOpened(id: string): void {
  const ids = read();
  if (ids.includes(id)) return;
  try {
    localStorage.setItem(KEY, JSON.stringify([...ids.slice(-1999), id]));
  } catch {
    // Without storage every new finding stays semibold; nothing else is lost.
  }
}
