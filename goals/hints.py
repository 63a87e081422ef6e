"""Hints: when figures have moved, a worker is asked to look for news. Losing a hint only delays: beat asks, too."""

import logging

from lib.loudness import Loudness

loudness = Loudness(logging.getLogger(__name__))

MOST_NAMED = 1000  # figures; beyond that a worker looks at all goals


def figures_moved(sender, organization_id: int, figure_ids: set[int], **kwargs) -> None:
    """Receives the news of metrics, after the commit."""
    from goals.tasks import tell_news_of

    named = sorted(figure_ids) if len(figure_ids) <= MOST_NAMED else None
    try:
        tell_news_of.delay(organization_id, named)
    except tell_news_of.OperationalError as error:
        loudness.warn("no hint can be sent, the ticker will find the news: %s", error)
