"""Reliability plot: share of positives over score, as an SVG picture."""

from collections.abc import Sequence
from typing import Final
from xml.etree import ElementTree as ET

from screening.learning.reliability import ReliabilityBin

_SIDE: Final = 320
_LEFT: Final = 64
_TOP: Final = 48
_BARS: Final = 56
_FLOOR: Final = _TOP + _SIDE + 40 + _BARS + 14
_WIDTH: Final = _LEFT + _SIDE + 24
_HEIGHT: Final = _FLOOR + 24
_INK, _POINT, _BAR, _FAINT = "#000", "#1f5fa8", "#b9cfe6", "#777"

_Fields = dict[str, float | str]


def reliability_svg(bins: Sequence[ReliabilityBin], title: str, note: str) -> str:
    """A picture with the bins as points with intervals, and beneath how many lie in each.

    On the diagonal a score is the share of positives.
    """
    size: _Fields = {"width": _WIDTH, "height": _HEIGHT}
    picture = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {_WIDTH} {_HEIGHT}",
            "font-family": "sans-serif",
            "font-size": "11",
            **{key: str(value) for key, value in size.items()},
        },
    )
    ET.SubElement(picture, "title").text = title
    _add(picture, "rect", None, **size, fill="#fff")
    _add(picture, "text", title, x=12, y=18, font_size=13)
    _add(picture, "text", note, x=12, y=34, fill=_FAINT)
    _draw_axes(picture)
    for one in bins:
        _draw_point(picture, one)
    _draw_counts(picture, bins)
    ET.indent(picture)
    return ET.tostring(picture, encoding="unicode") + "\n"


def _add(parent: ET.Element, tag: str, text: str | None, **fields: float | str) -> ET.Element:
    written = {
        name.replace("_", "-"): value if isinstance(value, str) else f"{value:.4g}"
        for name, value in fields.items()
    }
    element = ET.SubElement(parent, tag, written)
    element.text = text
    return element


def _x(value: float) -> float:
    return _LEFT + value * _SIDE


def _y(value: float) -> float:
    return _TOP + (1 - value) * _SIDE


def _draw_axes(picture: ET.Element) -> None:
    frame: _Fields = {"width": _SIDE, "height": _SIDE, "stroke": _INK}
    _add(picture, "rect", None, x=_LEFT, y=_TOP, fill="none", **frame)
    diagonal: _Fields = {"x1": _x(0), "y1": _y(0), "x2": _x(1), "y2": _y(1)}
    _add(picture, "line", None, stroke=_FAINT, stroke_dasharray="4 3", **diagonal)
    for value in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        mark, x, y = f"{value:g}", _x(value), _y(value)
        _add(picture, "line", None, x1=x, y1=_y(0), x2=x, y2=_y(0) + 4, stroke=_INK)
        _add(picture, "text", mark, x=x, y=_y(0) + 16, text_anchor="middle")
        _add(picture, "line", None, x1=_x(0) - 4, y1=y, x2=_x(0), y2=y, stroke=_INK)
        _add(picture, "text", mark, x=_x(0) - 7, y=y + 4, text_anchor="end")
    _add(picture, "text", "score", x=_x(0.5), y=_y(0) + 32, text_anchor="middle")
    turned = f"translate(18 {_y(0.5):g}) rotate(-90)"
    _add(picture, "text", "share of positives, 95 %", transform=turned, text_anchor="middle")


def _draw_point(picture: ET.Element, one: ReliabilityBin) -> None:
    x, low, high = _x(one.mean_score), _y(one.share_low), _y(one.share_high)
    _add(picture, "line", None, x1=x, y1=low, x2=x, y2=high, stroke=_POINT, stroke_width=1.5)
    point = _add(picture, "circle", None, cx=x, cy=_y(one.share), r=4, fill=_POINT)
    _add(
        point,
        "title",
        f"{one.n} complexes, mean score {one.mean_score:.3f}, {one.share:.1%} positive",
    )


def _draw_counts(picture: ET.Element, bins: Sequence[ReliabilityBin]) -> None:
    most = max((one.n for one in bins), default=1)
    for one in bins:
        left, right = _x(one.low), _x(one.high)
        height = one.n / most * _BARS
        bar: _Fields = {
            "x": left,
            "y": _FLOOR - height,
            "width": right - left - 1,
            "height": height,
        }
        _add(picture, "rect", None, fill=_BAR, **bar)
        middle = (left + right) / 2
        _add(
            picture, "text", str(one.n), x=middle, y=_FLOOR + 12, text_anchor="middle", font_size=9
        )
    _add(picture, "text", "complexes", x=_LEFT - 7, y=_FLOOR + 12, text_anchor="end")
