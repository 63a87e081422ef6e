"""The workers and their clock. Beat only ticks: what is due stands in PostgreSQL, so a second beat does no harm."""

import logging.config
import os

from celery import Celery
from celery.signals import setup_logging, task_prerun

from config import broker
from lib import trace

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

broker.mend()
app = Celery("attain")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "fold what hints have missed": {"task": "metrics.tasks.tick", "schedule": 5.0},
    "forget sign-ups that were never confirmed": {
        "task": "people.tasks.sweep",
        "schedule": 3600.0,
    },
    "send mails that hints have missed": {"task": "notifications.tasks.send_due", "schedule": 10.0},
    "run the schedules that are due": {"task": "notifications.tasks.run_due_schedules", "schedule": 30.0},
    "write the summaries of agreements that are due": {
        "task": "agreements.tasks.run_due_summaries",
        "schedule": 30.0,
    },
    "forget old mails and notices": {"task": "notifications.tasks.forget_old", "schedule": 86400.0},
    "open the goals' next periods": {
        "task": "goals.tasks.open_due_periods",
        "schedule": 900.0,
    },
    "keep the results of the goals' periods that are over": {
        "task": "goals.tasks.close_periods",
        "schedule": 900.0,
    },
    "tell what goals have reached or missed": {"task": "goals.tasks.tell_news", "schedule": 300.0},
    "find imports that nobody works on": {"task": "crm.tasks.sweep_imports", "schedule": 30.0},
    "recount every figure as a check": {
        "task": "metrics.tasks.verify_nightly",
        "schedule": 3600.0,
    },
}


@setup_logging.connect
def speak_as_the_web_does(**kwargs) -> None:
    """Workers and clock say what they say in the form that settings.LOGGING gives; Celery sets nothing up itself."""
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@task_prerun.connect
def begin_trace(task_id, task, **kwargs) -> None:
    trace.begin(task=task.name, task_id=task_id)
