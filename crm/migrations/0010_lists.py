"""Saved views, and by which words and ids companies are found (crm/models/names.py).

The words are kept by triggers of statements, so that a file of 100,000 companies writes its words at once. They fold
texts as lib/words.py does. Words and aliases leave with their company, whoever deletes it.
"""

import django.db.models.deletion
from django.db import migrations, models

import tenants.scope

FUNCTIONS = """
CREATE FUNCTION crm_words(said text) RETURNS SETOF text LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT DISTINCT left(word, 200) FROM regexp_split_to_table(
        regexp_replace(normalize(lower(said COLLATE pg_c_utf8), NFD), '[\u0300-\u036f]', '', 'g') COLLATE pg_c_utf8,
        '[^[:alnum:]]+') AS word
    WHERE word <> ''
$$;
CREATE FUNCTION crm_company_words_new() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO crm_companyword (organization_id, company_id, word)
    SELECT organization_id, id, said.word
    FROM new_rows, crm_words(concat_ws(' ', name, city, external_id)) AS said (word);
    RETURN NULL;
END $$;
CREATE FUNCTION crm_company_words_changed() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    renamed bigint[];
BEGIN
    SELECT array_agg(n.id) INTO renamed FROM new_rows n JOIN old_rows o USING (organization_id, id)
    WHERE (n.name, n.city, n.external_id) IS DISTINCT FROM (o.name, o.city, o.external_id);
    IF renamed IS NULL THEN RETURN NULL; END IF;
    DELETE FROM crm_companyword kept USING new_rows n
    WHERE kept.organization_id = n.organization_id AND kept.company_id = n.id AND n.id = ANY (renamed);
    INSERT INTO crm_companyword (organization_id, company_id, word)
    SELECT n.organization_id, n.id, said.word
    FROM new_rows n, crm_words(concat_ws(' ', n.name, n.city, n.external_id)) AS said (word)
    WHERE n.id = ANY (renamed);
    RETURN NULL;
END $$;
CREATE FUNCTION crm_company_leaves() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM crm_companyword WHERE organization_id = OLD.organization_id AND company_id = OLD.id;
    DELETE FROM crm_companyalias WHERE organization_id = OLD.organization_id AND company_id = OLD.id;
    RETURN OLD;
END $$;
CREATE TRIGGER crm_company_words_new AFTER INSERT ON crm_company
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION crm_company_words_new();
CREATE TRIGGER crm_company_words_changed AFTER UPDATE ON crm_company
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION crm_company_words_changed();
CREATE TRIGGER crm_company_leaves BEFORE DELETE ON crm_company
    FOR EACH ROW EXECUTE FUNCTION crm_company_leaves();
INSERT INTO crm_companyword (organization_id, company_id, word)
SELECT organization_id, id, said.word
FROM crm_company, crm_words(concat_ws(' ', name, city, external_id)) AS said (word);
"""

UNDO = """
DROP TRIGGER crm_company_leaves ON crm_company;
DROP TRIGGER crm_company_words_changed ON crm_company;
DROP TRIGGER crm_company_words_new ON crm_company;
DROP FUNCTION crm_company_leaves;
DROP FUNCTION crm_company_words_changed;
DROP FUNCTION crm_company_words_new;
DROP FUNCTION crm_words;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0009_import_bytes'),
        ('tenants', '0005_invitation_door'),
    ]

    operations = [
        migrations.CreateModel(
            name='CompanyAlias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(blank=True, default='', max_length=50)),
                ('external_id', models.CharField(max_length=100)),
                ('company', tenants.scope.OwnedForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='aliases', to='crm.company')),
                ('organization', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.organization')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['organization', 'company'], name='company_alias_by_company')],
                'constraints': [models.UniqueConstraint(fields=('organization', 'source', 'external_id'), name='company_alias_is_unique')],
            },
        ),
        migrations.CreateModel(
            name='CompanyWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(db_collation='C', max_length=200)),
                ('company', tenants.scope.OwnedForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='crm.company')),
                ('organization', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.organization')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['organization', 'company'], name='company_word_by_company')],
                'constraints': [models.UniqueConstraint(fields=('organization', 'word', 'company'), name='company_word_is_unique')],
            },
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('page', models.CharField(max_length=60)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('query', models.CharField(blank=True, max_length=2000)),
                ('member', tenants.scope.OwnedForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.member')),
                ('organization', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.organization')),
            ],
            options={
                'verbose_name': 'saved view',
                'ordering': ['name', 'id'],
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('organization', 'member', 'page', 'name'), name='saved_view_name_is_unique')],
            },
        ),
        migrations.RunSQL(FUNCTIONS, UNDO),
    ]
