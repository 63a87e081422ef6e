from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TenantsConfig(AppConfig):
    name = "tenants"

    def ready(self):
        from tenants import walls

        post_migrate.connect(walls.build_after_migrate, sender=self)
