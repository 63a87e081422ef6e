from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self):
        from audit.services import recorded
        from notifications import summaries

        recorded.connect(summaries.zone_has_changed, dispatch_uid="notifications.summaries.zone_has_changed")
