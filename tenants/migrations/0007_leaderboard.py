from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0006_confirmed_addresses"),
    ]

    operations = [
        migrations.AddField(
            model_name="organization",
            name="shows_leaderboard",
            field=models.BooleanField(default=True, verbose_name="teams see who is ahead"),
        ),
    ]
