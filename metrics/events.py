"""News of figures for open pages: published when a fold has committed, streamed to whoever has the page open."""

from collections.abc import AsyncIterator

from lib import live
from lib.live import redis_client

__all__ = ["channel", "publish", "redis_client", "stream"]

TOPIC = "figures"


def channel(organization_id: int) -> str:
    return live.channel(organization_id, TOPIC)


def publish(organization_id: int, figure_ids: set[int]) -> None:
    """Tells open pages which figures moved."""
    live.publish(organization_id, TOPIC, figure_ids)


def stream(organization_id: int, figure_ids: set[int]) -> AsyncIterator[str]:
    """Server-sent events `figure-<id>` for the figures that a page shows."""
    return live.stream(organization_id, TOPIC, figure_ids, event=lambda figure_id: f"figure-{figure_id}")
