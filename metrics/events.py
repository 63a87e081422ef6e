"""News of figures for open pages: published when a fold has committed, streamed to whoever has the page open."""

from collections.abc import AsyncIterator

from django.dispatch import Signal

from lib import live
from lib.live import redis_client

__all__ = ["channel", "moved", "publish", "redis_client", "stream"]

TOPIC = "figures"

# Sent once a fold or a recount has committed, with the organization's id and the ids of the figures that moved.
# Receivers hint, they never fail.
moved = Signal()


def channel(organization_id: int) -> str:
    return live.channel(organization_id, TOPIC)


def publish(organization_id: int, figure_ids: set[int]) -> None:
    """Tells open pages, and the apps that use figures, which of them moved."""
    live.publish(organization_id, TOPIC, figure_ids)
    if figure_ids:
        moved.send_robust(sender=publish, organization_id=organization_id, figure_ids=figure_ids)


def stream(organization_id: int, figure_ids: set[int]) -> AsyncIterator[str]:
    """Server-sent events `figure-<id>` for the figures that a page shows."""
    return live.stream(organization_id, TOPIC, figure_ids, event=lambda figure_id: f"figure-{figure_id}")
