from django.db import migrations

from huiju.kernel.rowsecurity import EnableRowSecurity


class Migration(migrations.Migration):
    dependencies = [("transfers", "0001_imports_and_exports")]

    operations = [
        EnableRowSecurity("transfers", "Import"),
        EnableRowSecurity("transfers", "Progress"),
        EnableRowSecurity("transfers", "SealedRows"),
        EnableRowSecurity("transfers", "StagedRow"),
        EnableRowSecurity("transfers", "Export"),
    ]
