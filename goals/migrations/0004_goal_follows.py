import django.db.models.deletion
from django.db import migrations

import tenants.scope


class Migration(migrations.Migration):

    dependencies = [
        ('goals', '0003_goals_whole'),
    ]

    operations = [
        migrations.AddField(
            model_name='goal',
            name='follows',
            field=tenants.scope.OwnedForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='followed_by', to='goals.goal', verbose_name='follows'),
        ),
    ]
