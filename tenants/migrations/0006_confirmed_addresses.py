"""Addresses are confirmed from now on. Until now a password was chosen by way of a mail only (or by the demo), so whoever
has one has confirmed the address."""

from django.db import migrations


def confirm(apps, schema_editor):
    Address = apps.get_model("account", "EmailAddress")
    User = apps.get_model("tenants", "User")
    people = User.objects.using(schema_editor.connection.alias).exclude(password__startswith="!")
    known = Address.objects.using(schema_editor.connection.alias).values("user")
    new = [Address(user_id=pk, email=email, verified=True, primary=True)
           for pk, email in people.exclude(pk__in=known).values_list("pk", "email")]
    Address.objects.using(schema_editor.connection.alias).bulk_create(new)


class Migration(migrations.Migration):
    dependencies = [("tenants", "0005_invitation_door"), ("account", "0009_emailaddress_unique_primary_email")]
    operations = [migrations.RunPython(confirm, migrations.RunPython.noop)]
