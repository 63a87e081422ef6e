from allauth.account.signals import password_reset
from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class TenantsConfig(AppConfig):
    name = "tenants"

    def ready(self):
        from tenants import roles, services, walls

        post_migrate.connect(walls.build_after_migrate, sender=self)
        connection_created.connect(roles.refuse_powerful_runtime)
        password_reset.connect(services.confirm_address_of_reset)
