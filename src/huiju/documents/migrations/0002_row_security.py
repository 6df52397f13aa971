from django.db import migrations

from huiju.kernel.rowsecurity import EnableRowSecurity


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]

    operations = [EnableRowSecurity("documents", "StoredFile")]
