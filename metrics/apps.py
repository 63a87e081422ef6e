from django.apps import AppConfig
from django.db.models.signals import post_migrate


class MetricsConfig(AppConfig):
    name = "metrics"

    def ready(self):
        from audit.reporting import word_changes_of
        from audit.services import recorded
        from crm.services import shelves
        from crm.services.merging import before_merge
        from metrics import hints, journal, merging, populations
        from metrics.segments.naming import uses_in_conditions
        from metrics.segments.saved import changes_in_words

        populations.register_own()
        before_merge(merging.follow)
        shelves.ask_also(uses_in_conditions)
        word_changes_of(self.get_model("SavedSegment"), changes_in_words)
        post_migrate.connect(journal.build_after_migrate, sender=self)
        recorded.connect(hints.news, dispatch_uid="metrics.hints.news")
