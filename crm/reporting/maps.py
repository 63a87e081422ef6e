"""Where companies are, gathered into places that can be told apart on a drawing."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import floor, sqrt

from django.db.models import Avg, Count, DecimalField, F, Max, Min, Value
from django.db.models.functions import Floor
from django.utils.translation import get_language

from crm.access import activities_seen_by
from lib.maps import SMALLEST_SPAN, Box, Frame, Marker, box_around
from lib.numbers import format_short

DEGREES = DecimalField(max_digits=12, decimal_places=6)
CELLS_ACROSS = 30
MOST_CHECK_INS = 200
SMALLEST, LARGEST = 7, 26  # radius of a place
ONE_PLACE = SMALLEST_SPAN / CELLS_ACROSS  # degrees: what lies closer is not told apart by a closer look


@dataclass(frozen=True)
class Place:
    """One company, or several that lie too close to be told apart."""

    marker: Marker
    count: int
    name: str
    town: str
    pk: int
    box: Box
    is_one_spot: bool

    @property
    def label(self) -> str:
        """How many, short enough for a circle."""
        return format_short(self.count, get_language() or "en")


@dataclass(frozen=True)
class CheckIn:
    """Where somebody has checked in today."""

    marker: Marker
    who: str
    where: str


@dataclass(frozen=True)
class Map:
    """A drawing of the places, with the land around them; `without` counts companies that have no position."""

    view_box: str
    land: str
    places: list[Place]
    check_ins: list[CheckIn]
    count: int
    without: int


def map_of(companies, member, *, on: date) -> Map:
    """The map of these companies, in four questions however many they are."""
    edges = companies.order_by().aggregate(
        count=Count("latitude"), all=Count("pk"), south=Min("latitude"), north=Max("latitude"),
        west=Min("longitude"), east=Max("longitude"),
    )  # fmt: skip
    whole = None
    if edges["count"]:
        whole = Box(*(float(edges[name]) for name in ("south", "west", "north", "east")))
    frame = Frame(box_around(whole))
    return Map(
        view_box=frame.view_box,
        land=frame.land(),
        places=places_of(companies, frame),
        check_ins=check_ins_of(member, frame, on=on),
        count=edges["count"],
        without=edges["all"] - edges["count"],
    )


def places_of(companies, frame: Frame) -> list[Place]:
    """Companies by the cells of a grid, counted by the database; the largest place first."""
    shown = frame.box
    step = Value(Decimal(f"{(shown.east - shown.west) / CELLS_ACROSS:.6f}"), output_field=DEGREES)
    cells = (
        companies.exclude(latitude=None).order_by()
        .annotate(across=Floor(F("longitude") / step), up=Floor(F("latitude") / step)).values("across", "up")
        .annotate(
            count=Count("pk"), latitude_mean=Avg("latitude"), longitude_mean=Avg("longitude"), first_name=Min("name"),
            town=Min("city"), first_pk=Min("pk"), south=Min("latitude"), north=Max("latitude"), west=Min("longitude"),
            east=Max("longitude"),
        )
    )  # fmt: skip
    rows = sorted(cells, key=lambda row: (-row["count"], row["first_name"]))
    return [place_of(row, frame) for row in rows]


def place_of(row: dict, frame: Frame) -> Place:
    box = Box(*(float(row[name]) for name in ("south", "west", "north", "east")))
    radius = min(SMALLEST + floor(3 * sqrt(row["count"] - 1)), LARGEST)
    return Place(
        marker=frame.marker(float(row["latitude_mean"]), float(row["longitude_mean"]), radius),
        count=row["count"],
        name=row["first_name"],
        town=row["town"],
        pk=row["first_pk"],
        box=outwards(box),
        is_one_spot=box.north - box.south < ONE_PLACE and box.east - box.west < ONE_PLACE,
    )


def outwards(box: Box) -> Box:
    """A little wider, so that writing the edges with four decimals leaves nothing out."""
    return Box(box.south - 0.0001, box.west - 0.0001, box.north + 0.0001, box.east + 0.0001)


def check_ins_of(member, frame: Frame, *, on: date) -> list[CheckIn]:
    """Today's activities with a position that lie on the drawing, the latest first."""
    shown = frame.box
    rows = activities_seen_by(member, on=on).filter(
        day=on, latitude__range=(shown.south, shown.north), longitude__range=(shown.west, shown.east)
    )
    return [
        CheckIn(
            marker=frame.marker(float(row.latitude), float(row.longitude), 7),
            who=row.owner.name if row.owner else "",
            where=row.company.name if row.company else str(row.kind),
        )
        for row in rows.order_by("-at", "-pk")[:MOST_CHECK_INS]
    ]
