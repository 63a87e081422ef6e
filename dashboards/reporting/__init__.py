"""What the pages that people open each morning show: (people, day) -> plain data, in a constant number of queries."""

from dashboards.reporting.boards import Board, Card, Part, board_of
from dashboards.reporting.people import Overview, PersonStanding, overview_of, standing_of

__all__ = ["Board", "Card", "Overview", "Part", "PersonStanding", "board_of", "overview_of", "standing_of"]
