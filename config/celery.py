"""The workers and their clock. Beat only ticks: what is due stands in PostgreSQL, so a second beat does no harm."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("attain")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "fold what hints have missed": {"task": "metrics.tasks.tick", "schedule": 5.0},
    "open the goals' next periods": {
        "task": "goals.tasks.open_due_periods",
        "schedule": 900.0,
    },
    "recount every figure as a check": {
        "task": "metrics.tasks.verify_nightly",
        "schedule": 3600.0,
    },
}
