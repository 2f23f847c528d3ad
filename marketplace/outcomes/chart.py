"""A small line chart of one figure against its target, as SVG; pure. The table beside it holds the same values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup, escape

WIDTH, HEIGHT = 560, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 16, 36


@dataclass(frozen=True, slots=True)
class Point:
    """One value of the series; ``sure`` when it was verified. ``value`` None: not collected."""

    label: str
    value: Decimal | None
    sure: bool


def line_chart(
    points: Sequence[Point],
    *,
    baseline: Decimal,
    target: Decimal,
    unit: str,
    title: str,
    names: tuple[str, str],
) -> Markup:
    """The values in their order with lines for before and target; unverified ones hollow, gaps where none is.

    ``names`` are the words for before and for the target.
    """
    values = [baseline, target, *(p.value for p in points if p.value is not None)]
    low, high = min(values), max(values)
    room = (high - low) / 10 or Decimal(1)
    low, high = low - room, high + room

    def across(at: int) -> float:
        steps = max(len(points) - 1, 1)
        return round(_LEFT + (WIDTH - _LEFT - _RIGHT) * (at / steps if len(points) > 1 else 0.5), 1)

    def down(value: Decimal) -> float:
        return round(_TOP + float((high - value) / (high - low)) * (HEIGHT - _TOP - _BOTTOM), 1)

    def level(value: Decimal, kind: str, name: str) -> str:
        y = down(value)
        return (
            f'<line class="chart-{kind}" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y}" y2="{y}"/>'
            f'<text class="chart-name" x="{WIDTH - _RIGHT}" y="{y - 4}" text-anchor="end">{escape(name)}</text>'
            f'<text class="chart-tick" x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{escape(plain(value))}</text>'
        )

    parts = [level(baseline, "baseline", names[0]), level(target, "target", names[1])]
    runs: list[list[str]] = [[]]
    for at, point in enumerate(points):
        if point.value is None:
            runs.append([])
            continue
        runs[-1].append(f"{across(at)},{down(point.value)}")
    parts += [f'<polyline class="chart-line" points="{" ".join(run)}"/>' for run in runs if len(run) > 1]
    for at, point in enumerate(points):
        x = across(at)
        parts.append(
            f'<text class="chart-tick" x="{x}" y="{HEIGHT - 12}" text-anchor="middle">{escape(point.label)}</text>'
        )
        if point.value is not None:
            kind = "chart-point" if point.sure else "chart-point-open"
            parts.append(f'<circle class="{kind}" cx="{x}" cy="{down(point.value)}" r="5"/>')
    name = escape(f"{title} ({unit})")
    return Markup(  # noqa: S704  every text in it was escaped above
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{name}">{"".join(parts)}</svg>'
    )


def plain(value: Decimal) -> str:
    """A number without trailing zeros and with thousands set apart."""
    return f"{value.normalize():,f}"
