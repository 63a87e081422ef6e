"""Copies the few browser files that Attain uses out of node_modules to static/vendor (never committed)."""

import re
import shutil

from ops.state import ROOT

SOURCE, TARGET = ROOT / "node_modules", ROOT / "static/vendor"
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler/tabler.min.css",
    "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2": "inter/inter-latin-wght-normal.woff2",
    "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2": "inter/inter-latin-ext-wght-normal.woff2",
    "sortablejs/Sortable.min.js": "sortable/sortable.min.js",
    "world-atlas/countries-110m.json": "world/countries-110m.json",
}
SOURCE_MAP = re.compile(r"(/\*#|//#) sourceMappingURL=.*")


def copy() -> None:
    for source, target in FILES.items():
        place = TARGET / target
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(SOURCE / source, place)
        if place.suffix in (".css", ".js"):  # hashed storage refuses a file that names a map we do not ship
            place.write_text(SOURCE_MAP.sub("", place.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    copy()
