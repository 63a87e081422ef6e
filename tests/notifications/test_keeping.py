"""What is kept of mails and notices, and for how long."""

from datetime import UTC, datetime, timedelta

import pytest

from notifications import hints, retention, tasks
from notifications.models import Attachment, Notice, OutgoingMail
from tests import world
from tests.notifications.writing import invite

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "system"])


@pytest.fixture
def cast(committed_northwind, monkeypatch):
    monkeypatch.setattr(hints, "after_commit", lambda mail: None)
    return committed_northwind


def test_what_is_old_is_forgotten_and_what_is_owed_is_not(cast):
    now = datetime.now(UTC)
    with world.opened(cast):
        for key, state, days in [("old", "sent", 91), ("new", "sent", 89), ("owed", "queued", 91)]:
            invite(key, at=now - timedelta(days=days))
            OutgoingMail.objects.filter(key=key).update(state=state)
        for key in ("old", "new"):
            paper = Attachment.objects.create(name=f"{key}.pdf", content=b"%PDF-", digest=key)
            OutgoingMail.objects.filter(key=key).update(attachment=paper)
        for key, waits, days in [("old", False, 181), ("new", False, 179), ("untold", True, 181)]:
            at = now - timedelta(days=days)
            Notice.objects.create(member=cast.rita, kind="x", key=key, text="x", url="/", at=at, awaits_summary=waits)
    tasks.forget_old()
    with world.opened(cast):
        assert set(OutgoingMail.objects.values_list("key", flat=True)) == {"new", "owed"}
        assert [paper.name for paper in Attachment.objects.all()] == ["new.pdf"]
        assert set(Notice.objects.values_list("key", flat=True)) == {"new", "untold"}
    retention.forget_old(cast.organization.pk)
