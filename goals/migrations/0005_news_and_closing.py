from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('goals', '0004_goal_follows'),
    ]

    operations = [
        migrations.AddField(
            model_name='goalperiod',
            name='planned_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='goalperiod',
            name='told_count',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name='goalperiod',
            index=models.Index(fields=['organization', 'until'], name='goal_period_by_end'),
        ),
    ]
