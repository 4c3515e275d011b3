/** Every page's script: htmx and the small islands. Each works by data attributes; without script the pages still do. */
import "htmx.org";
import { combobox } from "./islands/combobox";
import { forms } from "./islands/forms";
import { list } from "./islands/list";
import { look } from "./islands/look";
import { mention } from "./islands/mention";
import { overlays } from "./islands/overlays";
import { palette } from "./islands/palette";
import { panel } from "./islands/panel";
import { register } from "./islands/register";
import { scope } from "./islands/scope";
import { waiting } from "./islands/waiting";
import { mountSwapped } from "./lib/dom";

look();
overlays();
palette();
scope();
panel();
list();
register();
combobox();
mention();
forms();
waiting();
mountSwapped();
