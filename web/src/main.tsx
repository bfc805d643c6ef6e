import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./styles/fonts.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/inbox.css";
import "./styles/finding.css";
import "./styles/views.css";
import "./styles/analyses.css";
import { App } from "./shell/App";
import { applyTheme, storedTheme } from "./shell/theme";

applyTheme(storedTheme());
const root = document.getElementById("root");
if (root)
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
