"""Maps drawn by the server: land from a file of our own (Natural Earth, public domain), places as points.

Nothing is asked of any other server. The land is decoded once a process. Coordinates on the page are texts, ready for
an attribute. Degrees and pixels are floats: nothing here is a figure.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import atan, cos, degrees, log, pi, radians, sinh, tan
from pathlib import Path

from django.contrib.staticfiles import finders

WORLD = "vendor/world/countries-110m.json"
HIGHEST, LOWEST = 78.0, -57.0  # beyond them nobody sells, and Mercator's land grows without end
POLE = -80.0  # the land around it cannot be drawn by Mercator
SMALLEST_SPAN = 6.0  # degrees: a street would stand on an empty page
ROOM = 0.12  # of the span is left free around the outermost points

Ring = list[tuple[float, float]]


@dataclass(frozen=True)
class Box:
    """A part of the world, in degrees."""

    south: float
    west: float
    north: float
    east: float

    def __str__(self) -> str:
        return ",".join(f"{edge:.4f}" for edge in (self.south, self.west, self.north, self.east))


EVERYWHERE = Box(LOWEST, -180.0, HIGHEST, 180.0)


def box_in(text: str) -> Box | None:
    """The box that an address names: south,west,north,east in degrees; None where it names none."""
    parts = text.split(",")
    if len(parts) != 4 or any(len(part) > 12 for part in parts):
        return None
    try:
        south, west, north, east = (float(part) for part in parts)
    except ValueError:
        return None
    fits = -90 <= south <= north <= 90 and -180 <= west <= east <= 180
    return Box(south, west, north, east) if fits else None


def box_around(box: Box | None) -> Box:
    """The box with some room, at least so large that land can be recognized; everywhere for none."""
    if box is None:
        return EVERYWHERE
    high = max((box.north - box.south) * (1 + 2 * ROOM), SMALLEST_SPAN / 2)
    wide = max((box.east - box.west) * (1 + 2 * ROOM), SMALLEST_SPAN)
    middle, centre = (box.north + box.south) / 2, (box.east + box.west) / 2
    south, north = max(middle - high / 2, -85.0), min(middle + high / 2, 85.0)
    return Box(south, max(centre - wide / 2, -180.0), north, min(centre + wide / 2, 180.0))


@dataclass(frozen=True)
class Marker:
    """A point of the map, where it stands and how large it is."""

    x: str
    y: str
    r: str
    label_y: str


class Frame:
    """Mercator's projection of a box onto a drawing; the box is widened to the drawing's shape."""

    def __init__(self, box: Box, width: int = 960, height: int = 560):
        self.width, self.height = width, height
        low, high = mercator(box.south), mercator(box.north)
        across = radians(box.east - box.west)
        self.scale = min(width / across, height / (high - low))
        self.centre = radians((box.east + box.west) / 2)
        self.middle = (low + high) / 2

    @property
    def view_box(self) -> str:
        return f"0 0 {self.width} {self.height}"

    @property
    def box(self) -> Box:
        """What the drawing really shows."""
        wide, high = self.width / self.scale / 2, self.height / self.scale / 2
        return Box(
            south=latitude_of(self.middle - high),
            west=max(-180.0, degrees(self.centre - wide)),
            north=latitude_of(self.middle + high),
            east=min(180.0, degrees(self.centre + wide)),
        )

    def at(self, latitude: float, longitude: float) -> tuple[float, float]:
        x = self.width / 2 + (radians(longitude) - self.centre) * self.scale
        y = self.height / 2 - (mercator(latitude) - self.middle) * self.scale
        return x, y

    def marker(self, latitude: float, longitude: float, radius: float) -> Marker:
        x, y = self.at(latitude, longitude)
        return Marker(f"{x:.1f}", f"{y:.1f}", f"{radius:.1f}", f"{y + 4:.1f}")

    def land(self) -> str:
        """The outlines of the countries that lie in the drawing, as one path."""
        shown = self.box
        rings = (ring for edges, ring in world() if meets(edges, shown))
        return "".join(self._outline(ring) for ring in rings)

    def _outline(self, ring: Sequence[tuple[float, float]]) -> str:
        points = [self.at(latitude, longitude) for longitude, latitude in ring]
        written = ["{:.1f},{:.1f}".format(*points[0])]
        for before, point in pairwise(points):
            if abs(point[0] - before[0]) + abs(point[1] - before[1]) > 0.05:
                written.append(f"{point[0]:.1f},{point[1]:.1f}")
        return f"M{' '.join(written)}Z"


def mercator(latitude: float) -> float:
    held = min(max(latitude, -85.0), 85.0)
    return log(tan(radians(held)) + 1 / cos(radians(held)))


def latitude_of(y: float) -> float:
    return degrees(atan(sinh(min(max(y, -pi), pi))))


def meets(edges: Box, shown: Box) -> bool:
    is_beside = edges.east < shown.west or edges.west > shown.east
    return not (is_beside or edges.north < shown.south or edges.south > shown.north)


@lru_cache(maxsize=1)
def world() -> list[tuple[Box, Ring]]:
    """Every outline of the world's countries with its edges: (longitude, latitude) pairs. Empty without the file."""
    found = finders.find(WORLD)
    if not found:
        return []
    topology = json.loads(Path(found).read_text("utf-8"))
    arcs = [decoded(arc, topology["transform"]) for arc in topology["arcs"]]
    rings = [
        ring_of(part, arcs) for shape in topology["objects"]["countries"]["geometries"] for part in parts_of(shape)
    ]
    whole = [unrolled(ring) for ring in rings]
    return [(edges_of(ring), ring) for ring in whole if edges_of(ring).south > POLE]


def decoded(arc: list[list[int]], transform: dict) -> Ring:
    """TopoJSON writes an arc as steps on a grid."""
    (scale_x, scale_y), (left, below) = transform["scale"], transform["translate"]
    x = y = 0
    points = []
    for step_x, step_y in arc:
        x, y = x + step_x, y + step_y
        points.append((x * scale_x + left, y * scale_y + below))
    return points


def parts_of(shape: dict) -> Iterable[list[int]]:
    """The rings of a polygon, or of several, each as numbers of arcs."""
    polygons = (
        shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]] if shape["type"] == "Polygon" else []
    )
    for polygon in polygons:
        yield from polygon


def ring_of(numbers: list[int], arcs: list[Ring]) -> Ring:
    """Arcs one after the other; ~n is arc n the other way round."""
    points: Ring = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += arc[1:] if points else arc
    return points


def unrolled(ring: Ring) -> Ring:
    """A ring that crosses the line of 180 degrees goes on beyond it, rather than back across the whole map."""
    points, shift = [ring[0]], 0
    for (before, _latitude), (longitude, latitude) in pairwise(ring):
        shift += 360 if longitude - before < -180 else -360 if longitude - before > 180 else 0
        points.append((longitude + shift, latitude))
    return points


def edges_of(ring: Ring) -> Box:
    longitudes, latitudes = [x for x, _y in ring], [y for _x, y in ring]
    return Box(min(latitudes), min(longitudes), max(latitudes), max(longitudes))
