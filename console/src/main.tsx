// SPDX-License-Identifier: GPL-3.0-or-later
import { createRoot } from "react-dom/client";
import "./look/look.css";
import "./text/text";
import { Root } from "./app/root";

const place = document.getElementById("root");
if (place) createRoot(place).render(<Root />);
