"""Charts as pictures: drawn here, without a browser, and without fetching anything."""

import re
from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import altair

WIDTH = 420  # pixels of what is drawn, axes not counted
# Within a picture, so that it follows the reader's light or dark screen.
_INK = "<style>svg{color:#31333f}@media (prefers-color-scheme:dark){svg{color:#e6e7ea}}</style>"
_CONFIG = {
    "background": None,
    "font": "Arial, Helvetica, sans-serif",  # measured here as it is drawn there, so that nothing runs into another
    "view": {"stroke": None},
    "axis": {
        "labelColor": "currentColor",
        "titleColor": "currentColor",
        "tickColor": "currentColor",
        "domainColor": "currentColor",
        "gridColor": "currentColor",
        "gridOpacity": 0.15,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "titlePadding": 8,
    },
    "legend": {"labelColor": "currentColor", "titleColor": "currentColor", "titleFontWeight": "normal"},
    "text": {"color": "currentColor"},
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as an address that holds the whole picture, and what it shows, in words."""

    source: str
    shows: str


def picture(chart: "altair.LayerChart", shows: str) -> Picture | None:
    """The chart as SVG, None on a machine for which there is no vl-convert.

    As an image nothing in it can run or load, whatever its labels say.
    """
    try:
        from vl_convert import vegalite_to_svg
    except ImportError:
        return None
    svg = vegalite_to_svg(chart.properties(width=WIDTH).to_dict(), config=_CONFIG, allowed_base_urls=[])
    encoded = b64encode(re.sub("(?<=>)", _INK, svg, count=1).encode()).decode()
    return Picture(f"data:image/svg+xml;base64,{encoded}", shows)
