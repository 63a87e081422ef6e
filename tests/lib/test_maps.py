from math import isclose

import pytest

from lib.maps import EVERYWHERE, Box, Frame, box_around, box_in, ring_of, unrolled, world

PARIS, BERLIN = (48.8566, 2.3522), (52.52, 13.405)


def test_the_world_is_decoded_whole():
    found = world()
    assert len(found) > 280  # outlines of 177 countries, the poles left out
    assert all(
        ring[0] == pytest.approx(ring[-1]) for _edges, ring in found if _edges.east <= 180 and _edges.west >= -180
    )
    inside = [
        edges for edges, _ring in found if edges.south < PARIS[0] < edges.north and edges.west < PARIS[1] < edges.east
    ]
    assert inside


def test_a_place_stands_where_mercator_puts_it():
    frame = Frame(box_around(Box(PARIS[0], PARIS[1], BERLIN[0], BERLIN[1])))
    paris, berlin = frame.at(*PARIS), frame.at(*BERLIN)
    assert paris[0] < berlin[0]
    assert paris[1] > berlin[1]
    assert all(0 < x < frame.width and 0 < y < frame.height for x, y in (paris, berlin))
    shown = frame.box
    assert isclose(frame.at(shown.north, shown.west)[1], 0, abs_tol=0.01)


def test_only_land_that_lies_in_the_drawing_is_drawn():
    near = Frame(box_around(Box(*PARIS, *PARIS))).land()
    assert 0 < len(near) < len(Frame(EVERYWHERE).land())


@pytest.mark.parametrize(
    "text", ["", "1,2,3", "1,2,3,x", "nan,1,2,3", "5,1,2,3", "1,1,2,inf", "-91,0,1,1", "1,1,2,181", "1" * 5000]
)
def test_what_is_no_part_of_the_world_is_none(text):
    assert box_in(text) is None


def test_a_box_is_read_as_it_is_written():
    box = Box(-1.5, 2.25, 3.0, 4.125)
    assert box_in(str(box)) == box


def test_arcs_are_put_together_in_their_direction():
    arcs = [[(0.0, 0.0), (1.0, 0.0)], [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0)]]
    assert ring_of([0, ~1], arcs) == [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)]


def test_a_ring_that_crosses_the_date_line_goes_on_beyond_it():
    assert unrolled([(179.0, 1.0), (-179.0, 1.0), (-179.0, 2.0), (179.0, 2.0)]) == [
        (179.0, 1.0), (181.0, 1.0), (181.0, 2.0), (179.0, 2.0),
    ]  # fmt: skip
