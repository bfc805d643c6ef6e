import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { mockApi } from "./dev/mock.ts";

// PAPAVER_API=http://127.0.0.1:8000 makes `npm run dev` talk to a real server instead of the fixtures.
const api = process.env.PAPAVER_API;

export default defineConfig({
  plugins: [react(), ...(api ? [] : [mockApi()])],
  server: api ? { proxy: { "/api": api } } : {},
  build: {
    outDir: "../src/papaver/app/static",
    emptyOutDir: true,
    // Fonts stay files: a data: URL would break a strict content security policy.
    assetsInlineLimit: 0,
  },
  test: { environment: "jsdom", include: ["test/**/*.test.tsx", "test/**/*.test.ts"] },
});
