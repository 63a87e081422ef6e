from django.db import migrations, models

IMPORT_STATES = [
    ("receiving", "arriving"),
    ("staged", "being checked"),
    ("checked", "checked"),
    ("accepted", "being applied"),
    ("applied", "applied"),
    ("failed", "refused"),
    ("discarded", "discarded"),
]


class Migration(migrations.Migration):
    """Files are kept as bytes, not as rows. What was under way while this ran has to be loaded again."""

    dependencies = [
        ("crm", "0008_settings"),
    ]

    operations = [
        migrations.RunSQL(
            [
                "DELETE FROM crm_importchunk",
                "UPDATE crm_import SET state = 'failed', finished_at = now() WHERE state = 'staged'",
            ],
            migrations.RunSQL.noop,
        ),
        migrations.RemoveField(model_name="importchunk", name="rows"),
        migrations.AddField(
            model_name="importchunk",
            name="content",
            field=models.BinaryField(default=b""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="import",
            name="encoding",
            field=models.CharField(
                choices=[
                    ("utf-8", "UTF-8, or what the file says itself"),
                    ("cp1252", "Windows-1252 (Western Europe)"),
                    ("cp1250", "Windows-1250 (Central Europe)"),
                ],
                default="utf-8",
                max_length=10,
                verbose_name="letters",
            ),
        ),
        migrations.AddField(
            model_name="import",
            name="byte_count",
            field=models.BigIntegerField(default=0, verbose_name="bytes"),
        ),
        migrations.AddField(model_name="import", name="token", field=models.UUIDField(null=True)),
        migrations.AddField(model_name="import", name="lease_until", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="import", name="attempts", field=models.PositiveSmallIntegerField(default=0)
        ),
        migrations.AlterField(
            model_name="import",
            name="state",
            field=models.CharField(
                choices=IMPORT_STATES, default="receiving", max_length=10, verbose_name="state"
            ),
        ),
        migrations.RemoveConstraint(model_name="import", name="import_state_is_known"),
        migrations.AddConstraint(
            model_name="import",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", [state for state, _name in IMPORT_STATES])),
                name="import_state_is_known",
            ),
        ),
        migrations.AddIndex(
            model_name="import",
            index=models.Index(fields=["organization", "-started_at"], name="import_by_time"),
        ),
    ]
