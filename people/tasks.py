"""What is done about people without anybody asking."""

from celery import shared_task
from django.utils import timezone

from people.services.sign_up import sweep_sign_ups


@shared_task
def sweep() -> None:
    """Forgets sign-ups that were never confirmed; run by the clock once an hour."""
    sweep_sign_ups(at=timezone.now())
