from django.apps import AppConfig
from django.db.models.signals import post_migrate


class MetricsConfig(AppConfig):
    name = "metrics"

    def ready(self):
        from audit.services import recorded
        from metrics import hints, journal, populations

        populations.register_own()
        post_migrate.connect(journal.build_after_migrate, sender=self)
        recorded.connect(hints.news, dispatch_uid="metrics.hints.news")
